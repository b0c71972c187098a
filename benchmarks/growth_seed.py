"""A house that sold for years: what is asked about is the same at each size, and what lies behind it grows.

Now: a programme of 4 weeks in 8 halls, of which some is sold, and the month before it, in which little was sold: what
pages show and reports count is the same in each database. Before that month: as many screenings as it takes, each sold
nearly out, 40 a day, of films that nobody shows any more; one database is grown from size to size.

A past screening sells 240 of 250 seats in 120 orders, 40 by accounts, 60 by guests and 20 at the counter; 3 of them
were given back. Mails are kept for 30 days and scans for 60, as the worker keeps them.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg

from benchmarks.growth_sales import SALES, write_sales
from benchmarks.seed import refresh_statistics

HALLS, SEATS = 8, 250
# More than a page of them, so that their page is a whole one at each size; of the past, those of three weeks.
FILMS, FILMS_BEFORE = 60, 24
DAYS_AHEAD, DAYS_BEFORE = 28, 30
STARTS = (11, 14, 17, 20, 22)
SCREENINGS_A_DAY = HALLS * len(STARTS)
AHEAD = SCREENINGS_A_DAY * DAYS_AHEAD
# Those of the last month, and of today.
BEHIND = SCREENINGS_A_DAY * (DAYS_BEFORE + 1)
USERS = 1000
ORDERS_NOW, TICKETS_EACH = 2, 2
TICKETS_NOW = (AHEAD + BEHIND) * ORDERS_NOW * TICKETS_EACH
ORDERS_BEFORE = 120
TICKETS_BEFORE = ORDERS_BEFORE * TICKETS_EACH
# Keys: past screenings begin behind those of now, films before them; orders of the past count down from here, those of
# now up. Shifts in the morning, in which nothing is sold, fill the page of the tills.
SCREENING_BEFORE, FILM_BEFORE, USER_BEFORE, TILL_BEFORE = 10_000, 1, 10_000, 1000
FILM_NOW, TILL_MORNING = 10_000, 100
ORDER_NOW = 100_000_000
ORDER_LAST = ORDER_NOW + (AHEAD + BEHIND) * ORDERS_NOW
# The buyer who bought much, and the member of staff whose pages are asked for; tokens as in `benchmarks.seed`.
BUYER, BUYER_ORDERS = 1, 100
STAFF, STAFF_TOKEN = 1001, "token-1001"
# So many screenings are written in one transaction, by each of so many connections.
CHUNK, WRITERS = 400, 2
_STARTS = ", ".join(map(str, STARTS))
# Films of the past are shown for three weeks.
_OLD_FILM = f"{FILM_BEFORE} + n / {SCREENINGS_A_DAY * 21} * {FILMS_BEFORE} + mod(n, {FILMS_BEFORE})"

_HOUSE = (
    """INSERT INTO cinema (id, slug, name, address, timezone, currency, sells_priced_unpaid)
       VALUES (1, 'bench', 'Bench', 'A street', 'UTC', 'EUR', true)""",
    f"""INSERT INTO hall (id, cinema_id, name, turnaround_minutes)
        SELECT i, 1, 'Hall ' || i, 0 FROM generate_series(1, {HALLS}) i""",
    f"""INSERT INTO seat (id, hall_id, label, "row", place, x, y, kind, zone)
        SELECT (h - 1) * {SEATS} + n, h, n, chr(65 + (n - 1) / 25), mod(n - 1, 25) + 1, mod(n - 1, 25), (n - 1) / 25,
            CASE WHEN n > 247 THEN 'wheelchair' ELSE 'standard' END, 'standard'
        FROM generate_series(1, {HALLS}) h, generate_series(1, {SEATS}) n""",
    "INSERT INTO distributor (id, name, address, email) VALUES (1, 'Reels', 'A street', 'reels@example.org')",
    f"""INSERT INTO film (id, title, duration_minutes, trailer_url, poster_url, certificate, synopsis, distributor_id)
        SELECT {FILM_NOW} + i, 'A film of number ' || i, 100, '', '', '12',
            repeat('What happens in it, told at some length. ', 12), 1
        FROM generate_series(1, {FILMS}) i""",
    f"""INSERT INTO film_terms (film_id, week_from, kind, basis_points, fixed_amount, minimum_amount)
        SELECT {FILM_NOW} + i, 1, 'percentage', 4000, 0, 0 FROM generate_series(1, {FILMS}) i""",
    "INSERT INTO tax_rate (cinema_id, valid_from, basis_points) VALUES (1, '2000-01-01', 700)",
    "INSERT INTO ticket_type (id, cinema_id, code, name) VALUES (1, 1, 'adult', 'Adult')",
    "INSERT INTO price_list (id, cinema_id, name) VALUES (1, 1, 'Standard')",
    "INSERT INTO price (price_list_id, zone, ticket_type_id, amount) VALUES (1, 'standard', 1, 900)",
    f"""INSERT INTO users (id, username, password_hash, email_confirmed_at, created_at)
        SELECT i, 'user' || i || '@example.org', 'none', now(), now() - interval '1 year' FROM generate_series(1,
            {STAFF}) i""",
    f"""INSERT INTO user_session (token_hash, user_id, created_at, expires_at)
        SELECT encode(sha256(('token-' || i)::bytea), 'hex'), i, now(), now() + interval '7 days'
        FROM generate_series(1, {STAFF}) i""",
    f"INSERT INTO user_role (user_id, role) VALUES ({STAFF}, 'manager')",
    # The first four halls have prices; what the others show is free, and bought through the given API.
    f"""INSERT INTO screening (id, cinema_id, hall_id, film_id, starts_at, ends_at, day, time, price_list_id, language)
        SELECT CASE WHEN d > 0 THEN n ELSE {AHEAD} + n + {SCREENINGS_A_DAY * (DAYS_BEFORE + 1)} END, 1, h + 1,
            {FILM_NOW} + mod(n - 1 + {SCREENINGS_A_DAY * 120}, {FILMS}) + 1, moment, moment + interval '100 minutes',
                current_date + d,
            (ARRAY[{_STARTS}])[slot + 1] || ':00', CASE WHEN h < 4 THEN 1 END, 'en'
        FROM generate_series(-{DAYS_BEFORE}, {DAYS_AHEAD}) d, generate_series(0, {len(STARTS) - 1}) slot,
            generate_series(0, {HALLS - 1}) h,
            LATERAL (SELECT (d - 1) * {SCREENINGS_A_DAY} + slot * {HALLS} + h + 1 AS n,
                (current_date + d + (ARRAY[{_STARTS}])[slot + 1] * interval '1 hour')
                    AT TIME ZONE 'UTC' AS moment) at""",
    # A shift at the till for each day, and one that is open.
    f"""INSERT INTO till_session (id, cinema_id, clerk_id, clerk_name, opened_at, opening_float, closed_at,
            counted_cash,
            expected_cash, number, note)
        SELECT {DAYS_BEFORE} + d + 1, 1, {STAFF}, 'user{STAFF}@example.org', opened, 10000,
            CASE WHEN d < 0 THEN opened + interval '12 hours' END, CASE WHEN d < 0 THEN 10000 END,
            CASE WHEN d < 0 THEN 10000 END, CASE WHEN d < 0 THEN 1000000 + d END, ''
        FROM generate_series(-{DAYS_BEFORE}, 0) d,
            LATERAL (SELECT (current_date + d)::timestamp AT TIME ZONE 'UTC' AS opened) at""",
    f"""INSERT INTO till_session (id, cinema_id, clerk_id, clerk_name, opened_at, opening_float, closed_at,
            counted_cash, expected_cash, number, note)
        SELECT {TILL_MORNING} - d, 1, {STAFF}, 'user{STAFF}@example.org', closed - interval '4 hours', 10000, closed,
            10000, 10000, 950000 + d, ''
        FROM generate_series(-{DAYS_BEFORE}, -1) d,
            LATERAL (SELECT (current_date + d + interval '14 hours') AT TIME ZONE 'UTC' AS closed) at""",
)
# What is sold of now, two orders a screening; the first screenings ahead are those of the buyer who bought much.
_SALES_NOW = f"""
    INSERT INTO pg_temp.sales
    SELECT {ORDER_NOW} + s.id * {ORDERS_NOW} + k - {ORDERS_NOW}, s.id, (s.hall_id - 1) * {SEATS} + 2 * k + 1,
        CASE WHEN k = 0 AND s.id <= {BUYER_ORDERS} THEN {BUYER}
             WHEN mod(s.id + k, 4) < 2 THEN mod(s.id * 7, {USERS} - 1) + 2 END,
        CASE WHEN mod(s.id + k, 4) = 2 THEN 'guest' || s.id || '@example.org' END,
        NOT (k = 0 AND s.id <= {BUYER_ORDERS}) AND mod(s.id + k, 4) = 3, mod(s.id * 2 + k, 25) = 24,
        sold_at, s.starts_at, least({DAYS_BEFORE} + 1, sold_at::date - current_date + {DAYS_BEFORE} + 1)
    FROM screening s, generate_series(0, {ORDERS_NOW - 1}) k,
        LATERAL (SELECT least(s.starts_at - interval '30 minutes', now() - mod(s.id, 20) * interval '1 day')
            - k * interval '40 minutes' AS sold_at) at
    WHERE s.id <= {AHEAD + BEHIND}
"""
_PAST_SCREENINGS = (
    f"""INSERT INTO film (id, title, duration_minutes, trailer_url, poster_url, certificate, synopsis, distributor_id)
        SELECT DISTINCT {_OLD_FILM}, 'An old film ' || {_OLD_FILM}, 100, '', '', '12', '', 1
        FROM generate_series(%(begin)s, %(end)s - 1) n ON CONFLICT DO NOTHING""",
    f"""INSERT INTO till_session (id, cinema_id, clerk_id, clerk_name, opened_at, opening_float, closed_at,
            counted_cash,
            expected_cash, number, note)
        SELECT {TILL_BEFORE} + d, 1, {STAFF}, 'user{STAFF}@example.org', opened, 10000, opened + interval '12 hours',
            46000, 46000,
            900000 - d, ''
        FROM generate_series(%(begin)s / {SCREENINGS_A_DAY}, (%(end)s - 1) / {SCREENINGS_A_DAY}) d,
            LATERAL (SELECT (current_date - {DAYS_BEFORE} - 1 - d)::timestamp AT TIME ZONE 'UTC' AS opened) at
        ON CONFLICT DO NOTHING""",
    f"""INSERT INTO users (id, username, password_hash, email_confirmed_at, created_at)
        SELECT {USER_BEFORE} + i, 'past' || i || '@example.org', 'none', now(), now() - interval '2 years'
        FROM generate_series(%(begin)s * 10, %(end)s * 10 - 1) i""",
    f"""INSERT INTO screening (id, cinema_id, hall_id, film_id, starts_at, ends_at, day, time, price_list_id, language)
        SELECT {SCREENING_BEFORE} + n, 1, mod(n, {HALLS}) + 1, {_OLD_FILM},
            moment, moment + interval '100 minutes', moment::date, hour || ':00', 1, 'en'
        FROM generate_series(%(begin)s, %(end)s - 1) n,
            LATERAL (SELECT (ARRAY[{_STARTS}])[mod(n / {HALLS}, {len(STARTS)}) + 1] AS hour) slot,
            LATERAL (SELECT (current_date - {DAYS_BEFORE} - 1 - n / {SCREENINGS_A_DAY} + hour * interval '1 hour')
                AT TIME ZONE 'UTC' AS moment) at""",
    f"""INSERT INTO audit_entry (at, actor, cinema_id, action, subject, summary, details)
        SELECT starts_at - interval '20 days', 'user{STAFF}@example.org', 1, what, 'screening:' || id, 'A screening.',
            '{{}}'
        FROM screening, unnest(ARRAY['screening.created', 'screening.changed', 'screening.published']) what
        WHERE id >= {SCREENING_BEFORE} + %(begin)s AND id < {SCREENING_BEFORE} + %(end)s""",
)
_SALES_BEFORE = f"""
    INSERT INTO pg_temp.sales
    SELECT {ORDER_NOW} - n * {ORDERS_BEFORE} - k, s.id, (s.hall_id - 1) * {SEATS} + 2 * k - 1,
        CASE WHEN k <= 40 THEN {USER_BEFORE} + n * 10 + mod(k, 10) END,
        CASE WHEN k BETWEEN 41 AND 100 THEN 'guest' || n || '-' || k || '@example.com' END,
        k > 100, mod(k, 40) = 0, s.starts_at - k * interval '7 minutes', s.starts_at,
            {TILL_BEFORE} + n / {SCREENINGS_A_DAY}
    FROM screening s, LATERAL (SELECT s.id - {SCREENING_BEFORE} AS n) numbered, generate_series(1, {ORDERS_BEFORE}) k
    WHERE s.id >= {SCREENING_BEFORE} + %(begin)s AND s.id < {SCREENING_BEFORE} + %(end)s
"""
# Building an index over all rows takes a fraction of what adding to it row by row does.
_INDEXES = """
    SELECT c.relname, pg_get_indexdef(i.indexrelid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
    WHERE t.relname = ANY(%s) AND NOT EXISTS (SELECT FROM pg_constraint p WHERE p.conindid = i.indexrelid)
"""


def seed_present(address: str) -> None:
    """Fill an empty database with the house, its programme and its last month: `TICKETS_NOW` tickets."""
    with _connected(address) as connection:
        for statement in _HOUSE:
            connection.execute(statement)
        write_sales(connection, _SALES_NOW, {})
        # What is sold from now on has higher numbers than anything that is written here.
        connection.execute(f"SELECT setval('sale_order_id_seq', {ORDER_LAST})")
    refresh_statistics(address)


def screenings_before(tickets: int) -> int:
    """How many past screenings bring the database to `tickets` tickets, or to some more."""
    return max(0, -((TICKETS_NOW - tickets) // TICKETS_BEFORE))


def seed_past(address: str, *, begin: int, end: int) -> None:
    """Write the past screenings of number `begin` until `end`, counted backwards in time, and what was sold of them."""
    with _connected(address) as connection:
        # One after the other: they share films and shifts.
        for statement in _PAST_SCREENINGS:
            connection.execute(statement, {"begin": begin, "end": end})

    def write(chunk: int) -> None:
        with _connected(address) as connection:
            write_sales(connection, _SALES_BEFORE, {"begin": chunk, "end": min(chunk + CHUNK, end)})

    with psycopg.connect(address, autocommit=True) as connection:
        indexes = connection.execute(_INDEXES, [list(SALES)]).fetchall()
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        with ThreadPoolExecutor(WRITERS) as writers:
            list(writers.map(write, range(begin, end, CHUNK)))
        connection.execute("SET maintenance_work_mem = '512MB'")
        for _, definition in indexes:
            connection.execute(definition)
    refresh_statistics(address)


@contextmanager
def _connected(address: str) -> Iterator[psycopg.Connection[Any]]:
    """A transaction that looks up no references: the rows refer to what is there."""
    options = "-c timezone=UTC -c session_replication_role=replica -c synchronous_commit=off"
    with psycopg.connect(address, options=options) as connection:
        yield connection
