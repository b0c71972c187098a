"""What the settings say of backups, as plain values; and how a command about them ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.exc import DBAPIError

from matinee.backups.errors import BackupFailed
from matinee.backups.s3_place import read_place
from matinee.backups.s3_store import ObjectStore
from matinee.backups.stores import FolderStore, Store
from matinee.cli.refusals import refusals_shown
from matinee.settings import Settings

NOWHERE = (
    "there is no place for backups: name a folder in MATINEE_BACKUP_DIR, a store in MATINEE_BACKUP_S3_URL, "
    "or a folder for this one with --to."
)


def stores_of(settings: Settings) -> list[Store]:
    """Where backups are kept, the nearest first."""
    stores: list[Store] = []
    if settings.backup_dir is not None:
        stores.append(FolderStore(settings.backup_dir))
    if settings.backup_s3_url:
        place = read_place(
            settings.backup_s3_url,
            region=settings.backup_s3_region,
            access_key=settings.backup_s3_access_key,
            secret_key=settings.backup_s3_secret_key,
        )
        stores.append(ObjectStore(place))
    return stores


def key_in_use(settings: Settings) -> str | None:
    """The secret key that locks what is in the database now. None is made for this: a new one would have locked nothing."""
    kept = settings.data_dir / "secret_key"
    if settings.secret_key:
        return settings.secret_key
    return kept.read_text(encoding="ascii") if kept.exists() else None


@contextmanager
def failures_shown(what: str) -> Iterator[None]:
    """End the command with a sentence, and exit code 1, where it did not do what it should."""
    try:
        with refusals_shown():
            yield
    except BackupFailed as error:
        raise click.ClickException(f"{what}. {error}") from None
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise click.ClickException(f"{what}. {where}{error.strerror or error}.") from None
    except DBAPIError as error:
        # Without the statement and its values.
        raise click.ClickException(
            f"{what}. The database said: {' '.join(str(error.orig).split())[:400]}."
        ) from None


def write_new_file(path: Path, content: str) -> None:
    """Write a file that its owner alone may read; refused where there is one. Raises OSError."""
    path.touch(0o600, exist_ok=False)
    path.write_text(content, encoding="ascii")
