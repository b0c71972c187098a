"""Purchases through HTTP beside what pgbench does with the same rows, bare, on the same PostgreSQL."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks import load
from benchmarks.postgres import Postgres
from benchmarks.purchase_rounds import buy_bare, buy_through_http, check_one_purchase
from benchmarks.result import Plan, Result
from benchmarks.seed import refresh_statistics, seed_house
from benchmarks.servers import require_no_faults, running_matinee

CLIENTS = (16, 32)
TARGET = 0.5
# What 99 of 100 buyers wait at the most; a target for the first number of clients.
MS_99_MOST = 50.0
HISTORY_SECONDS = 3


def measure(postgres: Postgres, plan: Plan) -> list[Result]:
    """In turns, both on databases of their own of the same server."""
    ours_address = postgres.fresh_database("ours")
    bare_address = postgres.fresh_database("bare")
    for address in (ours_address, bare_address):
        first_day = seed_with_history(postgres, address, fresh=plan.fresh)
    results = []
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with running_matinee(
            ours_address, Path(folder), workers=plan.workers, threads=plan.threads, log=log
        ) as server:
            check_one_purchase(server.port, ours_address, first_day)
            # Until every thread has its connection.
            buy_through_http(server.port, ours_address, clients=32, seconds=1, first_day=first_day)
            for clients in CLIENTS:
                bare: list[load.Measured] = []
                ours: list[load.Measured] = []
                for _ in range(plan.rounds):
                    bare.append(
                        buy_bare(
                            postgres, bare_address, clients=clients, seconds=plan.seconds, first_day=first_day
                        )
                    )
                    ours.append(
                        buy_through_http(
                            server.port,
                            ours_address,
                            clients=clients,
                            seconds=plan.seconds,
                            first_day=first_day,
                        )
                    )
                    plan.say(_sentence(clients, bare[-1], ours[-1]))
                results += _results(clients, bare, ours)
        require_no_faults(log)
    return results


def seed_with_history(postgres: Postgres, address: str, *, fresh: bool = False) -> str:
    """Fill the house with many screenings; return its first day. Unless it shall be fresh, it sells for a moment.

    A house that has sold before is the usual one: a connection keeps plans, and those made for empty tables are bad ones.
    """
    first_day = seed_house(address)
    if not fresh:
        buy_bare(postgres, address, clients=32, seconds=HISTORY_SECONDS, first_day=first_day)
        refresh_statistics(address)
    return first_day


def _sentence(clients: int, bare: load.Measured, ours: load.Measured) -> str:
    return (
        f"purchases, {clients} clients: bare {bare.per_second:,.0f}/s, Matinee {ours.per_second:,.0f}/s, ratio "
        f"{ours.per_second / bare.per_second:.2f}; {ours.latency_ms_50:.1f} ms median, "
        f"{ours.latency_ms_99:.1f} ms 99%"
    )


def _results(clients: int, bare: list[load.Measured], ours: list[load.Measured]) -> list[Result]:
    what = f"purchases, {clients} clients"
    rates = ([each.per_second for each in ours], [each.per_second for each in bare])
    waited = [each.latency_ms_99 for each in ours]
    return [
        Result(what, rates[0], "/s", rates[1], "pgbench, the same rows", TARGET),
        Result(
            f"{what}, 99 of 100 within",
            waited,
            "ms",
            target=MS_99_MOST if clients == CLIENTS[0] else None,
        ),
    ]
