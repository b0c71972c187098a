"""Holds of two seats through the API of today, chosen or the best, beside what pgbench does with the same rows, bare."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks import load
from benchmarks.curves import Figure
from benchmarks.holds_seed import BEST, CHOSEN, held_so_far, seed_holds
from benchmarks.pgbench import run_script
from benchmarks.postgres import Postgres
from benchmarks.result import Plan
from benchmarks.servers import ServerOptions, require_no_faults, running_matinee
from benchmarks.turns import CLIENTS, SIZE_NAME, curve, measure_in_turns

BARE_SQL = Path(__file__).with_name("holds.sql")
BARE = "pgbench, the rows of a hold"


def measure_holds(postgres: Postgres, plan: Plan) -> list[Figure]:
    """In turns, ours and the bare rows in databases of their own. Nothing without wrk, and that is said."""
    if load.load_program().wrk is None:
        plan.say("holds are left out: they are measured with wrk alone")
        return []
    ours, bare = postgres.fresh_database("holds"), postgres.fresh_database("holds_bare")
    for address in (ours, bare):
        seed_holds(address)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        options: ServerOptions = {"workers": plan.workers, "threads": plan.threads, "log": log}
        with running_matinee(ours, Path(folder), **options) as server:
            # Until every thread has its connection, and the new tables are known to the database.
            _hold(server.port, ours, "chosen", CHOSEN, clients=32, seconds=1)
            _hold_bare(postgres, bare, clients=32, seconds=1)
            asked = {
                "hold of two chosen seats": lambda clients: _hold(
                    server.port, ours, "chosen", CHOSEN, clients=clients, seconds=plan.seconds
                ),
                "hold of the best two seats": lambda clients: _hold(
                    server.port, ours, "best", BEST, clients=clients, seconds=plan.seconds
                ),
                BARE: lambda clients: _hold_bare(postgres, bare, clients=clients, seconds=plan.seconds),
            }
            found = measure_in_turns(asked, clients=CLIENTS, rounds=plan.rounds, say=plan.say)
        require_no_faults(log)
    curves = tuple(curve(name, rounds) for name, rounds in found.items())
    return [Figure("clients-holds", "Holds of two seats", SIZE_NAME, curves, baseline=BARE)]


def _hold(
    port: int, address: str, kind: str, screenings: range, *, clients: int, seconds: float
) -> load.Measured:
    start, before = held_so_far(address, screenings)
    if kind == "best":
        # What they get is not said by a number; they go round the screenings from where they were.
        start = before
    measured = load.hold(port, kind, clients=clients, seconds=seconds, start=start, screenings=screenings)
    measured.require_all_answered()
    held = held_so_far(address, screenings)[1] - before
    if not measured.requests <= held <= measured.requests + clients:
        raise RuntimeError(f"{measured.requests} holds were answered, {held} are in the database")
    return measured


def _hold_bare(postgres: Postgres, address: str, *, clients: int, seconds: float) -> load.Measured:
    start, before = held_so_far(address, CHOSEN)
    measured = run_script(
        postgres,
        address,
        BARE_SQL,
        clients=clients,
        seconds=seconds,
        variables={
            "start": start,
            "clients": clients,
            "n": -1,
            "first": CHOSEN.start,
            "screenings": len(CHOSEN),
        },
    )
    held = held_so_far(address, CHOSEN)[1] - before
    if held != measured.requests:
        raise RuntimeError(f"pgbench counted {measured.requests} holds, {held} are in the database")
    return measured
