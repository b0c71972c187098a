"""The house of the soak: 4 halls of 400 seats, 5 shows a day for 60 days, 1,000 buyers who are signed in, a manager.

Three halls cost nothing and are bought by the API as given; the fourth has a price, is held, and paid or left.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from benchmarks.seed import fill_from_tomorrow

SLUG = "soak"
FREE_HALLS, SEATS, DAYS, USERS = 3, 400, 60, 1000
TIMES = ("11:00", "14:00", "17:00", "19:30", "22:00")
FILMS_OF_A_HALL = 6
SHOWS_FREE = FREE_HALLS * len(TIMES) * DAYS
SHOWS_PRICED = len(TIMES) * DAYS
SEATS_FREE = SHOWS_FREE * SEATS
MANAGER_TOKEN = "token-manager"

_TIMES = "ARRAY['" + "', '".join(TIMES) + "']"
_STATEMENTS = (
    f"""INSERT INTO cinema (id, slug, name, address, timezone, currency, sells_priced_unpaid, orphan_rule)
        VALUES (1, '{SLUG}', 'Soak', 'A street', 'UTC', 'EUR', true, false)""",
    f"""INSERT INTO hall (id, cinema_id, name, turnaround_minutes)
        SELECT i, 1, 'Hall ' || i, 0 FROM generate_series(1, {FREE_HALLS + 1}) i""",
    f"""INSERT INTO seat (id, hall_id, label, "row", place, x, y, kind, zone)
        SELECT (h - 1) * {SEATS} + n, h, n, (n - 1) / 20 + 1, mod(n - 1, 20) + 1, mod(n - 1, 20), (n - 1) / 20,
            'standard', 'standard'
        FROM generate_series(1, {FREE_HALLS + 1}) h, generate_series(1, {SEATS}) n""",
    f"""INSERT INTO film (id, title, duration_minutes, trailer_url, poster_url, certificate, synopsis)
        SELECT i, 'Film ' || i, 100, '', '', '12', repeat('What happens in it, told at some length. ', 12)
        FROM generate_series(1, {(FREE_HALLS + 1) * FILMS_OF_A_HALL}) i""",
    "INSERT INTO ticket_type (id, cinema_id, code, name) VALUES (1, 1, 'adult', 'Adult')",
    "INSERT INTO price_list (id, cinema_id, name) VALUES (1, 1, 'Standard')",
    "INSERT INTO price (price_list_id, zone, ticket_type_id, amount) VALUES (1, 'standard', 1, 900)",
    # Screening and film are numbered as `showing` counts: the free halls first, then the one with a price.
    f"""INSERT INTO screening (id, cinema_id, hall_id, film_id, starts_at, ends_at, day, time, price_list_id)
        SELECT CASE WHEN h <= {FREE_HALLS} THEN (d * {len(TIMES)} + t - 1) * {FREE_HALLS} + h
                ELSE {SHOWS_FREE} + d * {len(TIMES)} + t END,
            1, h, (h - 1) * {FILMS_OF_A_HALL} + mod(d + t - 1, {FILMS_OF_A_HALL}) + 1, moment,
            moment + interval '100 minutes', %(day)s::date + d, ({_TIMES})[t], CASE WHEN h > {FREE_HALLS} THEN 1 END
        FROM generate_series(1, {FREE_HALLS + 1}) h, generate_series(0, {DAYS - 1}) d,
            generate_series(1, {len(TIMES)}) t,
            LATERAL (SELECT (%(day)s::date + d + ({_TIMES})[t]::time) AT TIME ZONE 'UTC' AS moment) at""",
    f"""INSERT INTO users (id, username, password_hash, email_confirmed_at, created_at)
        SELECT i, 'user' || i || '@example.org', 'none', now(), now() FROM generate_series(1, {USERS}) i""",
    f"""INSERT INTO user_session (token_hash, user_id, created_at, expires_at)
        SELECT encode(sha256(('token-' || i)::bytea), 'hex'), i, now(), now() + interval '2 days'
        FROM generate_series(1, {USERS}) i""",
    f"""INSERT INTO users (id, username, password_hash, email_confirmed_at, created_at)
        VALUES ({USERS + 1}, 'manager@example.org', 'none', now(), now())""",
    f"INSERT INTO user_role (user_id, role) VALUES ({USERS + 1}, 'manager')",
    f"""INSERT INTO user_session (token_hash, user_id, created_at, expires_at)
        VALUES (encode(sha256('{MANAGER_TOKEN}'::bytea), 'hex'), {USERS + 1}, now(), now() + interval '2 days')""",
)


class FreeSeat(NamedTuple):
    """A seat of a screening that costs nothing, and the request that buys it."""

    screening: int
    label: str
    headers: dict[str, str]


def seed_soak_house(address: str) -> str:
    """Fill an empty database; return the first day, YYYY-MM-DD."""
    return fill_from_tomorrow(address, _STATEMENTS)


def free_seat(number: int, first_day: str) -> FreeSeat:
    """Seat `number` of all `SEATS_FREE`: neighbours in number are not neighbours in a hall."""
    show = number % SHOWS_FREE
    at, hall = divmod(show, FREE_HALLS)
    day, time = divmod(at, len(TIMES))
    user = number * 7919 % USERS + 1
    label = str(number // SHOWS_FREE + 1)
    headers = {
        "token": f"token-{user}",
        "username": f"user{user}@example.org",
        "date": (date.fromisoformat(first_day) + timedelta(days=day)).isoformat(),
        "title": f"Film {hall * FILMS_OF_A_HALL + (day + time) % FILMS_OF_A_HALL + 1}",
        "time": TIMES[time],
        "number": label,
    }
    return FreeSeat(show + 1, label, headers)
