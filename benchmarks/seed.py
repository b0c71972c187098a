"""The house in which the purchases are measured: 2,000 screenings of 300 seats, 1,000 buyers who are signed in.

Seat number n of all 600,000 is seat n / 2000 + 1 of screening n % 2000 + 1, so that neighbours in time are not neighbours
in the database, on both sides of the comparison. purchases.lua, purchases.sql and python_load.py count in the same way.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import psycopg

SCREENINGS = 2000
HALLS = 20
SEATS = 300
USERS = 1000
SEATS_IN_ALL = SCREENINGS * SEATS

_STATEMENTS = (
    """INSERT INTO cinema (id, slug, name, address, timezone, currency, sells_priced_unpaid)
       VALUES (1, 'bench', 'Bench', '', 'UTC', 'EUR', true)""",
    f"""INSERT INTO hall (id, cinema_id, name, turnaround_minutes)
        SELECT i, 1, 'Hall ' || i, 0 FROM generate_series(1, {HALLS}) i""",
    f"""INSERT INTO seat (id, hall_id, label, "row", place, x, y, kind, zone)
        SELECT (h - 1) * {SEATS} + n, h, n, '', n, n, 0, 'standard', 'standard'
        FROM generate_series(1, {HALLS}) h, generate_series(1, {SEATS}) n""",
    f"""INSERT INTO film (id, title, duration_minutes, trailer_url, poster_url, certificate, synopsis)
        SELECT i, 'Film ' || i, 100, '', '', '', '' FROM generate_series(1, {SCREENINGS}) i""",
    f"""INSERT INTO screening (id, cinema_id, hall_id, film_id, starts_at, ends_at, day, time)
        SELECT s + 1, 1, mod(s, {HALLS}) + 1, s + 1, moment, moment + interval '100 minutes', moment::date, '18:00'
        FROM (SELECT s,
                (%(day)s::timestamp + s / {HALLS} * interval '1 day' + interval '18 hours') AT TIME ZONE 'UTC' AS moment
            FROM generate_series(0, {SCREENINGS - 1}) s) AS planned""",
    f"""INSERT INTO users (id, username, password_hash, email_confirmed_at, created_at)
        SELECT i, 'user' || i || '@example.org', 'none', now(), now() FROM generate_series(1, {USERS}) i""",
    f"""INSERT INTO user_session (token_hash, user_id, created_at, expires_at)
        SELECT encode(sha256(('token-' || i)::bytea), 'hex'), i, now(), now() + interval '1 day'
        FROM generate_series(1, {USERS}) i""",
)
# One statement, so that all counts are of the same moment; the first is one more than the highest number sold.
_COUNTS = f"""
    SELECT (SELECT COALESCE(max(mod(seat_id - 1, {SEATS}) * {SCREENINGS} + screening_id), 0) FROM ticket),
        (SELECT count(*) FROM ticket), (SELECT count(*) FROM sale_order), (SELECT count(*) FROM seat_claim),
        (SELECT count(*) FROM order_event), (SELECT count(*) FROM outbox)
"""
# The last requests of a load that was cut off are still being worked on for a moment.
_SETTLING_SECONDS = 0.2


def seed_house(address: str) -> str:
    """Fill an empty database; return the first day, YYYY-MM-DD."""
    day = datetime.now(UTC).date() + timedelta(days=1)
    with psycopg.connect(address, options="-c timezone=UTC") as connection:
        for statement in _STATEMENTS:
            connection.execute(statement, {"day": day} if "%(day)s" in statement else None)  # type: ignore[arg-type]
    refresh_statistics(address)
    return date.isoformat(day)


def purchase_headers(number: int, first_day: str) -> dict[str, str]:
    """The request that buys seat `number`."""
    screening, user = number % SCREENINGS, number * 7919 % USERS + 1
    day = date.fromisoformat(first_day) + timedelta(days=screening // HALLS)
    return {
        "token": f"token-{user}",
        "username": f"user{user}@example.org",
        "date": day.isoformat(),
        "title": f"Film {screening + 1}",
        "time": "18:00",
        "number": str(number // SCREENINGS + 1),
    }


def refresh_statistics(address: str) -> None:
    """Do what the server would do by itself within minutes."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def sold_so_far(address: str) -> tuple[int, int]:
    """The first number of which neither it nor any after it is sold, and how many tickets there are.

    Raises RuntimeError unless each ticket has its order, claim, event and mail.
    """
    with psycopg.connect(address, autocommit=True) as connection:
        seen = None
        while (counts := connection.execute(_COUNTS).fetchone()) != seen:  # type: ignore[arg-type]
            seen = counts
            time.sleep(_SETTLING_SECONDS)
        assert counts is not None
        connection.execute("CHECKPOINT")
    number_next, *rows = counts
    if len(set(rows)) != 1:
        raise RuntimeError(f"tickets, orders, claims, events, mails differ in number: {rows}")
    if number_next > SEATS_IN_ALL * 0.9:
        raise RuntimeError("the house is nearly sold out: choose fewer rounds or fewer seconds")
    return number_next, rows[0]
