"""10,000 buyers for the 500 seats of one screening, who come within seconds and stay connected until all have an answer.

A third each buys by the API as given, holds a seat that he chose, or holds the best that is left; who holds one goes on to
his ticket. Who loses a seat to another looks again. The screening costs nothing, so that no payment provider is measured.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import psycopg

from benchmarks.pacing import shares
from benchmarks.postgres import Postgres
from benchmarks.result import Plan, Result
from benchmarks.rush_load import Fared
from benchmarks.rush_seed import BUYERS, SEATS, seed_rush_house
from benchmarks.servers import ROOT, running_matinee

PROCESSES = 2
ARRIVE_SECONDS = 3.0
# Until both processes of the load are ready.
READY_SECONDS = 3.0
FAR_TOO_LONG_SECONDS = 180.0
TARGET_SECONDS = 10.0
WARM_UP_BUYERS = 200
_SOLD = """
    SELECT seat.label, ticket.id, sale_order.code
    FROM seat_claim JOIN seat ON seat.id = seat_claim.seat_id JOIN sale_order ON sale_order.id = seat_claim.order_id
    JOIN ticket ON (ticket.screening_id, ticket.seat_id, ticket.order_id)
        = (seat_claim.screening_id, seat_claim.seat_id, seat_claim.order_id)
    WHERE seat_claim.screening_id = %s AND seat_claim.expires_at IS NULL AND ticket.state = 'valid'
"""
_CLAIMS = "SELECT count(*) FROM seat_claim WHERE screening_id = %s"


def measure(postgres: Postgres, plan: Plan) -> list[Result]:
    """Each round a screening of its own. Raises RuntimeError where somebody is not answered, or the database differs."""
    address = postgres.fresh_database("rush")
    first_day = seed_rush_house(address, screenings=plan.rounds + 1)
    middle, late, last = [], [], []
    with tempfile.TemporaryDirectory() as name:
        log = Path(name) / "log"
        with running_matinee(
            address, Path(name), workers=plan.workers, threads=plan.threads, log=log
        ) as server:
            # Until every thread has its connection.
            _check(address, plan.rounds + 1, _rush(server.port, plan.rounds + 1, first_day, WARM_UP_BUYERS))
            for screening in range(1, plan.rounds + 1):
                fared = _rush(server.port, screening, first_day, BUYERS)
                plan.say(_sentence(fared))
                _check(address, screening, fared)
                ms_50, ms_99 = shares([each.seconds for each in fared])
                middle.append(ms_50 / 1000)
                late.append(ms_99 / 1000)
                last.append(max(each.seconds for each in fared))
        noise = log.read_text(errors="replace")
        if "Traceback" in noise or " ERROR " in noise:
            raise RuntimeError(f"the server logged a fault: {noise[-2000:]}")
    what = f"{BUYERS:,} buyers for {SEATS} seats, final answer"
    return [
        Result(f"{what}, median", middle, "s"),
        Result(f"{what}, 99%", late, "s", target=TARGET_SECONDS),
        Result(f"{what}, last", last, "s"),
    ]


def _rush(port: int, screening: int, first_day: str, buyers: int) -> list[Fared]:
    begins_at = time.monotonic() + READY_SECONDS
    share = buyers // PROCESSES
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.rush_load"]
            + [str(each) for each in (port, screening, first_day, 1 + number * share, share, begins_at, ARRIVE_SECONDS)],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )
        for number in range(PROCESSES)
    ]  # fmt: skip
    try:
        said = [process.communicate(timeout=FAR_TOO_LONG_SECONDS)[0] for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.wait()
    if any(process.returncode for process in processes):
        raise RuntimeError("the buyers did not come to their end")
    return [Fared(**each) for told in said for each in json.loads(told)]


def _check(address: str, screening: int, fared: list[Fared]) -> None:
    """All are answered, and what was acknowledged is committed, and nothing else."""
    faults = [each for each in fared if each.outcome == "fault"]
    if faults:
        raise RuntimeError(f"{len(faults)} buyers got no proper answer, such as {faults[0]}")
    acknowledged = {(each.seat, each.name) for each in fared if each.outcome == "tickets"}
    with psycopg.connect(address, autocommit=True) as connection:
        row = connection.execute(_CLAIMS, [screening]).fetchone()
        sold = connection.execute(_SOLD, [screening]).fetchall()
    assert row is not None
    committed = {
        (label, name)
        for label, ticket, code in sold
        for name in (ticket, code)
        if (label, name) in acknowledged
    }
    wanted = min(SEATS, len(fared))
    seats = {label for label, _, _ in sold}
    if (row[0], len(sold), len(seats)) != (wanted, wanted, wanted):
        raise RuntimeError(
            f"{row[0]} claims, {len(sold)} tickets for {len(seats)} seats, where {wanted} were on sale"
        )
    if committed != acknowledged or len(acknowledged) != wanted:
        raise RuntimeError(
            f"{len(acknowledged)} seats were acknowledged, {len(committed)} of them are committed so"
        )


def _sentence(fared: list[Fared]) -> str:
    ways = Counter((each.way, each.outcome) for each in fared)
    told = ", ".join(f"{way} {outcome} {number:,}" for (way, outcome), number in sorted(ways.items()))
    ms_50, ms_99 = shares([each.seconds for each in fared])
    return (
        f"{len(fared):,} buyers, {sum(each.requests for each in fared):,} requests: median {ms_50 / 1000:.1f} s, "
        f"99% {ms_99 / 1000:.1f} s, last {max(each.seconds for each in fared):.1f} s; {told}"
    )
