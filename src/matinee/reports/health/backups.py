"""Backups: the newest file in the folder that they are put into. Whether `matinee backup` made it or another program."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from matinee.languages.marking import N_
from matinee.reports.health.finding import Finding, said
from matinee.reports.health.machine import size_text

WHAT = N_("backup")


@dataclass(frozen=True, slots=True)
class Backup:
    """A file in the folder of backups."""

    name: str
    made_at: datetime
    size_bytes: int


def newest_backup(folder: Path) -> Backup | None:
    """The file that was written last; None for a folder without files. Hidden ones do not count. Raises OSError."""
    with os.scandir(folder) as entries:
        found = [
            (entry.name, entry.stat())
            for entry in entries
            if not entry.name.startswith(".") and entry.is_file()
        ]
    if not found:
        return None
    name, stat = max(found, key=lambda one: one[1].st_mtime)
    return Backup(name, datetime.fromtimestamp(stat.st_mtime, UTC), stat.st_size)


def look_at_backups(folder: Path | None, *, age_max: timedelta, now: datetime) -> Finding:
    """Whether the newest backup is there, young enough, and not empty."""
    what = said(WHAT)
    if folder is None:
        return Finding(
            what,
            said(N_("nothing is known of any")),
            said(
                N_(
                    "Make backups, and name their folder in MATINEE_BACKUP_DIR: then it is noticed when they stop."
                )
            ),
            is_warning=True,
        )
    try:
        newest = newest_backup(folder)
    except OSError as error:
        state = said(N_("%(folder)s: %(error)s"), folder=folder, error=error.strerror)
        return Finding(what, state, said(N_("Correct MATINEE_BACKUP_DIR, or let Matinee read that folder.")))
    if newest is None:
        return Finding(
            what,
            said(N_("no file in %(folder)s"), folder=folder),
            said(N_("Look at what makes the backups.")),
        )
    return _judge(newest, age_max=age_max, now=now)


def _judge(newest: Backup, *, age_max: timedelta, now: datetime) -> Finding:
    age = max(timedelta(), now - newest.made_at)
    state = said(
        N_("%(name)s, %(hours)s hours old, %(size)s"),
        name=newest.name, hours=round(age.total_seconds() / 3600), size=size_text(newest.size_bytes),
    )  # fmt: skip
    if newest.size_bytes == 0:
        return Finding(said(WHAT), state, said(N_("The newest backup is empty: look at what makes them.")))
    if age > age_max:
        advice = said(
            N_("It is older than %(hours)s hours: look at what makes the backups."),
            hours=round(age_max.total_seconds() / 3600),
        )
        return Finding(said(WHAT), state, advice)
    return Finding(said(WHAT), state)
