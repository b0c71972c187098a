"""The machine: the data directory and the room on its disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from matinee.languages.marking import N_
from matinee.reports.health.finding import Finding, said

FREE_BYTES_MIN = 200 * 1024 * 1024
WHAT = N_("data directory")


def look_at_data_dir(folder: Path) -> Iterator[Finding]:
    """Whether the data directory can be written to and has room."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".doctor"
        probe.write_bytes(b"x")
        probe.unlink(missing_ok=True)
    except OSError as error:
        advice = said(
            N_(
                "Make %(folder)s writable for the user that runs Matinee, or name another one in MATINEE_DATA_DIR."
            ),
            folder=folder,
        )
        state = said(N_("%(folder)s: %(error)s"), folder=folder, error=error.strerror)
        yield Finding(said(WHAT), state, advice)
        return
    yield Finding(said(WHAT), said(N_("%(folder)s is writable"), folder=folder.absolute()))
    yield look_at_disk(folder)


def look_at_disk(folder: Path) -> Finding:
    """Whether there is room on the disk of the folder."""
    what = said(N_("disk"))
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Finding(
            what,
            said(N_("%(folder)s: %(error)s"), folder=folder, error=error.strerror),
            said(N_("See the data directory.")),
        )
    advice = said(N_("Free some room on this disk: without it, sales stop."))
    return Finding(
        what, said(N_("%(size)s free"), size=size_text(free)), advice if free < FREE_BYTES_MIN else None
    )


def size_text(size_bytes: int) -> str:
    """ "3.2 GB", "40.0 MB"."""
    if size_bytes >= 1024**3:
        return f"{size_bytes / 1024**3:.1f} GB"
    if size_bytes >= 1024**2:
        return f"{size_bytes / 1024**2:.1f} MB"
    return f"{size_bytes / 1024:.1f} kB"
