"""The schema of the database: which revision it has, and how it gets to the newest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from matinee.db.engine import READ_ONLY
from matinee.db.errors import SchemaNotCurrent
from matinee.db.failures import unavailability_named

# Written here so that asking "is the schema current?" needs no Alembic (80 ms); a test holds it against the steps.
HEAD_REVISION = "0005"
# Any number that nothing else in the same database uses as an advisory lock.
_UPGRADE_LOCK = 0x6D6174696E6565
_STEPS = Path(__file__).parent / "migrations"


def current_revision(engine: Engine) -> str | None:
    """The revision that the database has; None for a database without our tables. Raises DatabaseUnavailable."""
    with unavailability_named(), engine.connect().execution_options(**{READ_ONLY: True}) as connection:
        return _revision_of(connection)


def schema_is_current(engine: Engine) -> bool:
    """Whether the database has the schema that this version needs. Raises DatabaseUnavailable."""
    return current_revision(engine) == HEAD_REVISION


def upgrade_schema(engine: Engine) -> tuple[str | None, str]:
    """Bring the database to the newest revision; return the one it had and the one it has.

    All steps are one transaction: they take place or nothing does. A second process that upgrades at the same time waits,
    then finds nothing to do. Raises SchemaNotCurrent where the database is of a newer Matinee than this, and
    DatabaseUnavailable.
    """
    # Imported here: the server asks for the revision at each start and upgrades hardly ever.
    from alembic.util.exc import CommandError

    with unavailability_named(), _sole_upgrader(engine) as connection:
        before = _revision_of(connection)
        if before == HEAD_REVISION:
            return before, HEAD_REVISION
        try:
            _run_steps(connection)
        except CommandError as error:
            raise SchemaNotCurrent(
                f"The database has the schema {before}, which this version of Matinee does not know. "
                "It was upgraded by a newer one: install that."
            ) from error
        return before, HEAD_REVISION


def _revision_of(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return None if found is None else str(found)


def _run_steps(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_STEPS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


@contextmanager
def _sole_upgrader(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that no second upgrade can be in; committed at the end."""
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            with _foreign_keys_unchecked(connection), connection.begin():
                # `prepare_engine` made this BEGIN IMMEDIATE: the second upgrader waits for the first.
                yield connection
                _refuse_broken_references(connection)
        else:
            with connection.begin():
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
                yield connection


@contextmanager
def _foreign_keys_unchecked(connection: Connection) -> Iterator[None]:
    # A step that changes a table on SQLite makes it anew and drops the old one, which would delete the rows that refer to
    # it. The pragma works outside transactions only, so it goes to the driver, past SQLAlchemy's own BEGIN.
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def _refuse_broken_references(connection: Connection) -> None:
    broken = connection.execute(text("PRAGMA foreign_key_check")).all()
    if broken:
        raise SchemaNotCurrent(f"The upgrade would leave rows without what they refer to: {broken[:3]}")
