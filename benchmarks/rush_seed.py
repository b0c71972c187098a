"""The house of the rush: a hall of 500 seats, a screening that costs nothing for each round, 10,000 signed-in buyers."""

from __future__ import annotations

from datetime import date, timedelta

from benchmarks.seed import fill_from_tomorrow

BUYERS, ROWS, PLACES = 10_000, 20, 25
SEATS = ROWS * PLACES
TITLE, TIME = "Film", "18:00"

_STATEMENTS = (
    """INSERT INTO cinema (id, slug, name, address, timezone, currency, sells_priced_unpaid)
       VALUES (1, 'rush', 'Rush', '', 'UTC', 'EUR', true)""",
    "INSERT INTO hall (id, cinema_id, name, turnaround_minutes) VALUES (1, 1, 'Hall', 0)",
    f"""INSERT INTO seat (id, hall_id, label, "row", place, x, y, kind, zone)
        SELECT y * {PLACES} + x + 1, 1, chr(65 + y) || x + 1, chr(65 + y), x + 1, x, y, 'standard', 'standard'
        FROM generate_series(0, {ROWS - 1}) y, generate_series(0, {PLACES - 1}) x""",
    f"""INSERT INTO film (id, title, duration_minutes, trailer_url, poster_url, certificate, synopsis)
        VALUES (1, '{TITLE}', 100, '', '', '', '')""",
    f"""INSERT INTO screening (id, cinema_id, hall_id, film_id, starts_at, ends_at, day, time)
        SELECT n, 1, 1, 1, moment, moment + interval '100 minutes', moment::date, '{TIME}'
        FROM generate_series(1, %(screenings)s::int) n,
            LATERAL (SELECT (%(day)s::date + n - 1 + '{TIME}'::time) AT TIME ZONE 'UTC' AS moment) at""",
    f"""INSERT INTO users (id, username, password_hash, email_confirmed_at, created_at)
        SELECT i, 'user' || i || '@example.org', 'none', now(), now() FROM generate_series(1, {BUYERS}) i""",
    f"""INSERT INTO user_session (token_hash, user_id, created_at, expires_at)
        SELECT encode(sha256(('token-' || i)::bytea), 'hex'), i, now(), now() + interval '1 day'
        FROM generate_series(1, {BUYERS}) i""",
)


def labels() -> list[str]:
    """Of all seats."""
    return [f"{chr(ord('A') + row)}{place}" for row in range(ROWS) for place in range(1, PLACES + 1)]


def seed_rush_house(address: str, *, screenings: int) -> str:
    """Fill an empty database; return the first day, YYYY-MM-DD."""
    return fill_from_tomorrow(address, _STATEMENTS, screenings=screenings)


def day_of(screening: int, first_day: str) -> str:
    """YYYY-MM-DD"""
    return (date.fromisoformat(first_day) + timedelta(days=screening - 1)).isoformat()
