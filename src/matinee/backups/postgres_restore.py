"""PostgreSQL: bringing a dump back in one transaction, together with its check and its upgrade: all of it or nothing.

pg_restore would commit by itself, before anybody has looked at what came out. So it writes the statements, and they are
executed here.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import psycopg
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from matinee.backups.census import differences, take_census
from matinee.backups.errors import BackupDiffers, BackupFailed, RestoreRefused
from matinee.backups.manifest import Manifest
from matinee.backups.postgres_programs import Program, find_program, last_words
from matinee.backups.sqlite_files import end_sessions
from matinee.db.schema import upgrade_within

LOCK_SECONDS = 10
_OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user
        AND application_name NOT IN ('matinee backup', 'psql') AND backend_type = 'client backend'
"""
# Tables and sequences, but those of extensions.
_THINGS = """
    SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, quote_ident(nspname) || '.' || quote_ident(relname)
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = current_schema() AND relkind IN ('r', 'p', 'S') AND NOT EXISTS (
        SELECT 1 FROM pg_depend WHERE objid = pg_class.oid AND classid = 'pg_class'::regclass AND deptype IN ('e', 'i'))
    ORDER BY relkind = 'S'
"""


def restore_dump(engine: Engine, dump: Path, manifest: Manifest) -> None:
    """Put what is in the dump in the place of all tables of the database, brought up to this version's schema.

    Raises BackupDiffers where what came out is not what the manifest says, RestoreRefused where Matinee still runs on the
    database, BackupFailed; then nothing has changed.
    """
    program = find_program("pg_restore", version_min=int(manifest.database_version))
    try:
        with engine.begin() as connection:
            connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
            others = connection.execute(text(_OTHERS)).scalar_one()
            if others:
                raise RestoreRefused(
                    f"Matinee still runs on this database ({others} connections): stop web servers and workers first."
                )
            schema = str(connection.execute(text("SELECT current_schema()")).scalar_one())
            _drop_everything(connection)
            _execute_dump(connection, program, dump, schema)
            found = list(differences(manifest.tables, take_census(connection)))
            if found:
                raise BackupDiffers(f"What came out is not what went in: {'; '.join(found)}.")
            upgrade_within(connection)
            end_sessions(connection)
    except (DBAPIError, psycopg.Error) as error:
        raise BackupFailed(
            f"The database refused what is in the backup: {' '.join(str(error).split())[:600]}."
        ) from error


def _drop_everything(connection: Connection) -> None:
    for kind, name in connection.execute(text(_THINGS)).all():
        connection.execute(text(f"DROP {kind} IF EXISTS {name} CASCADE"))


def _execute_dump(connection: Connection, program: Program, dump: Path, schema: str) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    with _statements_of(program, dump) as script:
        _play(script, driver, schema)
    # The dump sets where names are looked up, for the whole session.
    connection.execute(text("RESET search_path"))
    connection.execute(text("SET LOCAL lock_timeout = 0"))


@contextmanager
def _statements_of(program: Program, dump: Path) -> Iterator[IO[bytes]]:
    command = [str(program.path), "--file=-", "--no-owner", "--no-privileges", str(dump)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:  # noqa: S603
        assert running.stdout is not None
        assert running.stderr is not None
        try:
            yield running.stdout
        except BaseException:
            running.kill()
            raise
        said = running.stderr.read().decode(errors="replace")
    if running.returncode != 0:
        raise BackupFailed(f"pg_restore failed: {last_words(said)}")


def _play(script: IO[bytes], driver: Any, schema: str) -> None:
    """Execute what pg_restore wrote: statements, and rows between `COPY ... FROM stdin;` and `\\.`."""
    gathered: list[bytes] = []
    with driver.cursor() as cursor:
        for line in script:
            if line.startswith(b"COPY ") and line.rstrip().endswith(b"FROM stdin;"):
                _flush(cursor, gathered)
                with cursor.copy(line.rstrip().removesuffix(b";")) as rows:
                    _copy_rows(script, rows)
            elif not _is_left_out(line, schema):
                gathered.append(line)
        _flush(cursor, gathered)


def _copy_rows(script: IO[bytes], rows: Any) -> None:
    for line in script:
        if line == b"\\.\n":
            return
        rows.write(line)
    raise BackupFailed("The dump in the backup ends in the middle of a table.")


def _flush(cursor: Any, gathered: list[bytes]) -> None:
    statements = b"".join(gathered)
    gathered.clear()
    if statements.strip():
        cursor.execute(statements)


def _is_left_out(line: bytes, schema: str) -> bool:
    # Words for psql; limits that an older server may not know; the schema, which is there.
    return (
        line.startswith((b"\\restrict", b"\\unrestrict", b"--"))
        or (line.startswith(b"SET ") and b"_timeout = " in line)
        or line.startswith(f"CREATE SCHEMA {schema};".encode())
    )
