"""Bringing a backup back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from matinee.backups.databases import has_data, sqlite_file
from matinee.backups.errors import RestoreRefused
from matinee.backups.making import SECRET_KEY_FILE
from matinee.backups.manifest import Manifest, print_of_key
from matinee.backups.names import STAMP
from matinee.backups.opening import open_backup, refuse_what_does_not_fit
from matinee.backups.postgres_restore import restore_dump
from matinee.backups.scratch import scratch_folder, sync
from matinee.backups.sqlite_files import put_in_place, restore_copy


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back. `notes`: sentences about what the operator has to know or do."""

    manifest: Manifest
    notes: list[str]


@dataclass(frozen=True, slots=True)
class Target:
    """Where a backup goes. `secret_key_set`: MATINEE_SECRET_KEY; empty where the key is in the data directory."""

    engine: Engine
    data_dir: Path
    secret_key_set: str = field(repr=False)


def restore_backup(
    file: Path, target: Target, *, identities: Sequence[Any], overwrite: bool, now: datetime
) -> Restored:
    """Put what is in the backup in the place of the database, upgraded to this version's schema, and end all sessions.

    All of it happens or nothing. Raises RestoreRefused where the database has data and `overwrite` does not say that
    they may go, where Matinee still runs, where the backup is of a newer version; and BackupFailed.
    """
    with scratch_folder(target.data_dir) as folder:
        opened = open_backup(file, folder, identities)
        refuse_what_does_not_fit(opened.manifest, target.engine)
        if not overwrite and has_data(target.engine):
            raise RestoreRefused(
                "The database has data, which this would replace: name another one in MATINEE_DATABASE_URL, "
                "or say --overwrite."
            )
        notes = []
        file_of_database = sqlite_file(target.engine)
        if file_of_database is None:
            restore_dump(target.engine, opened.database, opened.manifest)
        else:
            kept = _replace_file(opened.database, file_of_database, opened.manifest, target.engine, now=now)
            notes += (
                [f"The database that was there is kept as {kept}; delete it when all is well."]
                if kept
                else []
            )
        notes += _bring_key_back(opened.folder / SECRET_KEY_FILE, opened.manifest, target, now=now)
        return Restored(opened.manifest, notes)


def _replace_file(
    packed: Path, file: Path, manifest: Manifest, engine: Engine, *, now: datetime
) -> Path | None:
    file.parent.mkdir(parents=True, exist_ok=True)
    # In the same folder: a name changes there in one step.
    restored = file.with_name(f".{file.name}.restoring-{now.astimezone(UTC):{STAMP}}")
    try:
        restore_copy(packed, restored, manifest)
        engine.dispose()
        return put_in_place(restored, file, now=now)
    finally:
        for ending in ("", "-wal", "-shm"):
            restored.with_name(restored.name + ending).unlink(missing_ok=True)


def _bring_key_back(stored: Path, manifest: Manifest, target: Target, *, now: datetime) -> list[str]:
    """See that the secret key is the one that locked what is in the database; say what is to be done where it is not."""
    if manifest.secret_key_print is None:
        return []
    kept = target.data_dir / SECRET_KEY_FILE
    have = target.secret_key_set or (kept.read_text(encoding="ascii") if kept.exists() else "")
    if have and print_of_key(have) == manifest.secret_key_print:
        return []
    if not stored.exists():
        return [
            "The secret key here is not the one of the backup, and the backup has none in it, since it is not encrypted. "
            "Put back the one of then (MATINEE_SECRET_KEY, or secret_key in the data directory); without it staff sets "
            "up second factors anew, and tickets are signed with a new key."
        ]
    key = stored.read_text(encoding="ascii")
    if target.secret_key_set:
        aside = target.data_dir / f"{SECRET_KEY_FILE}.of-backup"
        _write_key(aside, key)
        return [
            f"MATINEE_SECRET_KEY is not the one of the backup, which is in {aside}: set it, then delete that file."
        ]
    notes = ["The secret key of the backup is back in the data directory."]
    if have:
        was = target.data_dir / f"{SECRET_KEY_FILE}.replaced-{now.astimezone(UTC):{STAMP}}"
        _write_key(was, have)
        notes.append(f"The one that was there is kept as {was}.")
    _write_key(kept, key)
    return notes


def _write_key(path: Path, key: str) -> None:
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    draft.touch(0o600, exist_ok=False)
    draft.write_text(key, encoding="ascii")
    sync(draft)
    draft.replace(path)
