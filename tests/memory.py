"""Where the files of tests lie: in memory, where the machine has room there. A disk is what tests wait for most."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from pathlib import Path

# What a run of the suite needs, and as much again.
BYTES_MIN = 2 << 30
MEMORY = Path("/dev/shm")
PREFIX = "matinee-pg-"
LEFT_AFTER_SECONDS = 2 * 60 * 60


def folder_in_memory() -> Path | None:
    """A folder whose files are never written to a disk, where the machine has one with room for a run of the suite."""
    try:
        room = shutil.disk_usage(MEMORY).free
    except OSError:
        return None
    return MEMORY if os.access(MEMORY, os.W_OK) and room > BYTES_MIN else None


def remove_what_was_left() -> None:
    """Delete the servers of runs that were killed: nobody else frees their memory."""
    for folder in MEMORY.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            is_old = time.time() - folder.stat().st_mtime > LEFT_AFTER_SECONDS
            if is_old and not _is_running(folder / "data" / "postmaster.pid"):
                shutil.rmtree(folder, ignore_errors=True)


def _is_running(noted: Path) -> bool:
    """Whether the process is there whose id is in the first line of the file; none where there is no file."""
    return noted.exists() and Path("/proc", noted.read_text().split("\n", 1)[0]).exists()
