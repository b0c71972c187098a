"""`matinee backup`: make one, keep it, let old ones go; list them."""

from __future__ import annotations

from pathlib import Path

import click

from matinee import __version__
from matinee.backups.databases import open_database
from matinee.backups.making import Made, Plan, make_backup
from matinee.backups.pruning import Keeping
from matinee.backups.sealing import new_identity
from matinee.backups.stores import FolderStore, Store
from matinee.cli.backup_settings import NOWHERE, failures_shown, key_in_use, stores_of, write_new_file
from matinee.cli.checked_settings import checked_settings
from matinee.kernel import clock
from matinee.reports.health.machine import size_text
from matinee.settings import Settings

NOT_MADE = "no backup was made"
# A backup was made and kept, but not everything went well: exit code for cron and systemd.
PARTLY = 3


@click.command()
@click.option(
    "--verify", is_flag=True, help="Restore it for a trial, and compare, before it counts as a backup."
)
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep it in this folder, and only there.",
)
@click.option("--list", "only_list", is_flag=True, help="Make none; show those that are kept.")
@click.option(
    "--new-identity", "identity", type=click.Path(path_type=Path),
    help="Make none; write a new secret key into this new file, and say the public key for MATINEE_BACKUP_RECIPIENT.",
)  # fmt: skip
@click.option("--quiet", "-q", is_flag=True, help="Say nothing where all went well.")
def backup(verify: bool, folder: Path | None, only_list: bool, identity: Path | None, quiet: bool) -> None:
    """Make a backup while the cinema sells, and keep it in MATINEE_BACKUP_DIR, in MATINEE_BACKUP_S3_URL, or in both.

    It is one file with a manifest. With MATINEE_BACKUP_RECIPIENT it is encrypted, and the secret key of this
    installation is in it, too. Of earlier ones the newest MATINEE_BACKUP_KEEP stay.

    Exit codes: 0, all is well; 1, no backup was made; 2, a setting is wrong; 3, one was made, but not kept everywhere, or
    could not be read back, or old ones could not be deleted.

    \b
    matinee backup --verify            from a timer, each night
    matinee backup --to /mnt/usb       one more, for the safe
    matinee backup --list
    """
    if identity is not None:
        _make_identity(identity)
        return
    settings = checked_settings()
    stores: list[Store] = [FolderStore(folder)] if folder is not None else stores_of(settings)
    if not stores:
        raise click.ClickException(NOWHERE)
    if only_list:
        _list(stores)
        return
    with failures_shown(NOT_MADE):
        made = _make(settings, stores, verify=verify)
    if made.troubles:
        click.echo(_told(made, verify=verify))
        for trouble in made.troubles:
            click.echo(f"But: {trouble}", err=True)
        raise click.exceptions.Exit(PARTLY)
    if not quiet:
        click.echo(_told(made, verify=verify))


def _make(settings: Settings, stores: list[Store], *, verify: bool) -> Made:
    engine = open_database(settings.database_url)
    try:
        plan = Plan(
            engine=engine,
            data_dir=settings.data_dir,
            matinee_version=__version__,
            secret_key=key_in_use(settings),
            recipients=settings.backup_recipient,
            stores=stores,
            keeping=Keeping(settings.backup_keep, settings.backup_keep_days),
            scratch_url=settings.backup_scratch_url,
        )
        return make_backup(plan, verify=verify, now=clock.now())
    finally:
        engine.dispose()


def _told(made: Made, *, verify: bool) -> str:
    of = f"({size_text(made.size_bytes)}, {made.manifest.rows} rows, schema {made.manifest.schema_revision})"
    lines = [f"Kept {made.name} {of} in {' and '.join(made.kept_in)}."] if made.kept_in else []
    lines += [f"Kept {name} {of} in {where}." for where, name in made.unread.items()]
    if verify:
        lines.append("It was restored for a trial: every table is what it was.")
    lines += [f"Deleted {gone}." for gone in made.gone]
    return "\n".join(lines)


def _list(stores: list[Store]) -> None:
    # No table: a name that is cut off or folded cannot be copied.
    with failures_shown("the backups cannot be listed"):
        for store in stores:
            kept = store.kept()
            click.echo(f"{store.where}: {'no backup yet' if not kept else ''}".rstrip())
            for one in kept:
                marks = (
                    ("tried", "not tried")[not one.told.verified],
                    ("encrypted", "open")[not one.told.sealed],
                )
                click.echo(f"  {one.name}  {size_text(one.size_bytes)}, {', '.join(marks)}")


def _make_identity(path: Path) -> None:
    public, content = new_identity()
    with failures_shown("no key was made"):
        write_new_file(path, content)
    click.echo(
        f"{path} has the secret key: keep it off this machine, in two places. Without it no backup can be read.\n"
        f"MATINEE_BACKUP_RECIPIENT={public}"
    )
