"""One round of purchases, through HTTP or bare: measured, and then looked up in the database."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from benchmarks import load
from benchmarks.pgbench import run_script
from benchmarks.postgres import Postgres
from benchmarks.seed import MANY_SCREENINGS, House, purchase_headers, sold_so_far
from benchmarks.servers import fetch

BARE_SQL = Path(__file__).with_name("purchases.sql")


def check_one_purchase(port: int, address: str, first_day: str, house: House = MANY_SCREENINGS) -> None:
    """Buy the next seat and hold the answer against the database, before answers are only counted."""
    number, before = sold_so_far(address, house)
    headers = purchase_headers(number, first_day, house)
    status, body = fetch(port, "/buyTicket", method="POST", headers=headers)
    if status != 200 or str(json.loads(body)["data"]["number"]) != headers["number"]:
        raise RuntimeError(f"the first purchase: {status} {body!r}")
    if sold_so_far(address, house) != (number + 1, before + 1):
        raise RuntimeError("the first purchase is not in the database")


def buy_through_http(
    port: int, address: str, *, clients: int, seconds: float, first_day: str, house: House = MANY_SCREENINGS
) -> load.Measured:
    """Raises RuntimeError unless every answer is a success, and its ticket is in the database."""
    return buy_and_count(
        port,
        lambda: sold_so_far(address, house),
        clients=clients,
        seconds=seconds,
        first_day=first_day,
        house=house,
    )


def buy_and_count(
    port: int,
    sold: Callable[[], tuple[int, int]],
    *,
    clients: int,
    seconds: float,
    first_day: str,
    house: House,
) -> load.Measured:
    """Raises RuntimeError unless every answer is a success, and stored. `sold`: the next number and how many are sold."""
    start, before = sold()
    measured = load.buy(port, clients=clients, seconds=seconds, start=start, first_day=first_day, house=house)
    measured.require_all_answered()
    stored = sold()[1] - before
    # What was under way when the load ended was sold and no longer counted.
    if not measured.requests <= stored <= measured.requests + clients:
        raise RuntimeError(f"{measured.requests} purchases were answered, {stored} are stored")
    return measured


def buy_bare(
    postgres: Postgres, address: str, *, clients: int, seconds: float, first_day: str
) -> load.Measured:
    """The same rows by pgbench, in the house with many screenings."""
    start, before = sold_so_far(address)
    variables: dict[str, int | str] = {
        "start": start,
        "clients": clients,
        "n": -1,
        "first_day": f"'{first_day}'",
    }
    measured = run_script(postgres, address, BARE_SQL, clients=clients, seconds=seconds, variables=variables)
    sold = sold_so_far(address)[1] - before
    if sold != measured.requests:
        raise RuntimeError(f"pgbench counted {measured.requests} purchases, {sold} are in the database")
    return measured
