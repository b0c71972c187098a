"""A house that has been selling for years: a million tickets on either database, the last of them today.

One cinema, 7 halls of 120 seats, 14 screenings a day, as many days before today as it takes, and two behind it. Each
screening sells half of its seats, from a day and a half before its start on; some come back, and nearly everybody comes.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

HALLS, SEATS, SHOWS_A_DAY, FILMS = 7, 120, 14, 60
SOLD = SEATS // 2
TICKETS_A_DAY = SHOWS_A_DAY * SOLD
DAYS_AHEAD = 2

# The n-th show of a day is in hall n % 7, at 14:00 or at 19:00: minutes since the midnight at which today began.
STARTS = "(s.n / 7 * 300 + 840 + days.n * 1440)"
SOLD_AT = f"({STARTS} - (t.n * 37) % 2100)"
SHOW_ID = f"((days.n - (:first)) * {SHOWS_A_DAY} + s.n + 1)"
NUMBER = f"({SHOW_ID} * 1000 + t.n)"
SEAT_ID = f"((s.n % {HALLS}) * {SEATS} + t.n)"
CAME_BACK = "t.n % 25 = 0"

STATEMENTS = (
    """INSERT INTO cinema (id, slug, name, address, timezone, currency, sells_priced_unpaid)
       VALUES (1, 'bench', 'Bench', '', 'UTC', 'EUR', :true)""",
    """INSERT INTO hall (id, cinema_id, name, turnaround_minutes)
       SELECT halls.n, 1, 'Hall ' || halls.n, 0 FROM :series(1, 7, halls)""",
    f"""INSERT INTO seat (id, hall_id, label, "row", place, x, y, kind, zone)
        SELECT seats.n + 1, seats.n / {SEATS} + 1, chr1 || place1, chr1, place1, seats.n % 12, seats.n % {SEATS} / 12,
            'standard', 'standard'
        FROM (SELECT n, 'R' || (n % {SEATS} / 12 + 1) || '-' AS chr1, '' || (n % 12 + 1) AS place1
            FROM :series(0, {HALLS * SEATS - 1}, numbers)) AS seats""",
    f"""INSERT INTO film (id, title, duration_minutes, trailer_url, poster_url, certificate, synopsis)
        SELECT films.n, 'A film of number ' || films.n, 100, '', '', '', '' FROM :series(1, {FILMS}, films)""",
    f"""INSERT INTO screening (id, cinema_id, hall_id, film_id, starts_at, ends_at, day, time)
        SELECT {SHOW_ID}, 1, s.n % {HALLS} + 1, {SHOW_ID} % {FILMS} + 1, :at({STARTS}), :at({STARTS} + 100), :day(days.n),
            CASE WHEN s.n < 7 THEN '14:00' ELSE '19:00' END
        FROM :series(:first, {DAYS_AHEAD}, days), :series(0, {SHOWS_A_DAY - 1}, s)""",
    f"""INSERT INTO sale_order (id, code, screening_id, state, channel, seats_asked, seats_claimed, total_amount,
            paid_amount, currency, created_at)
        SELECT {NUMBER}, 'B' || {NUMBER}, {SHOW_ID}, 'paid', 'site', 1, 1, 900, 900, 'EUR', :at({SOLD_AT}) :sales""",
    f"""INSERT INTO ticket (id, order_id, screening_id, seat_id, state, amount, fee_amount, created_at, sold_at, returned_at)
        SELECT 'T' || {NUMBER}, {NUMBER}, {SHOW_ID}, {SEAT_ID}, CASE WHEN {CAME_BACK} THEN 'refunded' ELSE 'valid' END,
            850, 50, :at({SOLD_AT}), :at({SOLD_AT}), CASE WHEN {CAME_BACK} THEN :at({SOLD_AT}) END :sales""",
    f"""INSERT INTO seat_claim (screening_id, seat_id, order_id)
        SELECT {SHOW_ID}, {SEAT_ID}, {NUMBER} :sales AND NOT ({CAME_BACK})""",
    f"""INSERT INTO house_seat (screening_id, seat_id)
        SELECT {SHOW_ID}, {SEAT_ID} FROM :series(:first, {DAYS_AHEAD}, days), :series(0, {SHOWS_A_DAY - 1}, s),
            :series({SEATS - 1}, {SEATS}, t)""",
    f"""INSERT INTO payment (id, public_id, provider, amount, currency, state, refunded_amount, created_at, settled_at,
            redirect_url, failure)
        SELECT {NUMBER}, 'P' || {NUMBER}, CASE WHEN t.n % 3 = 0 THEN 'counter' ELSE 'stripe' END, 900, 'EUR', 'settled', 0,
            :at({SOLD_AT}), :at({SOLD_AT}), '', '' :sales""",
    f"INSERT INTO order_payment (payment_id, order_id, accepted) SELECT {NUMBER}, {NUMBER}, :true :sales",
    f"""INSERT INTO payment_refund (id, public_id, payment_id, amount, state, created_at, next_attempt_at, reason,
            attempts, last_error)
        SELECT {NUMBER}, 'R' || {NUMBER}, {NUMBER}, 900, 'succeeded', :at({SOLD_AT}), :at({SOLD_AT}), '', 1, ''
        :sales AND {CAME_BACK}""",
    f"""INSERT INTO admission (ticket_id, screening_id, admitted_at, admitted_by)
        SELECT 'T' || {NUMBER}, {SHOW_ID}, :at({STARTS}), 'usher' :sales AND t.n % 25 > 2 AND {STARTS} < :now""",
)


@dataclass(frozen=True, slots=True)
class _Words:
    """What the databases say differently, with what stands in brackets behind it."""

    series: str
    at: str
    day: str
    true: str


_POSTGRESQL = _Words(
    series="generate_series({0}, {1}) AS {2}(n)",
    at="('{midnight} 00:00:00+00'::timestamptz + make_interval(mins => {0}))",
    day="('{midnight}'::date + {0})",
    true="true",
)
_SQLITE = _Words(
    series="(WITH RECURSIVE c(n) AS (SELECT {0} UNION ALL SELECT n + 1 FROM c WHERE n < {1}) SELECT n FROM c) AS {2}",
    at="(strftime('%Y-%m-%d %H:%M:%S', '{midnight}', ({0}) || ' minutes') || '.000000')",
    day="date('{midnight}', ({0}) || ' days')",
    true="1",
)


def statements(words: _Words, *, tickets: int, now: datetime) -> list[str]:
    """What fills an empty database with so many tickets; days are those of UTC."""
    first = -(tickets // TICKETS_A_DAY)
    sales = (
        f"FROM :series(:first, {DAYS_AHEAD}, days), :series(0, {SHOWS_A_DAY - 1}, s), :series(1, {SOLD}, t) "
        f"WHERE {SOLD_AT} < :now"
    )
    midnight = now.strftime("%Y-%m-%d")
    made = []
    for statement in STATEMENTS:
        text = statement.replace(":sales", sales)
        for name in ("series", "at", "day"):
            text = _written_out(text, name, getattr(words, name).replace("{midnight}", midnight))
        text = text.replace(":first", str(first)).replace(":true", words.true)
        made.append(text.replace(":now", str(now.hour * 60 + now.minute)))
    return made


def _written_out(text: str, name: str, pattern: str) -> str:
    """The text with each `:name(a, b)` written out by the pattern; what stands in the brackets may have brackets itself."""
    call = f":{name}("
    while (begin := text.find(call)) >= 0:
        depth, end = 1, begin + len(call)
        while depth:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        values = [part.strip() for part in text[begin + len(call) : end - 1].split(",")]
        written = pattern
        for place, value in enumerate(values):
            written = written.replace(f"{{{place}}}", value)
        text = text[:begin] + written + text[end:]
    return text


def seed_postgresql(address: str, *, tickets: int) -> None:
    """Fill an empty PostgreSQL database that has the tables."""
    with psycopg.connect(address, options="-c timezone=UTC", autocommit=True) as connection:
        # The rows refer to what is there; looking it up a million times takes minutes.
        connection.execute("SET session_replication_role = replica")
        for statement in statements(_POSTGRESQL, tickets=tickets, now=datetime.now(UTC)):
            connection.execute(statement)  # type: ignore[arg-type]
        connection.execute("VACUUM ANALYZE")


def seed_sqlite(path: Path, *, tickets: int) -> None:
    """Fill an empty SQLite file that has the tables."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    with connection:
        for statement in statements(_SQLITE, tickets=tickets, now=datetime.now(UTC)):
            connection.execute(statement)
    connection.close()
