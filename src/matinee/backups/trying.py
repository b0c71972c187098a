"""Trying a backup: it is restored as it would be in need, beside what is there, and compared."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from matinee.backups.databases import scratch_database
from matinee.backups.manifest import Manifest
from matinee.backups.opening import open_backup, refuse_what_does_not_fit
from matinee.backups.postgres_restore import restore_dump
from matinee.backups.sqlite_files import restore_copy


def try_backup(
    file: Path, engine: Engine, folder: Path, *, identities: Sequence[Any], scratch_url: str
) -> Manifest:
    """Restore the backup into a database of its own, check it, throw it away. `engine` says which kind, and is not changed.

    Checked are the SHA-256 of each file, the number of rows and the digest of each table, what the database says of
    itself, and the way to this version's schema. Raises BackupFailed.
    """
    work = folder / "trial"
    work.mkdir(mode=0o700)
    try:
        opened = open_backup(file, work, identities)
        refuse_what_does_not_fit(opened.manifest, engine)
        if opened.manifest.database == "sqlite":
            restore_copy(opened.database, work / "trial.sqlite", opened.manifest)
        else:
            with scratch_database(engine, scratch_url) as scratch:
                restore_dump(scratch, opened.database, opened.manifest)
        return opened.manifest
    finally:
        shutil.rmtree(work, ignore_errors=True)
