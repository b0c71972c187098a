"""Where backups are kept: a folder, a store that speaks S3, or both."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from matinee.backups.archive import CHUNK_BYTES
from matinee.backups.errors import StoreFailed
from matinee.backups.names import BackupName, read_name
from matinee.backups.scratch import remove_left_behind, sync

# Hidden, and no name of a backup: what is not whole yet is taken for nothing.
PARTIAL = ".matinee-partial-"


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup in a store."""

    name: str
    told: BackupName
    size_bytes: int


class Store(Protocol):
    """A place for backups. Every method raises StoreFailed."""

    @property
    def where(self) -> str:
        """What people call it; without passwords."""

    def put(self, file: Path, name: str) -> None:
        """Keep a copy of `file`. Under that name there is all of it or nothing, at any moment."""

    def kept(self) -> list[Kept]:
        """What is kept, the newest first. Files with names that are no backup's are passed over, and so are empty ones."""

    def fetch(self, name: str, target: Path) -> None:
        """Copy a backup into the new file `target`."""

    def rename(self, name: str, other: str) -> None:
        """Give a backup another name. Where that fails it is there under the first, or under both."""

    def delete(self, name: str) -> None:
        """Delete a backup."""


class FolderStore:
    """A folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def where(self) -> str:
        return str(self._folder)

    def put(self, file: Path, name: str) -> None:
        partial = self._folder / f"{PARTIAL}{name}"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            remove_left_behind(self._folder, PARTIAL)
            if (self._folder / name).exists():
                raise StoreFailed(
                    f"{self._folder / name} is there already: another backup was made in this second."
                )
            try:
                _copy(file, partial)
                partial.replace(self._folder / name)
            finally:
                partial.unlink(missing_ok=True)
            sync(self._folder)
        except OSError as error:
            raise self._failed("cannot be written", error) from error

    def kept(self) -> list[Kept]:
        try:
            with os.scandir(self._folder) as entries:
                found = [(entry.name, entry.stat().st_size) for entry in entries if entry.is_file()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._failed("cannot be read", error) from error
        return newest_first(found)

    def fetch(self, name: str, target: Path) -> None:
        try:
            _copy(self._folder / name, target)
        except OSError as error:
            raise self._failed("cannot be read", error) from error

    def rename(self, name: str, other: str) -> None:
        try:
            if (self._folder / other).exists():
                raise StoreFailed(f"{self._folder / other} is there already.")
            (self._folder / name).rename(self._folder / other)
            sync(self._folder)
        except OSError as error:
            raise self._failed("cannot be changed", error) from error

    def delete(self, name: str) -> None:
        try:
            (self._folder / name).unlink(missing_ok=True)
        except OSError as error:
            raise self._failed("cannot be changed", error) from error

    def _failed(self, what: str, error: OSError) -> StoreFailed:
        return StoreFailed(f"The folder {self._folder} {what}: {error.strerror or error}.")


def newest_first(found: Iterable[tuple[str, int]]) -> list[Kept]:
    """What of these names and sizes are backups, the newest first."""
    told = [(read_name(name), name, size) for name, size in found]
    kept = [Kept(name, read, size) for read, name, size in told if read is not None and size > 0]
    return sorted(kept, key=lambda one: (one.told.made_at, one.name), reverse=True)


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as content, target.open("xb") as file:
        target.chmod(0o600)
        shutil.copyfileobj(content, file, CHUNK_BYTES)
    sync(target)
