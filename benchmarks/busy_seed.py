"""The house of "busy": 10 screenings of 80 seats a day, as in the demonstration, for 200 days; 1,100 signed-in buyers.

Each day of the first half is read in one measurement and never again, so that what is read is always a day on which nothing
was sold before. The other half sells meanwhile, too.
"""

from __future__ import annotations

from datetime import date, timedelta

from benchmarks.seed import fill_from_tomorrow

HALLS, SEATS, DAYS = 5, 80, 200
TIMES = ("17:00", "20:00")
SHOWS_A_DAY = HALLS * len(TIMES)
DAYS_READ = DAYS // 2
SEATS_A_DAY = SHOWS_A_DAY * SEATS
SEATS_BESIDE = (DAYS - DAYS_READ) * SEATS_A_DAY
USERS, LOOKERS = 1000, 100

_TIMES = "ARRAY['" + "', '".join(TIMES) + "']"
_STATEMENTS = (
    """INSERT INTO cinema (id, slug, name, address, timezone, currency, sells_priced_unpaid)
       VALUES (1, 'busy', 'Busy', '', 'UTC', 'EUR', true)""",
    f"""INSERT INTO hall (id, cinema_id, name, turnaround_minutes)
        SELECT i, 1, 'Hall ' || i, 0 FROM generate_series(1, {HALLS}) i""",
    f"""INSERT INTO seat (id, hall_id, label, "row", place, x, y, kind, zone)
        SELECT (h - 1) * {SEATS} + n, h, n, '', n, n, 0, 'standard', 'standard'
        FROM generate_series(1, {HALLS}) h, generate_series(1, {SEATS}) n""",
    f"""INSERT INTO film (id, title, duration_minutes, trailer_url, poster_url, certificate, synopsis)
        SELECT i, 'Film ' || i, 100, 'https://example.org/trailers/' || i, '', '12', ''
        FROM generate_series(1, {HALLS}) i""",
    f"""INSERT INTO screening (id, cinema_id, hall_id, film_id, starts_at, ends_at, day, time)
        SELECT d * {SHOWS_A_DAY} + (t - 1) * {HALLS} + h, 1, h, h, moment, moment + interval '100 minutes',
            %(day)s::date + d, ({_TIMES})[t]
        FROM generate_series(0, {DAYS - 1}) d, generate_series(1, {len(TIMES)}) t, generate_series(1, {HALLS}) h,
            LATERAL (SELECT (%(day)s::date + d + ({_TIMES})[t]::time) AT TIME ZONE 'UTC' AS moment) at""",
    f"""INSERT INTO users (id, username, password_hash, email_confirmed_at, created_at)
        SELECT i, 'user' || i || '@example.org', 'none', now(), now()
        FROM generate_series(1, {USERS + LOOKERS}) i""",
    f"""INSERT INTO user_session (token_hash, user_id, created_at, expires_at)
        SELECT encode(sha256(('token-' || i)::bytea), 'hex'), i, now(), now() + interval '1 day'
        FROM generate_series(1, {USERS + LOOKERS}) i""",
)


def seed_busy_house(address: str) -> str:
    """Fill an empty database; return the first day, YYYY-MM-DD."""
    return fill_from_tomorrow(address, _STATEMENTS)


def day_named(first_day: str, day: int) -> str:
    """YYYY-MM-DD of a day, counted from 0."""
    return (date.fromisoformat(first_day) + timedelta(days=day)).isoformat()


def seat_of_day(day: int, number: int) -> tuple[int, str]:
    """Screening and label of seat `number` of a day, both counted from 0. Raises ValueError where it has no more."""
    if number >= SEATS_A_DAY:
        raise ValueError("the day is sold out: measure for a shorter time")
    return day * SHOWS_A_DAY + number % SHOWS_A_DAY + 1, str(number // SHOWS_A_DAY + 1)


def seat_beside(number: int) -> tuple[int, str]:
    """Screening and label of seat `number` of the days that nobody reads. Raises ValueError where there are no more."""
    if number >= SEATS_BESIDE:
        raise ValueError("the house is sold out: choose fewer rounds or fewer seconds")
    shows = (DAYS - DAYS_READ) * SHOWS_A_DAY
    return DAYS_READ * SHOWS_A_DAY + number % shows + 1, str(number // shows + 1)


def purchase(screening: int, label: str, *, user: int, first_day: str) -> dict[str, str]:
    """The headers that buy it."""
    day, at = divmod(screening - 1, SHOWS_A_DAY)
    time, hall = divmod(at, HALLS)
    return {
        "token": f"token-{user}",
        "username": f"user{user}@example.org",
        "date": day_named(first_day, day),
        "title": f"Film {hall + 1}",
        "time": TIMES[time],
        "number": label,
    }
