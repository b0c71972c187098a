"""Purchases at several numbers of clients: in many screenings, in one that all want, and of the first server."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks import load
from benchmarks.curves import Figure, Measured
from benchmarks.first_server_rounds import buy_of_first_server, first_server_in
from benchmarks.postgres import Postgres
from benchmarks.purchase_rounds import buy_bare, buy_through_http, check_one_purchase
from benchmarks.purchases import seed_with_history
from benchmarks.result import Plan, Result
from benchmarks.seed import MANY_SCREENINGS, ONE_SCREENING, USUAL_CINEMA, House, seed_house
from benchmarks.servers import ServerOptions, require_no_faults, running_matinee
from benchmarks.turns import CLIENTS, SIZE_NAME, Rounds, compare, curve, measure_in_turns

MANY, ONE, BARE = "purchases, many screenings", "purchases, one screening", "pgbench, the same rows"
OURS, FIRST = "Matinee", "the first server"
SHARE_OF_BARE = 0.5
TIMES_OF_FIRST = 50.0
FIRST_CLIENTS = (8, 32)
# By the name of the plot: what it is called, the house, and the numbers of clients.
FIRST_HOUSES = {
    "purchases": ("a usual cinema", USUAL_CINEMA, CLIENTS),
    "purchases-large": ("a large house", MANY_SCREENINGS, FIRST_CLIENTS),
}
# It sells some tens a second, and 99 of 100 of few are nothing.
FIRST_SECONDS_FACTOR = 2


def measure_sales(postgres: Postgres, plan: Plan) -> list[Figure]:
    """Many screenings beside pgbench, and one screening that everyone wants beside many."""
    many, bare, one = (postgres.fresh_database(f"grid_{name}") for name in ("many", "bare", "one"))
    for address in (many, bare):
        first_day = seed_with_history(postgres, address)
    seed_house(one, ONE_SCREENING)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log = folder / "log"
        options: ServerOptions = {"workers": plan.workers, "threads": plan.threads, "log": log}
        with (
            running_matinee(many, folder / "many", **options) as in_many,
            running_matinee(one, folder / "one", **options) as in_one,
        ):
            houses = {
                MANY: (in_many.port, many, MANY_SCREENINGS),
                ONE: (in_one.port, one, ONE_SCREENING),
            }
            for port, address, house in houses.values():
                check_one_purchase(port, address, first_day, house)
                # Until every thread has its connection.
                buy_through_http(port, address, clients=32, seconds=1, first_day=first_day, house=house)

            def buy(name: str, clients: int) -> load.Measured:
                port, address, house = houses[name]
                return buy_through_http(
                    port,
                    address,
                    clients=clients,
                    seconds=plan.seconds,
                    first_day=first_day,
                    house=house,
                )

            found = measure_in_turns(
                {
                    MANY: lambda clients: buy(MANY, clients),
                    ONE: lambda clients: buy(ONE, clients),
                    BARE: lambda clients: buy_bare(
                        postgres, bare, clients=clients, seconds=plan.seconds, first_day=first_day
                    ),
                },
                clients=CLIENTS,
                rounds=plan.rounds,
                say=plan.say,
            )
        require_no_faults(log)
    curves = {name: curve(name, rounds) for name, rounds in found.items()}
    return [
        Figure("clients-purchases", "Purchases", SIZE_NAME, (curves[MANY], curves[BARE]),
               baseline=BARE, share_least=SHARE_OF_BARE),
        Figure("clients-one-screening", "One screening on sale to everyone", SIZE_NAME,
               (curves[ONE], curves[MANY]), baseline=MANY),
    ]  # fmt: skip


def measure_beside_first_server(postgres: Postgres, plan: Plan) -> Measured:
    """Each number of clients in a house of which nothing is sold yet, on both sides: neither may sell out.

    In two houses, since that server writes all that is still free with each sale: the larger, the slower.
    """
    results: list[Result] = []
    figures: list[Figure] = []
    for file, (name, house, many_clients) in FIRST_HOUSES.items():
        found: dict[str, Rounds] = {OURS: {}, FIRST: {}}
        for clients in many_clients:
            for server, rounds in _beside_first_server(postgres, plan, clients, house, file).items():
                found[server] |= rounds
        results += compare(
            f"purchases in {name}",
            found[OURS],
            found[FIRST],
            FIRST,
            clients=FIRST_CLIENTS,
            target=TIMES_OF_FIRST,
        )
        curves = tuple(curve(server, rounds) for server, rounds in found.items())
        figures.append(
            Figure(f"clients-first-server-{file}", f"Purchases in {name}", SIZE_NAME, curves,
                   baseline=FIRST, share_least=TIMES_OF_FIRST)
        )  # fmt: skip
    return Measured(results, figures)


def _beside_first_server(
    postgres: Postgres, plan: Plan, clients: int, house: House, name_of_house: str
) -> dict[str, Rounds]:
    address = postgres.fresh_database(f"grid_first_{name_of_house.replace('-', '_')}_{clients}")
    first_day = seed_house(address, house)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log = folder / "log"
        options: ServerOptions = {"workers": plan.workers, "threads": plan.threads, "log": log}
        with (
            running_matinee(address, folder / "ours", **options) as ours,
            first_server_in(house, folder / "first", first_day) as first,
        ):
            check_one_purchase(ours.port, address, first_day, house)
            buy_through_http(ours.port, address, clients=32, seconds=1, first_day=first_day, house=house)
            found = measure_in_turns(
                {
                    FIRST: lambda count: buy_of_first_server(
                        first.port,
                        folder / "first",
                        house,
                        clients=count,
                        seconds=plan.seconds * FIRST_SECONDS_FACTOR,
                        first_day=first_day,
                    ),
                    OURS: lambda count: buy_through_http(
                        ours.port,
                        address,
                        clients=count,
                        seconds=plan.seconds,
                        first_day=first_day,
                        house=house,
                    ),
                },
                clients=(clients,),
                rounds=plan.rounds,
                say=plan.say,
            )
        require_no_faults(log)
    return found
