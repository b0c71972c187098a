"""`getDay` while 200 purchases a second go on through the same server, beside an empty Flask route alone and with them.

Every purchase makes what was serialised out of date. Some buyers look for their seat at once: it must be gone from each
answer, whichever process gives it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from benchmarks import load
from benchmarks.busy_load import PURCHASES_PER_SECOND, Sold
from benchmarks.busy_seed import DAYS_READ, SHOWS_A_DAY, day_named, seed_busy_house
from benchmarks.pacing import shares
from benchmarks.postgres import Postgres
from benchmarks.result import Plan, Result
from benchmarks.servers import ROOT, Running, fetch, require_no_faults, running_bare, running_matinee

CLIENTS = 32
TARGET = 0.3
PURCHASES_MIN = 190.0
# Before what is measured begins, and after it has ended, purchases go on for so long.
MARGIN_SECONDS = 0.5


def measure(postgres: Postgres, plan: Plan) -> list[Result]:
    """In turns: the empty route alone, the empty route beside the purchases, `getDay` beside them."""
    address = postgres.fresh_database("busy")
    first_day = seed_busy_house(address)
    with tempfile.TemporaryDirectory() as name, ExitStack() as running:
        log = Path(name) / "log"
        bare = running.enter_context(
            running_bare("bridge", workers=plan.workers, threads=plan.threads, log=log)
        )
        ours = running.enter_context(
            running_matinee(address, Path(name), workers=plan.workers, threads=plan.threads, log=log)
        )
        house = _House(ours, address, first_day)
        with house.selling(1.0):  # until every thread has its connection
            time.sleep(1.0)
        results = _rounds(house, bare, plan)
        require_no_faults(log)
    return results


class _House:
    """Matinee's server, and all that was sold through it."""

    def __init__(self, server: Running, address: str, first_day: str) -> None:
        self.port = server.port
        self._address = address
        self._first_day = first_day
        self._next_day = 0
        self._tickets: set[str] = set()
        self._sold_beside = 0
        self.latest = Sold()
        self.looks = 0

    @property
    def path(self) -> str:
        """Of the day that is read next."""
        return f"/getDay?date={day_named(self._first_day, self._next_day)}"

    @contextmanager
    def selling(self, seconds: float) -> Iterator[None]:
        """Sell at the steady pace for so long, and a moment before and after; then hold it against the database.

        Raises RuntimeError where a purchase failed or is not there, or a buyer saw his seat as free.
        """
        if self._next_day >= DAYS_READ:
            raise RuntimeError("every day was read: choose fewer rounds")
        told = [self.port, self._first_day, self._next_day, self._sold_beside, seconds + 2 * MARGIN_SECONDS]
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.busy_load", *map(str, told)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )  # fmt: skip
        try:
            self._wait_for_first(process)
            time.sleep(MARGIN_SECONDS)
            yield
            said, _ = process.communicate(timeout=60)
        finally:
            process.kill()
            process.wait()
        if process.returncode != 0:
            raise RuntimeError("the purchases ended before their time")
        self.latest = Sold(**json.loads(said))
        self._check(self.latest)
        self._next_day += 1
        self._sold_beside = self.latest.sold_beside

    def _wait_for_first(self, process: subprocess.Popen[str]) -> None:
        """Until a purchase is there that was not before."""
        with psycopg.connect(self._address, autocommit=True) as connection:
            while process.poll() is None and len(_tickets(connection)) <= len(self._tickets):
                time.sleep(0.02)

    def _check(self, sold: Sold) -> None:
        if sold.faults:
            raise RuntimeError(f"{len(sold.faults)} purchases failed, such as {sold.faults[0]}")
        if sold.missed:
            raise RuntimeError(
                f"{len(sold.missed)} of {sold.looks} answers did not know of a purchase: {sold.missed}"
            )
        if not sold.looks:
            raise RuntimeError("no buyer looked for his seat")
        self.looks += sold.looks
        self._tickets |= {*sold.tickets, *sold.looked_for}
        with psycopg.connect(self._address, autocommit=True) as connection:
            there = _tickets(connection)
        if there != self._tickets:
            raise RuntimeError(
                f"{len(self._tickets - there)} acknowledged tickets are not there, {len(there - self._tickets)} others are"
            )


def _tickets(connection: psycopg.Connection) -> set[str]:
    return {row[0] for row in connection.execute("SELECT id FROM ticket")}


def _rounds(house: _House, bare: Running, plan: Plan) -> list[Result]:
    alone: list[float] = []
    beside: list[float] = []
    ours: list[float] = []
    waited: list[float] = []
    for _ in range(plan.rounds):
        alone.append(_read(bare.port, "/", plan).per_second)
        rate, beside_pace = _while_selling(house, lambda: _read(bare.port, "/", plan), plan)
        beside.append(rate)
        size = _check_day(house)
        rate, pace = _while_selling(house, lambda: _read(house.port, house.path, plan), plan)
        ours.append(rate)
        waited.append(shares(house.latest.seconds)[1])
        plan.say(
            f"getDay ({size / 1000:,.1f} kB) while {pace:.0f} purchases/s go on: {ours[-1]:,.0f}/s; empty alone "
            f"{alone[-1]:,.0f}/s, beside {beside_pace:.0f} purchases/s {beside[-1]:,.0f}/s; 99% of the purchases within "
            f"{waited[-1]:.0f} ms; {house.looks} answers showed a purchase just made, none did not"
        )
    what = f"getDay while {PURCHASES_PER_SECOND:.0f} purchases/s go on"
    return [
        Result(what, ours, "/s", alone, "an empty Flask route alone", TARGET),
        Result(what, ours, "/s", beside, "an empty Flask route beside them"),
        Result("those purchases, 99%", waited, "ms"),
    ]


def _while_selling(house: _House, read: Callable[[], load.Measured], plan: Plan) -> tuple[float, float]:
    """Requests a second, and purchases a second that were answered in that very time."""
    with house.selling(plan.seconds):
        began = time.monotonic()
        measured = read()
        ended = time.monotonic()
    answered = sum(began <= at <= ended for at in house.latest.answered_at)
    pace = answered / (ended - began)
    if pace < PURCHASES_MIN:
        raise RuntimeError(
            f"only {pace:.0f} purchases a second went on, where {PURCHASES_MIN:.0f} are needed"
        )
    return measured.per_second, pace


def _read(port: int, path: str, plan: Plan) -> load.Measured:
    measured = load.get(port, path, clients=CLIENTS, seconds=plan.seconds)
    measured.require_all_answered()
    return measured


def _check_day(house: _House) -> int:
    """Ask once for the day that is read next; return the size of the answer in bytes."""
    status, body = fetch(house.port, house.path)
    films = json.loads(body).get("day", []) if status == 200 else []
    if len(films) != SHOWS_A_DAY or not all(film["aviableTikets"] for film in films):
        raise RuntimeError(f"{house.path} answered {status}: {body[:200]!r}")
    return len(body)
