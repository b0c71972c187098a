"""The seats of a hall of 500, asked for by many who watch: 304 and 200 beside an empty Flask route."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import psycopg

from benchmarks import load
from benchmarks.postgres import Postgres
from benchmarks.result import Plan, Result
from benchmarks.servers import Running, exchange, running_matinee

CLIENTS = 32
TARGET = 0.5
GZIP_BYTES_MAX = 8_000
ROWS, PLACES = 20, 25
# Every third seat is taken: what is taken nowhere in a row is hardest to write short.
_STATEMENTS = (
    """INSERT INTO cinema (id, slug, name, address, timezone, currency, sells_priced_unpaid)
       VALUES (1, 'bench', 'Bench', '', 'UTC', 'EUR', true)""",
    "INSERT INTO hall (id, cinema_id, name, turnaround_minutes) VALUES (1, 1, 'Hall', 0)",
    f"""INSERT INTO seat (id, hall_id, label, "row", place, x, y, kind, zone)
        SELECT y * {PLACES} + x + 1, 1, chr(65 + y) || x + 1, chr(65 + y), x + 1, x, y, 'standard', 'standard'
        FROM generate_series(0, {ROWS - 1}) y, generate_series(0, {PLACES - 1}) x""",
    """INSERT INTO film (id, title, duration_minutes, trailer_url, poster_url, certificate, synopsis)
       VALUES (1, 'Film', 100, '', '', '', '')""",
    """INSERT INTO screening (id, cinema_id, hall_id, film_id, starts_at, ends_at, day, time)
       VALUES (1, 1, 1, 1, now() + interval '1 day', now() + interval '26 hours', current_date + 1, '18:00')""",
    """INSERT INTO sale_order (id, code, screening_id, state, channel, seats_asked, seats_claimed, total_amount,
           paid_amount, currency, created_at)
       SELECT 1, 'BENCHMARKS', 1, 'paid', 'v1', count(*), count(*), 0, 0, 'EUR', now() FROM seat WHERE id % 3 = 0""",
    "INSERT INTO seat_claim (screening_id, seat_id, order_id) SELECT 1, id, 1 FROM seat WHERE id % 3 = 0",
)
PATH = "/api/v1/screenings/1/seats"


def compare_seat_states(postgres: Postgres, plan: Plan, bare: Running, folder: Path) -> list[Result]:
    """304 and 200 of a hall with 500 seats, a third of them taken."""
    address = postgres.fresh_database("seats")
    with psycopg.connect(address) as connection:
        for statement in _STATEMENTS:
            connection.execute(statement)  # type: ignore[arg-type]
    options = {"workers": plan.workers, "threads": plan.threads, "log": folder / "log"}
    with running_matinee(address, folder / "seats", **options) as ours:
        in_gzip = {"Accept-Encoding": "gzip"}
        status, told, body = exchange(ours.port, PATH, headers=in_gzip)
        taken = json.loads(gzip.decompress(body))["taken"]
        if status != 200 or len(taken) != ROWS * PLACES // 3 or len(body) > GZIP_BYTES_MAX:
            raise RuntimeError(f"{PATH} answered {status} with {len(taken)} seats in {len(body)} bytes")
        plan.say(f"seats of a hall of 500: {len(body):,} bytes of gzip")
        known = {**in_gzip, "If-None-Match": told["etag"]}
        return [
            _compare(f"seats, 200 ({len(body) / 1000:.1f} kB of gzip)", ours, in_gzip, bare, plan),
            _compare("seats, 304", ours, known, bare, plan, target=TARGET),
        ]


def _compare(
    name: str,
    ours: Running,
    headers: dict[str, str],
    bare: Running,
    plan: Plan,
    *,
    target: float | None = None,
) -> Result:
    rates: tuple[list[float], list[float]] = ([], [])
    for _ in range(plan.rounds):
        for found, port, path, sent in (
            (rates[0], bare.port, "/", {}),
            (rates[1], ours.port, PATH, headers),
        ):
            measured = load.get(port, path, clients=CLIENTS, seconds=plan.seconds, headers=sent)
            measured.require_all_answered()
            found.append(measured.per_second)
        plan.say(f"{name}: empty {rates[0][-1]:,.0f}/s, Matinee {rates[1][-1]:,.0f}/s")
    return Result(name, rates[1], "/s", rates[0], "an empty Flask route", target)
