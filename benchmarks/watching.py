"""500 who watch the seats of one screening on one worker, while a seat is sold each second: asking again, or a stream.

What each way costs the server (seconds of processor a second, memory), how soon a watcher sees what was sold, and how long
a buyer waits meanwhile.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from benchmarks.postgres import Postgres
from benchmarks.result import Plan
from benchmarks.seed import SCREENINGS, purchase_headers, seed_house
from benchmarks.servers import ROOT, Running, fetch, running_matinee, running_program
from tests.databases import free_port

WATCHERS = 500
SECONDS = 20
SALES_BEGIN_AFTER = 4.0
KINDS = ("none", "poll", "stream")


@dataclass(frozen=True, slots=True)
class Watched:
    """What one way came to. Delays and latencies in milliseconds, memory in MB."""

    kind: str
    cores: float
    memory: float
    delays: list[float]
    latencies: list[float]

    def sentence(self) -> str:
        """For people."""
        seen = "nobody watches"
        if self.delays:
            seen = f"a sale is seen after {median(self.delays):,.0f} ms (99%: {quantiles(self.delays, n=100)[98]:,.0f} ms)"
        return (
            f"{self.kind:>6}: {self.cores:.3f} cores, {self.memory:,.0f} MB; {seen}; "
            f"a purchase takes {median(self.latencies):.1f} ms (longest {max(self.latencies):.0f} ms)"
        )


def measure(postgres: Postgres, plan: Plan) -> None:
    """Each way in turn, one server process; says a line for each."""
    with tempfile.TemporaryDirectory() as folder_name:
        folder = Path(folder_name)
        for number, kind in enumerate(KINDS):
            address = postgres.fresh_database(f"watching_{kind}")
            first_day = seed_house(address)
            with _server(kind, address, folder / kind, plan) as server:
                plan.say(_watch(kind, server, first_day, screening=number).sentence())


@contextmanager
def _server(kind: str, address: str, data_dir: Path, plan: Plan) -> Iterator[Running]:
    log = data_dir.with_suffix(".log")
    if kind != "stream":
        with running_matinee(address, data_dir, workers=1, threads=plan.threads, log=log) as running:
            yield running
        return
    port = free_port()
    command = ["-m", "benchmarks.watching_server", str(port), str(plan.threads)]
    with running_program(command, port, address, data_dir, log) as running:
        yield running


def _watch(kind: str, server: Running, first_day: str, *, screening: int) -> Watched:
    watchers = None
    if kind != "none":
        command = [
            "-m",
            "benchmarks.watchers",
            kind,
            str(server.port),
            str(screening + 1),
            str(WATCHERS),
            str(SECONDS),
        ]
        watchers = subprocess.Popen([sys.executable, *command], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    began = time.monotonic()
    time.sleep(SALES_BEGIN_AFTER)
    spent_before = _spent_seconds(server.pid)
    sold, latencies = [], []
    while time.monotonic() - began < SECONDS - 4:
        asked = time.monotonic()
        headers = purchase_headers(screening + SCREENINGS * len(sold), first_day)
        status, said = fetch(server.port, "/buyTicket", method="POST", headers=headers)
        if status != 200:
            raise RuntimeError(f"a purchase was answered {status}: {said[:200]!r}")
        sold.append(time.monotonic())
        latencies.append((sold[-1] - asked) * 1000)
        time.sleep(max(0.0, 1 - (time.monotonic() - asked)))
    cores = (_spent_seconds(server.pid) - spent_before) / (time.monotonic() - began - SALES_BEGIN_AFTER)
    memory = _memory_mb(server.pid)
    delays = []
    if watchers is not None:
        said_by_all, _ = watchers.communicate(timeout=60)
        delays = [(at - sold[number]) * 1000 for number, at in json.loads(said_by_all) if number < len(sold)]
        if len(delays) < WATCHERS * len(sold) * 0.99:
            raise RuntimeError(f"of {WATCHERS * len(sold)} sightings only {len(delays)} came about")
    return Watched(kind, cores, memory, delays, latencies)


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in _family(int(child)))]


def _spent_seconds(pid: int) -> float:
    ticks = 0
    for one in _family(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _memory_mb(pid: int) -> float:
    pages = sum(int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in _family(pid))
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
