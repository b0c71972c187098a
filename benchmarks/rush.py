"""10,000 buyers for the 500 seats of one screening, who come within seconds and stay connected until all have an answer.

All buy by the API as given; and then, a third each, by that, by a hold of a seat that is chosen, and of the best that is
left. Who loses a seat to another looks again. Each is timed until he knows whether he has a seat: bought, or held for him.
Who holds one pays some seconds later, as people do; the screening costs nothing, so that no payment provider is measured.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import psycopg

from benchmarks.pacing import shares
from benchmarks.postgres import Postgres
from benchmarks.result import Plan, Result
from benchmarks.rush_load import WAYS, Fared, Way
from benchmarks.rush_seed import BUYERS, SEATS, seed_rush_house
from benchmarks.servers import ROOT, require_no_faults, running_matinee

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
    crowds = {"buying by name": WAYS[:1], "a third each": WAYS}
    numbers = iter(range(1, 2 + len(crowds) * plan.rounds))
    first_day = seed_rush_house(address, screenings=1 + len(crowds) * plan.rounds)
    results = []
    with tempfile.TemporaryDirectory() as name:
        log = Path(name) / "log"
        with running_matinee(
            address, Path(name), workers=plan.workers, threads=plan.threads, log=log
        ) as server:
            # Until every thread has its connection.
            warm = next(numbers)
            _check(address, warm, _rush(server.port, warm, first_day, WARM_UP_BUYERS, WAYS))
            for crowd, ways in crowds.items():
                rounds = []
                for screening in islice(numbers, plan.rounds):
                    rounds.append(_rush(server.port, screening, first_day, BUYERS, ways))
                    plan.say(_sentence(rounds[-1]))
                    _check(address, screening, rounds[-1])
                results += _results(f"{BUYERS:,} buyers for {SEATS} seats, {crowd}", rounds)
        require_no_faults(log)
    return results


def _results(what: str, rounds: list[list[Fared]]) -> list[Result]:
    waited = [[each.seconds for each in fared] for fared in rounds]
    return [
        Result(f"{what}, median", [shares(each)[0] / 1000 for each in waited], "s"),
        Result(f"{what}, 99%", [shares(each)[1] / 1000 for each in waited], "s", target=TARGET_SECONDS),
        Result(f"{what}, last", [max(each) for each in waited], "s"),
    ]


def _rush(port: int, screening: int, first_day: str, buyers: int, ways: Sequence[Way]) -> list[Fared]:
    begins_at = time.monotonic() + READY_SECONDS
    share = buyers // PROCESSES
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.rush_load"]
            + [str(each) for each in (port, screening, first_day, 1 + number * share, share, begins_at, ARRIVE_SECONDS)]
            + list(ways),
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
