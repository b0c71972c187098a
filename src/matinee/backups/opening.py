"""From a backup's file to what is in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from matinee.backups import postgres_dump, sqlite_files
from matinee.backups.archive import unpack_archive
from matinee.backups.errors import BackupDamaged, BackupLocked, RestoreRefused
from matinee.backups.manifest import Manifest
from matinee.backups.sealing import is_sealed, unseal
from matinee.db.schema import HEAD_REVISION, knows_revision

DATABASE_FILES = {"sqlite": sqlite_files.DATABASE_FILE, "postgresql": postgres_dump.DATABASE_FILE}
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True, slots=True)
class Opened:
    """What is in a backup, unpacked into a folder, each file as the manifest says."""

    manifest: Manifest
    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / DATABASE_FILES[self.manifest.database]


def open_backup(file: Path, folder: Path, identities: Sequence[Any]) -> Opened:
    """Decrypt, unpack into a new folder in `folder`, check. Raises BackupLocked and BackupDamaged."""
    target = folder / "unpacked"
    target.mkdir(mode=0o700)
    plain = file
    if is_sealed(file):
        if not identities:
            raise BackupLocked("The backup is encrypted: name the file with the secret key in --identity.")
        plain = folder / "unsealed.tar"
        unseal(file, plain, identities)
    opened = Opened(unpack_archive(plain, target), target)
    if plain is not file:
        plain.unlink()
    expected = DATABASE_FILES.get(opened.manifest.database)
    if expected is None or expected not in opened.manifest.files:
        raise BackupDamaged("There is no database in the backup.")
    return opened


def refuse_what_does_not_fit(manifest: Manifest, engine: Engine) -> None:
    """Raises RestoreRefused for a backup of the other kind of database, and for one of a newer Matinee."""
    if manifest.database != engine.dialect.name:
        raise RestoreRefused(
            f"The backup is of a {NAMES.get(manifest.database, manifest.database)} database, and "
            f"MATINEE_DATABASE_URL names a {NAMES[engine.dialect.name]} one: a backup goes back to the kind that it is of."
        )
    if not knows_revision(manifest.schema_revision):
        raise RestoreRefused(
            f"The backup was made by Matinee {manifest.matinee_version} and has the schema {manifest.schema_revision}; this "
            f"version knows schemas up to {HEAD_REVISION}. Install the newer one."
        )
