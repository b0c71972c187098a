"""`matinee restore`: bring a backup back, or try whether it would come back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from matinee.backups.databases import open_database
from matinee.backups.errors import RestoreRefused
from matinee.backups.manifest import Manifest
from matinee.backups.restoring import Restored, Target, restore_backup
from matinee.backups.scratch import scratch_folder
from matinee.backups.sealing import read_identities
from matinee.backups.stores import Store
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
    stores = stores_of(settings)
    for store in stores:
        name = _name_in(store, backup)
        if name is not None:
            with scratch_folder(settings.data_dir) as folder:
                store.fetch(name, folder / name)
                click.echo(f"From {store.where}: {name}")
                yield folder / name
            return
    looked = ", ".join(store.where for store in stores) or "no store: none is set"
    raise RestoreRefused(f"There is no file {backup}, and no such backup is kept. Looked in {looked}.")


def _name_in(store: Store, backup: str) -> str | None:
    kept = store.kept()
    if backup == NEWEST:
        return kept[0].name if kept else None
    return next((one.name for one in kept if one.name == backup), None)


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
