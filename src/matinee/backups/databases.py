"""Opening a database for one command; whether there is something in it; and one for trying things."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import DatabaseError, DBAPIError

from matinee.backups.errors import BackupFailed
from matinee.db.engine import READING_OPTIONS, database_url, engine_options, prepare_engine

# Rows that come by themselves: a database that has no others is as good as empty.
_OF_NO_ACCOUNT = {"alembic_version", "attempt_count", "machine", "signing_key", "worker_heartbeat"}
SCRATCH_PREFIX = "matinee_scratch_"
# By which the server tells these connections from those that sell.
OWN_NAME = "matinee backup"


def open_database(address: str) -> Engine:
    """An engine for one command, of the address as people write it."""
    url = database_url(address)
    options = engine_options(url, connections_max=2)
    if url.get_backend_name() == "postgresql":
        options["connect_args"]["application_name"] = OWN_NAME
    engine = create_engine(url.difference_update_query(["application_name"]), **options)
    prepare_engine(engine)
    return engine


def sqlite_file(engine: Engine) -> Path | None:
    """The file of a SQLite database; None for PostgreSQL."""
    return Path(str(engine.url.database)) if engine.dialect.name == "sqlite" else None


def has_data(engine: Engine) -> bool:
    """Whether somebody would miss what is in the database."""
    file = sqlite_file(engine)
    if file is not None and (not file.exists() or file.stat().st_size == 0):
        return False
    quote = engine.dialect.identifier_preparer.quote_identifier
    try:
        with engine.connect().execution_options(**READING_OPTIONS) as connection:
            tables = set(inspect(connection).get_table_names()) - _OF_NO_ACCOUNT
            return any(
                connection.execute(text(f"SELECT 1 FROM {quote(table)} LIMIT 1")).first()  # noqa: S608 - a quoted name
                for table in sorted(tables)
            )
    except DatabaseError:
        if file is None:
            raise
        # A damaged file may be all that is left of something.
        return True


@contextmanager
def scratch_database(engine: Engine, scratch_url: str) -> Iterator[Engine]:
    """A new database on the PostgreSQL server of `scratch_url`, or else of `engine`; dropped at the end.

    Raises BackupFailed where none may be made.
    """
    name = f"{SCRATCH_PREFIX}{secrets.token_hex(6)}"
    origin = open_database(scratch_url) if scratch_url else engine
    try:
        with origin.connect() as plain:
            connection = plain.execution_options(isolation_level="AUTOCOMMIT")
            try:
                connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
            except DBAPIError as error:
                raise BackupFailed(
                    f"No database for trying the backup can be made ({' '.join(str(error.orig).split())}). "
                    "Let the user make one (ALTER ROLE ... CREATEDB), or name a server where one may in "
                    "MATINEE_BACKUP_SCRATCH_URL."
                ) from error
        made = open_database(origin.url.set(database=name).render_as_string(hide_password=False))
        try:
            yield made
        finally:
            made.dispose()
            with origin.connect() as plain:
                connection = plain.execution_options(isolation_level="AUTOCOMMIT")
                connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    finally:
        if scratch_url:
            origin.dispose()
