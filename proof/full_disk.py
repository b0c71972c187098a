"""A disk that is full while seats are sold: the sale is refused, nothing acknowledged is lost, and it goes on with space."""

from __future__ import annotations

import errno
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from proof.needs import require_program, require_root
from proof.postgres import DATABASE, running_postgres
from proof.scenario import NotHere, Outcome, Plan
from proof.stage import Stage
from tests.databases import make_tables
from tests.race.processes import wait_until

SQLITE_MIB = 16
POSTGRES_MIB = 160
# Small pieces of the log, so that a full disk is felt at once.
POSTGRES_SETTINGS = {"min_wal_size": "32MB", "max_wal_size": "32MB"}
# Times that the disk fills up.
ROUNDS = 2
RECOVERED_SECONDS_MAX = 60.0


def run(plan: Plan) -> Iterator[Outcome]:
    """On both databases, each on a small disk in memory."""
    require_root("a small disk that fills up")
    mount = require_program("mount", "mount")
    umount = require_program("umount", "mount")
    with _small_disk(plan.folder / "disk-sqlite", SQLITE_MIB, mount, umount) as disk:
        url = f"sqlite:///{disk / 'matinee.sqlite'}"
        make_tables(url)
        outcome = Outcome("full disk", "SQLite")
        with Stage(plan, outcome, url) as stage:
            _fill_and_free(plan, stage, disk, lambda: None)
            stage.close()
        yield outcome
    outcome = Outcome("full disk", "PostgreSQL")
    with (
        _small_disk(plan.folder / "disk-postgres", POSTGRES_MIB, mount, umount) as disk,
        running_postgres(inside=disk, **POSTGRES_SETTINGS) as server,
        Stage(plan, outcome, server.url(DATABASE)) as stage,
    ):

        def bring_back() -> None:
            # It ends by itself where it cannot write its log; whoever runs it starts it again.
            if not server.is_running():
                server.start_again()
                outcome.count("times that the database was started again", 1)

        _fill_and_free(plan, stage, disk, bring_back)
        stage.close()
    yield outcome


def _fill_and_free(plan: Plan, stage: Stage, disk: Path, bring_back: Callable[[], None]) -> None:
    crowd = stage.sell()
    ballast = disk / "ballast"
    for _ in range(ROUNDS):
        stage.sell_for(plan.seconds / (3 * ROUNDS))
        ends = time.monotonic() + plan.seconds / (3 * ROUNDS)
        while time.monotonic() < ends:
            # Again and again: what the database gives up is filled, too.
            stage.outcome.count("bytes of ballast", _fill(ballast))
            time.sleep(0.2)
        stage.outcome.count("times that the disk was full", 1, needed=True)
        ballast.unlink()
        bring_back()
        before = crowd.done()
        wait_until(
            "the sale goes on", lambda before=before: crowd.done() > before + 5, RECOVERED_SECONDS_MAX, 0.2
        )
        stage.sell_for(plan.seconds / (3 * ROUNDS))
    records = stage.records()
    refused = sum(tried.status == 503 for record in records for tried in record.tries)
    stage.outcome.count("refused with 503", refused, needed=True)


def _fill(ballast: Path) -> int:
    """Write until nothing more fits; return how much that was."""
    written = 0
    handle = os.open(ballast, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        for size in (1 << 20, 1 << 12):
            with suppress(OSError):
                while True:
                    written += _write(handle, size)
    finally:
        os.close(handle)
    return written


def _write(handle: int, size: int) -> int:
    count = os.write(handle, b"\0" * size)
    if count < size:
        raise OSError(errno.ENOSPC, "full")
    return count


@contextmanager
def _small_disk(folder: Path, mib: int, mount: str, umount: str) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    made = subprocess.run(
        [mount, "-t", "tmpfs", "-o", f"size={mib}m,mode=0755", "tmpfs", str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if made.returncode != 0:
        raise NotHere(f"no small disk can be mounted here: {made.stderr.strip()}")
    try:
        yield folder
    finally:
        # Lazily: a process that was killed a moment ago may still have it open.
        subprocess.run([umount, "-l", str(folder)], check=True)
