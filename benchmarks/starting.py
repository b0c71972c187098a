"""How soon `matinee serve` answers on SQLite, and the memory that one of its web processes takes."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import load
from benchmarks.machine import children, resident_mib
from benchmarks.result import Plan, Result
from benchmarks.servers import run_command, running_matinee

SECONDS_TARGET = 1.5
MEGABYTES_TARGET = 150.0


def measure(plan: Plan) -> list[Result]:
    """Start on the demonstration's database again and again; then load one process and look at its memory."""
    today = datetime.now(UTC).date().isoformat()
    started, first, resident = [], [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        address = f"sqlite:///{folder / 'matinee.sqlite'}"
        run_command(["demo"], address, folder)
        for number in range(plan.rounds):
            with running_matinee(address, folder, workers=1, threads=8, log=folder / "log") as server:
                started.append(server.started_seconds)
                for path in ("/fullSchedule", f"/getDay?date={today}"):
                    load.get(server.port, path, clients=32, seconds=1).require_all_answered()
                (worker,) = children(server.pid)
                resident.append(resident_mib(worker) * 1024 * 1024 / 1e6)
            empty = folder / f"empty{number}"
            new = f"sqlite:///{empty / 'matinee.sqlite'}"
            with running_matinee(new, empty, workers=1, threads=8, log=folder / "log") as server:
                first.append(server.started_seconds)
            plan.say(
                f"start {started[-1]:.2f} s, first start {first[-1]:.2f} s, web process {resident[-1]:.0f} MB under load"
            )
    return [
        Result("start of serve to the first answer, SQLite", started, "s", target=SECONDS_TARGET),
        Result("the very first start, which makes the tables", first, "s"),
        Result("memory of a web process under load", resident, "MB", target=MEGABYTES_TARGET),
    ]
