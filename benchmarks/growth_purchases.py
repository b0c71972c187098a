"""Purchases in databases of several sizes, through HTTP and by pgbench, 16 clients, in turns.

Each turn has a copy of its database: the smallest would otherwise be another one after a few seconds of sales.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from benchmarks.growth_seed import FILMS, ORDER_LAST
from benchmarks.load import Measured, load_program, read_report
from benchmarks.postgres import Postgres
from benchmarks.result import Plan
from benchmarks.servers import ROOT, fetch, require_no_faults, running_matinee

CLIENTS = 16
WARM_UP_SECONDS = 2.0
LUA = Path(__file__).with_name("growth_purchases.lua")
SQL = Path(__file__).with_name("growth_purchases.sql")
# As growth_purchases.lua and growth_purchases.sql count: seats 5 to 250 of the halls without prices.
SCREENINGS, SEATS, SEATS_SOLD_BEFORE = 560, 250, 4
# What was bought since the seed, in one statement. Old orders have lower numbers, so nothing old is counted.
_COUNTS = f"""
    SELECT (SELECT count(*) FROM ticket WHERE order_id > {ORDER_LAST}),
        (SELECT count(*) FROM sale_order WHERE id > {ORDER_LAST}),
        (SELECT count(*) FROM seat_claim WHERE order_id > {ORDER_LAST}),
        (SELECT count(*) FROM order_event WHERE order_id > {ORDER_LAST}),
        (SELECT count(*) FROM outbox WHERE sent_at IS NULL AND failed_at IS NULL)
"""
_HIGHEST = f"""
    SELECT max((mod(seat_id - 1, {SEATS}) - {SEATS_SOLD_BEFORE}) * {SCREENINGS}
        + (screening_id - 1) / 8 * 4 + mod(screening_id - 1, 4))
    FROM ticket WHERE order_id > {ORDER_LAST}
"""
_SETTLING_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of one size."""

    ours: Measured
    bare: Measured


def measure_turn(postgres: Postgres, template: str, plan: Plan) -> Turn:
    """Sell in a copy of the database `template`, to which nobody is connected.

    Raises RuntimeError where an answer was no success, or what is committed is not what was answered.
    """
    with _copied(postgres, template) as address, tempfile.TemporaryDirectory() as name:
        folder, log = Path(name), Path(name) / "log"
        with running_matinee(address, folder, workers=plan.workers, threads=plan.threads, log=log) as server:
            _check_one(server.port, address)
            # Until every thread has its connection, and what a sale touches is in memory.
            _sell(address, _wrk(server.port, address, WARM_UP_SECONDS))
            ours = _sell(address, _wrk(server.port, address, plan.seconds))
        require_no_faults(log)
        _sell(address, _pgbench(postgres, address, WARM_UP_SECONDS, folder / "warm"))
        bare = _sell(address, _pgbench(postgres, address, plan.seconds, folder / "bare"))
    return Turn(ours, bare)


@contextmanager
def _copied(postgres: Postgres, template: str) -> Iterator[str]:
    name = f"{template}_sold"
    with psycopg.connect(postgres.server.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        try:
            yield postgres.server.socket_url(name)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _sold(address: str) -> tuple[int, int]:
    """The next number, and how many were bought. RuntimeError unless each has its order, claim, event and mail."""
    with psycopg.connect(address, autocommit=True) as connection:
        seen = None
        while (counts := connection.execute(_COUNTS).fetchone()) != seen:
            seen = counts
            time.sleep(_SETTLING_SECONDS)
        [highest] = connection.execute(_HIGHEST).fetchone() or [None]
        connection.execute("CHECKPOINT")
    assert counts is not None
    if len(set(counts)) != 1:
        raise RuntimeError(f"tickets, orders, claims, events, mails differ in number: {counts}")
    number = 0 if highest is None else highest + 1
    if number > SCREENINGS * (SEATS - SEATS_SOLD_BEFORE) * 0.9:
        raise RuntimeError("the house is nearly sold out: choose fewer seconds")
    return number, counts[0]


def _sell(address: str, command: list[str]) -> Measured:
    _, before = _sold(address)
    made = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if made.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {made.stdout}\n{made.stderr}")
    measured = _read_pgbench(made.stdout, command) if "tps = " in made.stdout else read_report(made.stdout)
    measured.require_all_answered()
    sold = _sold(address)[1] - before
    # What was under way when the load ended was sold and no longer counted.
    if not 0 < measured.requests <= sold <= measured.requests + CLIENTS:
        raise RuntimeError(f"{measured.requests} purchases were answered, {sold} are in the database")
    return measured


def _wrk(port: int, address: str, seconds: float) -> list[str]:
    wrk = load_program().wrk
    if wrk is None:
        raise RuntimeError("purchases in a grown database are measured with wrk alone")
    url, lasting = f"http://127.0.0.1:{port}/buyTicket", f"-d{max(1, round(seconds))}s"
    script = ["-s", str(LUA), url, "--", str(_sold(address)[0]), _first_day(), str(FILMS)]
    return [wrk, "-t1", f"-c{CLIENTS}", lasting, "--latency", *script]


def _pgbench(postgres: Postgres, address: str, seconds: float, log: Path) -> list[str]:
    variables = {
        "start": _sold(address)[0], "clients": CLIENTS, "n": -1, "first_day": f"'{_first_day()}'", "films": FILMS,
    }  # fmt: skip
    command = [str(postgres.pgbench), "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "1"]
    command += ["-T", str(max(1, round(seconds))), "-f", str(SQL), "-l", f"--log-prefix={log}"]
    return [
        *command,
        *(word for item in variables.items() for word in ("-D", "{}={}".format(*item))),
        address,
    ]


def _read_pgbench(text: str, command: list[str]) -> Measured:
    """Its report, and out of its log how long each took."""
    rate = re.search(r"tps = ([\d.]+)", text)
    prefix = next(word.partition("=")[2] for word in command if word.startswith("--log-prefix="))
    taken = sorted(
        int(line.split()[2]) / 1000
        for file in Path(prefix).parent.glob(f"{Path(prefix).name}.*")
        for line in file.read_text().splitlines()
    )
    done = re.search(r"actually processed: (\d+)", text)
    if rate is None or done is None or len(taken) != int(done[1]):
        raise RuntimeError(f"not a report of pgbench: {text}")
    return Measured(
        requests=len(taken), per_second=float(rate[1]), refused=0, broken=0,
        latency_ms_50=taken[len(taken) // 2], latency_ms_99=taken[len(taken) * 99 // 100],
    )  # fmt: skip


def _first_day() -> str:
    return (datetime.now(UTC).date() + timedelta(days=1)).isoformat()


def _check_one(port: int, address: str) -> None:
    """Buy the first seat and hold the answer against the database, before answers are only counted."""
    headers: Mapping[str, str] = {
        "token": "token-1", "username": "user1@example.org", "date": _first_day(),
        "title": "A film of number 5", "time": "11:00", "number": str(SEATS_SOLD_BEFORE + 1),
    }  # fmt: skip
    status, body = fetch(port, "/buyTicket", method="POST", headers=headers)
    if status != 200 or str(json.loads(body)["data"]["number"]) != headers["number"]:
        raise RuntimeError(f"the first purchase: {status} {body!r}")
    if _sold(address) != (1, 1):
        raise RuntimeError("the first purchase is not in the database")
