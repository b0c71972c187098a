"""`matinee restore`: bring a backup back, or try whether it would come back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from matinee.backups.databases import open_database
from matinee.backups.errors import RestoreRefused, StoreFailed
from matinee.backups.manifest import Manifest
from matinee.backups.restoring import Restored, Target, restore_backup
from matinee.backups.scratch import scratch_folder
from matinee.backups.sealing import read_identities
from matinee.backups.stores import Kept, Store
from matinee.backups.trying import try_backup
from matinee.cli.backup_settings import failures_shown, stores_of
from matinee.cli.checked_settings import checked_settings
from matinee.cli.opened import opened_services
from matinee.cli.trail import leave_trail
from matinee.kernel import clock
from matinee.settings import Settings

NEWEST = "newest"


@click.command()
@click.argument("backup")
@click.option(
    "--verify",
    is_flag=True,
    help="Restore it beside the database, compare, and throw it away. Changes nothing.",
)
@click.option(
    "--identity",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The file with the secret key of age's.",
)
@click.option("--overwrite", is_flag=True, help="Replace a database that has data.")
def restore(backup: str, verify: bool, identity: Path | None, overwrite: bool) -> None:
    """Bring BACKUP back: a file, the name of one that is kept, or `newest`.

    Stop Matinee first, web server and worker. An older schema is upgraded; a newer one is refused. All of it happens or
    nothing. Everybody is signed out: who was signed out since the backup must not be signed in again. What waited to be
    mailed then is mailed once more.

    \b
    matinee restore newest --verify --identity key.txt     would it come back?
    matinee restore newest --identity key.txt              into an empty database
    matinee restore FILE --overwrite                       in the place of what is there
    """
    settings = checked_settings()
    with failures_shown("nothing was restored"):
        identities = read_identities(identity) if identity is not None else []
        with _found(backup, settings) as file:
            if verify:
                manifest = _try(file, settings, identities)
                click.echo(f"{_of(manifest)}\nIt was restored for a trial: every table is what it was.")
                return
            now = clock.now()
            restored = _restore(file, settings, identities, overwrite=overwrite, now=now)
    click.echo(f"Restored. {_of(restored.manifest)}\nEverybody has to sign in again.")
    for note in restored.notes:
        click.echo(note)
    _leave_trail(restored.manifest)


@contextmanager
def _found(backup: str, settings: Settings) -> Iterator[Path]:
    """The file of the backup: itself, or fetched from a store for as long as the block lasts."""
    if backup != NEWEST and Path(backup).is_file():
        yield Path(backup)
        return
    name, stores = _kept_as(backup, stores_of(settings))
    with scratch_folder(settings.data_dir) as folder:
        _fetch(name, stores, folder / name)
        yield folder / name


def _kept_as(backup: str, stores: Sequence[Store]) -> tuple[str, list[Store]]:
    """The name of the backup, and the stores that keep it, the nearest first. A store that fails is told of and left out.

    Raises StoreFailed where none could be read, and RestoreRefused where none of those that could keeps it.
    """
    found: list[tuple[Store, Kept]] = []
    looked, failed = [], []
    for store in stores:
        try:
            kept = store.kept()
        except StoreFailed as error:
            failed.append(str(error))
            continue
        looked.append(store.where)
        found += [(store, one) for one in kept if backup in (NEWEST, one.name)]
    if failed and not looked:
        raise StoreFailed(" ".join(failed))
    for trouble in failed:
        click.echo(f"But: {trouble}{' A newer one may be there.' if backup == NEWEST else ''}", err=True)
    if not found:
        places = ", ".join(looked) or "no store: none is set"
        raise RestoreRefused(f"There is no file {backup}, and no such backup is kept. Looked in {places}.")
    newest = max((one for _, one in found), key=lambda one: (one.told.made_at, one.told.verified, one.name))
    return newest.name, [store for store, one in found if one.name == newest.name]


def _fetch(name: str, stores: Sequence[Store], file: Path) -> None:
    """Copy the backup into `file`, from the first of the stores that hands it out. Raises StoreFailed where none does."""
    failed = []
    for store in stores:
        try:
            store.fetch(name, file)
        except StoreFailed as error:
            failed.append(str(error))
            file.unlink(missing_ok=True)
            continue
        for trouble in failed:
            click.echo(f"But: {trouble}", err=True)
        click.echo(f"From {store.where}: {name}")
        return
    raise StoreFailed(" ".join(failed))


def _try(file: Path, settings: Settings, identities: list[Any]) -> Manifest:
    engine = open_database(settings.database_url)
    try:
        with scratch_folder(settings.data_dir) as folder:
            return try_backup(
                file, engine, folder, identities=identities, scratch_url=settings.backup_scratch_url
            )
    finally:
        engine.dispose()


def _restore(
    file: Path, settings: Settings, identities: list[Any], *, overwrite: bool, now: datetime
) -> Restored:
    engine = open_database(settings.database_url)
    target = Target(engine, settings.data_dir, settings.secret_key)
    try:
        return restore_backup(file, target, identities=identities, overwrite=overwrite, now=now)
    finally:
        engine.dispose()


def _of(manifest: Manifest) -> str:
    return (
        f"The backup is of {manifest.made_at:%Y-%m-%d %H:%M:%S} UTC, by Matinee {manifest.matinee_version}, "
        f"schema {manifest.schema_revision}, {manifest.rows} rows."
    )


def _leave_trail(manifest: Manifest) -> None:
    made_at = manifest.made_at.isoformat()

    def work(session: Session) -> None:
        leave_trail(session, "backup.restore", "backup", f"The backup of {made_at} was restored")

    trouble = "it was restored, but that could not be written into the audit log"
    with failures_shown(trouble), opened_services() as (_settings, services):
        services.transactions.write(work)
