"""The house in which holds are measured: that of the purchases with rows of 20, prices, and nothing sold.

Pair number n of a range of screenings is the seats 2k + 1 and 2k + 2, k = n / screenings, of screening n % screenings of the
range; holds.lua and holds.sql count in the same way. Those who choose and those who let the box office choose have
screenings of their own, so that neither takes what the other is about to.
"""

from __future__ import annotations

import time

import psycopg

from benchmarks.seed import MANY_SCREENINGS, refresh_statistics, seed_house

CHOSEN = range(1, 1001)
BEST = range(1001, 2001)
PAIRS_A_HALL = MANY_SCREENINGS.seats // 2

_STATEMENTS = (
    """UPDATE seat SET "row" = (x - 1) / 20 + 1, place = mod(x - 1, 20) + 1, x = mod(x - 1, 20), y = (x - 1) / 20""",
    "INSERT INTO ticket_type (id, cinema_id, code, name) VALUES (1, 1, 'adult', 'Adult')",
    "INSERT INTO price_list (id, cinema_id, name) VALUES (1, 1, 'Standard')",
    "INSERT INTO price (price_list_id, zone, ticket_type_id, amount) VALUES (1, 'standard', 1, 900)",
    "UPDATE screening SET price_list_id = 1",
)
_COUNTS = f"""
    SELECT (SELECT COALESCE(
                max(mod(seat_id - 1, {MANY_SCREENINGS.seats}) / 2 * %(screenings)s + screening_id - %(first)s + 1), 0)
            FROM seat_claim WHERE screening_id BETWEEN %(first)s AND %(last)s),
        (SELECT count(*) FROM sale_order WHERE state = 'held'), (SELECT count(*) FROM order_event),
        (SELECT count(*) FROM seat_claim), (SELECT count(*) FROM order_line)
"""
_SETTLING_SECONDS = 0.2


def seed_holds(address: str) -> None:
    """Fill an empty database."""
    seed_house(address)
    with psycopg.connect(address) as connection:
        for statement in _STATEMENTS:
            connection.execute(statement)
    refresh_statistics(address)


def held_so_far(address: str, screenings: range) -> tuple[int, int]:
    """The first pair of the screenings of which neither it nor any after it is held, and how many holds there are in all.

    Raises RuntimeError unless each hold has its event, two claims and two lines, or where the house is nearly full.
    """
    asked = {"screenings": len(screenings), "first": screenings.start, "last": screenings.stop - 1}
    with psycopg.connect(address, autocommit=True) as connection:
        seen = None
        while (counts := connection.execute(_COUNTS, asked).fetchone()) != seen:
            seen = counts
            time.sleep(_SETTLING_SECONDS)
        assert counts is not None
        connection.execute("CHECKPOINT")
    number_next, held, events, claims, lines = counts
    if not events == held or not claims == lines == 2 * held:
        raise RuntimeError(f"holds, events, claims, lines do not agree: {held}, {events}, {claims}, {lines}")
    if number_next > len(screenings) * PAIRS_A_HALL * 0.9:
        raise RuntimeError("the house is nearly full: choose fewer rounds or fewer seconds")
    return number_next, held
