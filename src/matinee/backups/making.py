"""Making a backup: copy, describe, pack, encrypt, try, keep, and let old ones go."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, text

from matinee.backups import postgres_dump, sqlite_files
from matinee.backups.archive import describe, write_archive
from matinee.backups.census import take_census
from matinee.backups.databases import sqlite_file
from matinee.backups.errors import BackupDiffers, BackupFailed, StoreFailed
from matinee.backups.manifest import Manifest, print_of_key
from matinee.backups.names import BackupName
from matinee.backups.pruning import Keeping, prune
from matinee.backups.scratch import scratch_folder
from matinee.backups.sealing import OwnKey, seal
from matinee.backups.stores import Store
from matinee.backups.trying import try_backup
from matinee.db.schema import revision_of

SECRET_KEY_FILE = "secret_key"  # noqa: S105 - a name


@dataclass(frozen=True, slots=True)
class Plan:
    """What a backup is made of, and for whom. `recipients`: public keys of age's; none: it is not encrypted."""

    engine: Engine
    data_dir: Path
    matinee_version: str
    secret_key: str | None = field(repr=False)
    recipients: Sequence[str]
    stores: Sequence[Store]
    keeping: Keeping
    # Where a database for trying may be made; empty: on the server of the database itself. PostgreSQL alone.
    scratch_url: str = field(repr=False)


@dataclass(slots=True)
class Made:
    """What became of a backup. `troubles`: sentences of what did not work although a backup was kept."""

    name: str
    size_bytes: int
    manifest: Manifest
    kept_in: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)


def make_backup(plan: Plan, *, verify: bool, now: datetime) -> Made:
    """Make a backup and keep it in every store; with `verify` only after it was restored and compared.

    Raises BackupFailed where no store has it, and OSError; then no store has a part of it either.
    """
    with scratch_folder(plan.data_dir) as folder:
        file, manifest = _packed(plan, folder, now=now, verify=verify)
        name = str(BackupName(now, verified=verify, sealed=bool(plan.recipients)))
        made = Made(name, file.stat().st_size, manifest)
        for store in plan.stores:
            _keep(store, file, made, folder, verify=verify)
        if not made.kept_in:
            raise BackupFailed(" ".join(made.troubles))
        for store in plan.stores:
            if store.where in made.kept_in:
                _prune(store, plan.keeping, made, now=now)
        return made


def _packed(plan: Plan, folder: Path, *, now: datetime, verify: bool) -> tuple[Path, Manifest]:
    """The finished file and its manifest."""
    files, manifest = _gathered(plan, folder, now=now)
    archive = folder / "backup.tar"
    write_archive(archive, manifest, files)
    for file in files.values():
        file.unlink()
    if not plan.recipients:
        if verify:
            try_backup(archive, plan.engine, folder, identities=(), scratch_url=plan.scratch_url)
        return archive, manifest
    # The keys that open it are elsewhere. To try what was encrypted it is encrypted to one more key, which is then gone.
    own = OwnKey() if verify else None
    sealed = folder / "backup.tar.age"
    seal(archive, sealed, [*plan.recipients, *([own.recipient] if own else [])])
    archive.unlink()
    if own is not None:
        try_backup(sealed, plan.engine, folder, identities=(own.identity,), scratch_url=plan.scratch_url)
    return sealed, manifest


def _gathered(plan: Plan, folder: Path, *, now: datetime) -> tuple[dict[str, Path], Manifest]:
    files = {}
    source = sqlite_file(plan.engine)
    if source is not None:
        copy, packed = folder / "copy.sqlite", folder / sqlite_files.DATABASE_FILE
        sqlite_files.copy_database(source, copy)
        with sqlite_files.opened_copy(copy) as connection:
            revision = revision_of(connection)
            version = str(connection.execute(text("SELECT sqlite_version()")).scalar_one())
            tables = take_census(connection)
        sqlite_files.pack(copy, packed)
        copy.unlink()
        files[packed.name] = packed
    else:
        dump = folder / postgres_dump.DATABASE_FILE
        version = str(postgres_dump.server_version(plan.engine))
        revision, tables = postgres_dump.dump_database(plan.engine, dump)
        files[dump.name] = dump
    if revision is None:
        raise BackupFailed("The database has no tables yet: there is nothing to keep.")
    if plan.secret_key and plan.recipients:
        # Never in a backup that anybody can read: a copy of the database alone must open nothing.
        key = folder / SECRET_KEY_FILE
        key.touch(0o600)
        key.write_text(plan.secret_key, encoding="ascii")
        files[key.name] = key
    return files, Manifest(
        made_at=now,
        matinee_version=plan.matinee_version,
        database=plan.engine.dialect.name,
        database_version=version,
        schema_revision=revision,
        tables=tables,
        files={name: describe(file) for name, file in files.items()},
        secret_key_print=print_of_key(plan.secret_key) if plan.secret_key else None,
    )


def _keep(store: Store, file: Path, made: Made, folder: Path, *, verify: bool) -> None:
    try:
        store.put(file, made.name)
        if verify:
            _read_again(store, file, made.name, folder / "again")
    except (StoreFailed, BackupDiffers) as error:
        made.troubles.append(str(error))
    else:
        made.kept_in.append(store.where)


def _read_again(store: Store, file: Path, name: str, again: Path) -> None:
    """Whether the store gives back what it was given; what it gives back otherwise is deleted there."""
    try:
        store.fetch(name, again)
        if _sha256(again) != _sha256(file):
            store.delete(name)
            raise BackupDiffers(f"{store.where} gives back another file than it was given.")
    finally:
        again.unlink(missing_ok=True)


def _prune(store: Store, keeping: Keeping, made: Made, *, now: datetime) -> None:
    try:
        made.gone += [f"{store.where}: {name}" for name in prune(store, keeping, made=made.name, now=now)]
    except StoreFailed as error:
        made.troubles.append(str(error))


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
