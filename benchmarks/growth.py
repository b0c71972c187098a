"""Growth: whether a purchase and every page stay as quick when the database holds 500 times as many tickets.

One database is grown from size to size; of each there is a copy. Purchases are measured in turns beside pgbench, pages
in short turns over all sizes, and each size is compared with the smallest of the same round. What seems to have fallen by
more than the targets allow is measured again before it is said: a page twice more, for longer, and if it still does, some
times more when all others are done. All rounds together count.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from benchmarks.curves import Measured
from benchmarks.growth_pages import require_a_rule_for_each
from benchmarks.growth_purchases import Turn, measure_turn
from benchmarks.growth_reads import Rounds, measure_reads, reads
from benchmarks.growth_results import (
    falls_somewhere,
    purchase_figure,
    purchase_results,
    read_figure,
    read_results,
)
from benchmarks.growth_seed import TICKETS_NOW, screenings_before, seed_past, seed_present
from benchmarks.postgres import Postgres
from benchmarks.result import Plan
from benchmarks.servers import Running, require_no_faults, running_matinee
from matinee.app import create_app
from matinee.settings import Settings
from matinee.web.shared.services import services_of

SIZES = (10_000, 100_000, 1_000_000, 5_000_000)
GROWN = "grown"
# Twice as long each: of 200 requests the slowest hundredth are two.
ROUNDS_AGAIN, LONGER_AGAIN = 2, 2.0
# Later, so that a slow moment of the machine is over: the rounds that gave the suspicion are the fewer then.
ROUNDS_AT_THE_END = 6
# So many that those that gave the suspicion do not decide by themselves.
PURCHASE_ROUNDS_AGAIN = 6


def measure_purchases(postgres: Postgres, plan: Plan, *, tickets: Sequence[int] = SIZES) -> Measured:
    """Grow a database through these sizes, and buy in each. RuntimeError where a purchase fails."""
    sizes = _checked(tickets)
    turns: dict[int, list[Turn]] = {size: [] for size in sizes}
    with _grown(postgres, sizes, plan) as databases:
        _buy_in_turns(postgres, databases, turns, plan.rounds, plan)
        if falls_somewhere({size: [turn.ours for turn in turns[size]] for size in sizes}):
            _buy_in_turns(postgres, databases, turns, PURCHASE_ROUNDS_AGAIN, plan)
    return Measured(purchase_results(turns), [purchase_figure(turns)])


def measure_pages(postgres: Postgres, plan: Plan, *, tickets: Sequence[int] = SIZES) -> Measured:
    """Grow a database through these sizes, and ask for every page in each. RuntimeError where a page fails."""
    sizes = _checked(tickets)
    found = []
    with _grown(postgres, sizes, plan) as databases, _servers(postgres, databases, plan) as servers:
        smallest, largest = (postgres.server.socket_url(databases[size]) for size in (sizes[0], sizes[-1]))
        _require_rules(smallest)
        wanted = reads(smallest, largest)
        for rounds in measure_reads(servers, wanted, 1, plan):
            _again(servers, rounds, ROUNDS_AGAIN, plan)
            found.append(rounds)
        for rounds in found:
            _again(servers, rounds, ROUNDS_AT_THE_END, plan)
    return Measured(read_results(found, plan), [read_figure(found)])


def _checked(tickets: Sequence[int]) -> list[int]:
    sizes = sorted(set(tickets))
    if len(sizes) < 2 or sizes[0] < TICKETS_NOW:
        raise ValueError(f"growth needs two sizes or more, of at least {TICKETS_NOW:,} tickets")
    return sizes


def _again(servers: Mapping[int, Running], rounds: Rounds, count: int, plan: Plan) -> None:
    """Measure this page `count` times more where it seems to have fallen."""
    if falls_somewhere(rounds.measured):
        [again] = measure_reads(servers, [rounds.read], count, plan, longer=LONGER_AGAIN)
        for size, measured in again.measured.items():
            rounds.measured[size] += measured


@contextmanager
def _grown(postgres: Postgres, sizes: Sequence[int], plan: Plan) -> Iterator[dict[int, str]]:
    """A database of each size, by its tickets; the largest is the one that was grown. Dropped in the end."""
    databases: dict[int, str] = {}
    try:
        _grow(postgres, sizes, plan, databases)
        yield databases
    finally:
        with psycopg.connect(postgres.server.url("postgres"), autocommit=True) as connection:
            for name in {GROWN, *databases.values()}:
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _grow(postgres: Postgres, sizes: Sequence[int], plan: Plan, databases: dict[int, str]) -> None:
    address = postgres.fresh_database(GROWN)
    seed_present(address)
    done = 0
    for size in sizes:
        began, end = time.perf_counter(), screenings_before(size)
        if end > done:
            seed_past(address, begin=done, end=end)
            done = end
        with psycopg.connect(address) as connection:
            [count] = connection.execute("SELECT count(*) FROM ticket").fetchone() or [0]
        if not size <= count < size * 1.05:
            raise RuntimeError(f"the database should hold {size:,} tickets and holds {count:,}")
        plan.say(f"growth: {count:,} tickets after {time.perf_counter() - began:.0f} s")
        databases[size] = GROWN if size == sizes[-1] else f"{GROWN}_{size}"
        if databases[size] != GROWN:
            with psycopg.connect(postgres.server.url("postgres"), autocommit=True) as connection:
                copy = f"CREATE DATABASE {databases[size]} TEMPLATE {GROWN} STRATEGY file_copy"
                connection.execute(copy)


def _require_rules(address: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        app = create_app(Settings(data_dir=Path(name), database_url=address, base_url="http://127.0.0.1"))
        services = services_of(app)
        try:
            require_a_rule_for_each(app.url_map)
        finally:
            if services.direct is not None:
                services.direct.close_mine()
            services.engine.dispose()


def _buy_in_turns(
    postgres: Postgres, databases: Mapping[int, str], turns: dict[int, list[Turn]], rounds: int, plan: Plan
) -> None:
    for number in range(rounds):
        for size in sorted(databases, reverse=bool(number % 2)):
            turn = measure_turn(postgres, databases[size], plan)
            turns[size].append(turn)
            plan.say(
                f"purchases, {size:,} tickets: {turn.ours.per_second:,.0f}/s beside "
                f"{turn.bare.per_second:,.0f}/s of pgbench; "
                f"{turn.ours.latency_ms_50:.1f} ms median, {turn.ours.latency_ms_99:.1f} ms 99%"
            )


@contextmanager
def _servers(postgres: Postgres, databases: Mapping[int, str], plan: Plan) -> Iterator[dict[int, Running]]:
    """A server on each database. Those that are not asked do nothing meanwhile."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as running:
        log = Path(name) / "log"
        yield {
            size: running.enter_context(
                running_matinee(
                    postgres.server.socket_url(database), Path(name) / database, workers=plan.workers,
                        threads=plan.threads,
                    log=log,
                )
            )
            for size, database in databases.items()
        }  # fmt: skip
        require_no_faults(log)


PURCHASES = "growth-purchases"
PARTS: dict[str, Callable[..., Measured]] = {"growth": measure_pages, PURCHASES: measure_purchases}
