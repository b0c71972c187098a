"""Purchases through HTTP beside what pgbench does with the same rows, bare, on the same PostgreSQL."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from pathlib import Path

from benchmarks import load
from benchmarks.postgres import Postgres
from benchmarks.result import Plan, Result
from benchmarks.seed import purchase_headers, refresh_statistics, seed_house, sold_so_far
from benchmarks.servers import fetch, running_matinee

CLIENTS = (16, 32)
TARGET = 0.35
HISTORY_SECONDS = 3
BARE_SQL = Path(__file__).with_name("purchases.sql")


def measure(postgres: Postgres, plan: Plan) -> list[Result]:
    """In turns, both on databases of their own of the same server."""
    ours_address = postgres.fresh_database("ours")
    bare_address = postgres.fresh_database("bare")
    for address in (ours_address, bare_address):
        first_day = seed_house(address)
        if not plan.fresh:
            # A house that has sold before: a connection keeps plans, and those made for empty tables are bad ones.
            _bare(postgres, address, 32, HISTORY_SECONDS, first_day)
            refresh_statistics(address)
    results = []
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with running_matinee(
            ours_address, Path(folder), workers=plan.workers, threads=plan.threads, log=log
        ) as server:
            _check_one(server.port, ours_address, first_day)
            _ours(server.port, ours_address, 32, 1, first_day)  # until every thread has its connection
            for clients in CLIENTS:
                bare: list[float] = []
                ours: list[float] = []
                for _ in range(plan.rounds):
                    bare.append(_bare(postgres, bare_address, clients, plan.seconds, first_day))
                    measured = _ours(server.port, ours_address, clients, plan.seconds, first_day)
                    ours.append(measured.per_second)
                    plan.say(
                        f"purchases, {clients} clients: bare {bare[-1]:,.0f}/s, Matinee {ours[-1]:,.0f}/s, ratio "
                        f"{ours[-1] / bare[-1]:.2f}; {measured.latency_ms_50:.1f} ms median, "
                        f"{measured.latency_ms_99:.1f} ms 99%"
                    )
                results.append(
                    Result(
                        f"purchases, {clients} clients", ours, "/s", bare, "pgbench, the same rows", TARGET
                    )
                )
        noise = log.read_text(errors="replace")
        if "Traceback" in noise or " ERROR " in noise:
            raise RuntimeError(f"the server logged a fault: {noise[-2000:]}")
    return results


def _check_one(port: int, address: str, first_day: str) -> None:
    """Buy the next seat and hold the answer against the database, before answers are only counted."""
    number, before = sold_so_far(address)
    headers = purchase_headers(number, first_day)
    status, body = fetch(port, "/buyTicket", method="POST", headers=headers)
    if status != 200 or str(json.loads(body)["data"]["number"]) != headers["number"]:
        raise RuntimeError(f"the first purchase: {status} {body!r}")
    if sold_so_far(address) != (number + 1, before + 1):
        raise RuntimeError("the first purchase is not in the database")


def _ours(port: int, address: str, clients: int, seconds: float, first_day: str) -> load.Measured:
    start, before = sold_so_far(address)
    measured = load.buy(port, clients=clients, seconds=seconds, start=start, first_day=first_day)
    measured.require_all_answered()
    sold = sold_so_far(address)[1] - before
    # What was under way when the load ended was sold and no longer counted.
    if not measured.requests <= sold <= measured.requests + clients:
        raise RuntimeError(f"{measured.requests} purchases were answered, {sold} are in the database")
    return measured


def _bare(postgres: Postgres, address: str, clients: int, seconds: float, first_day: str) -> float:
    start, before = sold_so_far(address)
    variables = {"start": start, "clients": clients, "n": -1, "first_day": f"'{first_day}'"}
    command = [str(postgres.pgbench), "-n", "-M", "prepared", "-c", str(clients), "-j", "1"]
    command += ["-T", str(max(1, round(seconds))), "-f", str(BARE_SQL)]
    for name, value in variables.items():
        command += ["-D", f"{name}={value}"]
    made = subprocess.run([*command, address], capture_output=True, text=True, check=False)
    rate = re.search(r"tps = ([\d.]+)", made.stdout)
    done = re.search(r"transactions actually processed: (\d+)", made.stdout)
    if made.returncode != 0 or rate is None or done is None:
        raise RuntimeError(f"pgbench failed: {made.stdout}\n{made.stderr}")
    sold = sold_so_far(address)[1] - before
    if sold != int(done[1]):
        raise RuntimeError(f"pgbench counted {done[1]} purchases, {sold} are in the database")
    return float(rate[1])
