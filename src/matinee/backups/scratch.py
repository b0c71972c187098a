"""Folders for work in progress: in the data directory, where things are not encrypted anyway, never among backups."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = ".backup-work-"
# What a run that was killed left behind is removed by the next one, after so long that none can still be at it.
LEFT_BEHIND_SECONDS = 24 * 3600


@contextmanager
def scratch_folder(data_dir: Path) -> Iterator[Path]:
    """A new folder in the data directory that its owner alone may read; removed at the end. Raises OSError."""
    data_dir.mkdir(parents=True, exist_ok=True)
    remove_left_behind(data_dir, PREFIX)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=data_dir))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_left_behind(folder: Path, prefix: str) -> None:
    """Remove what begins with `prefix` and was left by a run that did not end."""
    for entry in folder.glob(f"{prefix}*"):
        # Another run may be removing it, too.
        with contextlib.suppress(OSError):
            if time.time() - entry.stat().st_mtime > LEFT_BEHIND_SECONDS:
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on disk. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
