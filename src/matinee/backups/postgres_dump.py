"""PostgreSQL: one consistent state of the database, written by pg_dump while others sell."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, text

from matinee.backups.census import TableState, take_census
from matinee.backups.postgres_programs import environment_for, find_program, run_program
from matinee.db.schema import revision_of

# In a backup.
DATABASE_FILE = "database.dump"


def server_version(engine: Engine) -> int:
    """The major version of the server."""
    with engine.connect() as connection:
        return int(connection.execute(text("SHOW server_version_num")).scalar_one()) // 10000


def dump_database(engine: Engine, target: Path) -> tuple[str | None, dict[str, TableState]]:
    """Write the database into a new file; return its schema's revision and the state of its tables at that very moment.

    The dump and the counting see the same snapshot; no writer waits for them. Raises BackupFailed.
    """
    program = find_program("pg_dump", version_min=server_version(engine))
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        snapshot, schema = connection.execute(text("SELECT pg_export_snapshot(), current_schema()")).one()
        arguments = ["--format=custom", "--no-owner", "--no-privileges", "--no-comments", "--no-password"]
        arguments += [f"--schema={schema}", f"--snapshot={snapshot}", f"--file={target}"]
        run_program(program, arguments, environment_for(engine))
        return revision_of(connection), take_census(connection)
