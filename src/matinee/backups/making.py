"""Making a backup: copy, describe, pack, encrypt, try, keep, and let old ones go."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, text

from matinee.backups import postgres_dump, sqlite_files
from matinee.backups.archive import describe, write_archive
from matinee.backups.census import take_census
from matinee.backups.databases import sqlite_file
from matinee.backups.errors import BackupFailed, StoreFailed
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
    """What became of a backup. `troubles`: sentences of what did not work although a backup was kept.

    `kept_in`: where it has its name. `unread`: where it is, too, but could not be read back -> the name that it has there.
    """

    name: str
    size_bytes: int
    manifest: Manifest
    kept_in: list[str] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)


def make_backup(plan: Plan, *, verify: bool, now: datetime) -> Made:
    """Make a backup and keep it in every store; with `verify` only after it was restored and compared.

    With `verify` each store is asked for it again. One that gives back something else is left without it. One that cannot
    give it back now keeps it, under a name that does not say that it was tried. Old ones go only where neither was so.

    Raises BackupFailed where no store has it, and OSError. Then no store has a part of it either, unless one refused to
    delete what it had spoilt; the error says so.
    """
    with scratch_folder(plan.data_dir) as folder:
        file, manifest = _packed(plan, folder, now=now, verify=verify)
        name = BackupName(now, verified=verify, sealed=bool(plan.recipients))
        made = Made(str(name), file.stat().st_size, manifest)
        for store in plan.stores:
            _keep(store, file, name, made, folder)
        if not made.kept_in and not made.unread:
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


def _keep(store: Store, file: Path, name: BackupName, made: Made, folder: Path) -> None:
    try:
        store.put(file, made.name)
    except StoreFailed as error:
        made.troubles.append(str(error))
        return
    if name.verified:
        try:
            same = _is_given_back(store, file, made.name, folder / "again")
        except StoreFailed as error:
            _keep_unread(store, name, made, error)
            return
        if not same:
            made.troubles.append(_drop_spoilt(store, made.name))
            return
    made.kept_in.append(store.where)


def _is_given_back(store: Store, file: Path, name: str, again: Path) -> bool:
    """Whether the store gives back what it was given. Raises StoreFailed where that cannot be said."""
    try:
        store.fetch(name, again)
        return _sha256(again) == _sha256(file)
    except OSError as error:
        raise StoreFailed(
            f"What {store.where} gave back cannot be read: {error.strerror or error}."
        ) from error
    finally:
        again.unlink(missing_ok=True)


def _keep_unread(store: Store, name: BackupName, made: Made, error: StoreFailed) -> None:
    # The store took all of it, and most likely the network or this disk is at fault: nothing to throw a backup away for.
    untried = str(replace(name, verified=False))
    trouble = f"{error} It was put there, but could not be read back,"
    try:
        store.rename(made.name, untried)
    except StoreFailed as refused:
        made.unread[store.where] = made.name
        made.troubles.append(
            f"{trouble} though its name there says that it was tried; it may be there as {untried}, too. {refused}"
        )
    else:
        made.unread[store.where] = untried
        made.troubles.append(f"{trouble} and does not count as tried there.")


def _drop_spoilt(store: Store, name: str) -> str:
    """Delete what a store gives back otherwise than it was given it; the sentence about it."""
    told = f"{store.where} gives back another file than it was given."
    try:
        store.delete(name)
    except StoreFailed as error:
        return f"{told} It is still there: delete {name} by hand. {error}"
    return told


def _prune(store: Store, keeping: Keeping, made: Made, *, now: datetime) -> None:
    try:
        made.gone += [f"{store.where}: {name}" for name in prune(store, keeping, made=made.name, now=now)]
    except StoreFailed as error:
        made.troubles.append(str(error))


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
