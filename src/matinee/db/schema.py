"""The schema of the database: which revision it has, and how it gets to the newest."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from matinee.db.engine import READ_ONLY
from matinee.db.errors import SchemaNotCurrent
from matinee.db.failures import unavailability_named

# Written here so that asking "is the schema current?" needs no Alembic (80 ms); a test holds it against the steps.
HEAD_REVISION = "0011"
# Any number that nothing else in the same database uses as an advisory lock.
_UPGRADE_LOCK = 0x6D6174696E6565
_UPGRADE_PAUSE_SECONDS = 0.2
_STEPS = Path(__file__).parent / "migrations"


def current_revision(engine: Engine) -> str | None:
    """The revision that the database has; None for a database without our tables. Raises DatabaseUnavailable."""
    with unavailability_named(), engine.connect().execution_options(**{READ_ONLY: True}) as connection:
        return revision_of(connection)


def schema_is_current(engine: Engine) -> bool:
    """Whether the database has the schema that this version needs. Raises DatabaseUnavailable."""
    return current_revision(engine) == HEAD_REVISION


def upgrade_schema(engine: Engine) -> tuple[str | None, str]:
    """Bring the database to the newest revision; return the one it had and the one it has.

    On SQLite all steps are one transaction: they take place or nothing does. On PostgreSQL each step is one, so that sales
    wait for no more than the quickest of changes; after a failure the next call goes on with the step that failed. A second
    process that upgrades at the same time waits, then finds nothing to do. Raises SchemaNotCurrent where the database is of
    a newer Matinee than this, and DatabaseUnavailable.
    """
    with unavailability_named():
        if engine.dialect.name == "sqlite":
            with _sole_sqlite_upgrader(engine) as connection:
                return _upgrade(connection, online=False)
        with _sole_postgres_upgrader(engine) as connection:
            return _upgrade(connection, online=True)


def upgrade_within(connection: Connection) -> None:
    """Bring the database to the newest revision as part of the transaction of `connection`, which nobody else works beside.

    Raises SchemaNotCurrent.
    """
    _upgrade(connection, online=False)


def knows_revision(revision: str) -> bool:
    """Whether this version has the step to that revision: an unknown one is of a newer Matinee."""
    return any(step.name.startswith(f"{revision}_") for step in (_STEPS / "versions").glob("*.py"))


def _upgrade(connection: Connection, *, online: bool) -> tuple[str | None, str]:
    # Imported here: the server asks for the revision at each start and upgrades hardly ever.
    from alembic.util.exc import CommandError

    before = revision_of(connection)
    if online:
        # What was just read began a transaction, and each step has its own.
        connection.rollback()
    if before == HEAD_REVISION:
        return before, HEAD_REVISION
    try:
        _run_steps(connection, online=online)
    except CommandError as error:
        raise SchemaNotCurrent(
            f"The database has the schema {before}, which this version of Matinee does not know. "
            "It was upgraded by a newer one: install that."
        ) from error
    return before, HEAD_REVISION


def revision_of(connection: Connection) -> str | None:
    """The revision that the transaction of `connection` sees; None for a database without our tables."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return None if found is None else str(found)


def _run_steps(connection: Connection, *, online: bool) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_STEPS).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["online"] = online
    command.upgrade(config, "head")


@contextmanager
def _sole_sqlite_upgrader(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that no second upgrade can be in; committed at the end."""
    with engine.connect() as connection, _foreign_keys_unchecked(connection), connection.begin():
        # `prepare_engine` made this BEGIN IMMEDIATE: the second upgrader waits for the first.
        yield connection
        _refuse_broken_references(connection)


@contextmanager
def _sole_postgres_upgrader(engine: Engine) -> Iterator[Connection]:
    """A connection that no second upgrade can have, and no transaction yet: each step has its own."""
    key = {"key": _UPGRADE_LOCK}
    with engine.connect() as alone, engine.connect() as connection:
        # Held by a session that does nothing else. Asked for again and again: a statement that waits for it has a
        # snapshot, and an index that is built beside the sales waits for every snapshot from before it.
        alone.execution_options(isolation_level="AUTOCOMMIT")
        while not alone.execute(text("SELECT pg_try_advisory_lock(:key)"), key).scalar_one():
            time.sleep(_UPGRADE_PAUSE_SECONDS)
        try:
            yield connection
        finally:
            alone.execute(text("SELECT pg_advisory_unlock(:key)"), key)


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
