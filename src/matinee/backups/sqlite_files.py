"""SQLite: a copy while others sell, and putting one in the place of the database."""

from __future__ import annotations

import gzip
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, text

from matinee.backups.archive import CHUNK_BYTES
from matinee.backups.census import differences, take_census
from matinee.backups.errors import BackupDiffers, BackupFailed, RestoreRefused
from matinee.backups.manifest import Manifest
from matinee.backups.names import STAMP
from matinee.backups.scratch import sync
from matinee.db.engine import READING_OPTIONS, prepare_engine
from matinee.db.schema import upgrade_schema

# In a backup.
DATABASE_FILE = "database.sqlite.gz"
BUSY_SECONDS = 10.0


def copy_database(source: Path, target: Path) -> None:
    """Write one consistent state of the database into a new file. Sales go on meanwhile. Raises BackupFailed."""
    address = f"file:{quote(str(source.absolute()))}?mode=ro"
    try:
        # A reader of the log ahead: it sees the state of its start, and no writer waits for it.
        with closing(sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS)) as connection:
            connection.execute("VACUUM INTO ?", (str(target),))
    except sqlite3.Error as error:
        raise BackupFailed(f"The database {source} cannot be copied: {error}.") from error


@contextmanager
def opened_copy(file: Path) -> Iterator[Connection]:
    """A connection to a copy that nobody else has."""
    engine = _engine_of(file)
    try:
        with engine.connect().execution_options(**READING_OPTIONS) as connection:
            yield connection
    finally:
        engine.dispose()


def pack(file: Path, target: Path) -> None:
    """Compress a copy into a new file. Raises OSError."""
    # mtime: the same database makes the same bytes.
    with file.open("rb") as content, gzip.GzipFile(target, "xb", compresslevel=6, mtime=0) as packed:
        shutil.copyfileobj(content, packed, CHUNK_BYTES)


def restore_copy(packed: Path, target: Path, manifest: Manifest) -> None:
    """Make a database of this version's schema in the new file `target`, from a backup's.

    Raises BackupDiffers where it is not what the manifest says, and what `upgrade_schema` raises.
    """
    with gzip.open(packed, "rb") as content, target.open("xb") as file:
        target.chmod(0o600)
        shutil.copyfileobj(content, file, CHUNK_BYTES)
    with opened_copy(target) as connection:
        _check_integrity(connection)
        found = list(differences(manifest.tables, take_census(connection)))
        if found:
            raise BackupDiffers(f"What came out is not what went in: {'; '.join(found)}.")
    engine = _engine_of(target)
    try:
        upgrade_schema(engine)
        with engine.begin() as connection:
            end_sessions(connection)
    finally:
        engine.dispose()
    sync(target)


def put_in_place(restored: Path, target: Path, *, now: datetime) -> Path | None:
    """Put the file `restored`, of the same folder, in the place of the database; return where the old one is kept now.

    The old one stays until the new one is there. Raises RestoreRefused where somebody still has it open.
    """
    kept = None
    if target.exists():
        _close_for_all(target)
        kept = target.with_name(f"{target.name}.replaced-{now.astimezone(UTC):{STAMP}}")
        try:
            os.link(target, kept)
        except OSError:
            # A file system without links.
            shutil.copy2(target, kept)
    for ending in ("-wal", "-shm"):
        # They belong to the old one, and are empty or part of a file that cannot be read.
        target.with_name(target.name + ending).unlink(missing_ok=True)
    restored.replace(target)
    sync(target.parent)
    return kept


def end_sessions(connection: Connection) -> None:
    """Sign everybody out: a session that was ended after the backup must not come back with it."""
    connection.execute(text("DELETE FROM user_session"))


def _close_for_all(target: Path) -> None:
    try:
        with closing(sqlite3.connect(target, timeout=2, isolation_level=None)) as connection:
            # Only who has the database alone may do this; it also takes the log ahead into the file.
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        raise RestoreRefused(
            f"Somebody has the database {target} open ({error}): stop Matinee, web server and worker, and try again."
        ) from error
    except sqlite3.DatabaseError:
        # It is damaged, which may be why it is replaced. It is kept aside as it is.
        return


def _check_integrity(connection: Connection) -> None:
    said = [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check")).all()]
    broken = connection.execute(text("PRAGMA foreign_key_check")).all()
    if said != ["ok"] or broken:
        raise BackupDiffers(
            f"The database in the backup is damaged: {'; '.join(said[:3])}; references: {broken[:3]}."
        )


def _engine_of(file: Path) -> Engine:
    engine = create_engine(f"sqlite:///{file}")
    prepare_engine(engine)
    return engine
