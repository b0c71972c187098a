"""`getDay` and `fullSchedule` beside an empty Flask route on the same server, with the same processes and threads.

Two programmes: the sample file in the given format, and the demonstration's two weeks. An answer has to be carried, too:
beside the empty route stands one that gives as many bytes, made beforehand.
"""

from __future__ import annotations

import json
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks import load
from benchmarks.postgres import Postgres
from benchmarks.result import Plan, Result
from benchmarks.seat_states import compare_seat_states
from benchmarks.servers import (
    ROOT,
    Running,
    ServerOptions,
    fetch,
    require_no_faults,
    run_command,
    running_bare,
    running_matinee,
)

CLIENTS = 32
TARGET = 0.6
GET_DAY_TARGET = 0.7
SAMPLE = ROOT / "examples" / "days.json"


def measure(postgres: Postgres, plan: Plan) -> list[Result]:
    """In turns: the empty route, the route of the same size, ours."""
    tomorrow = (datetime.now(UTC).date() + timedelta(days=1)).isoformat()
    programmes = {"sample": ["import", str(SAMPLE), "--starting", tomorrow], "demo": ["demo"]}
    results = []
    with tempfile.TemporaryDirectory() as folder_name, ExitStack() as running:
        folder = Path(folder_name)
        log = folder / "log"
        options: ServerOptions = {"workers": plan.workers, "threads": plan.threads, "log": log}
        bare = running.enter_context(running_bare("bridge", **options))
        for programme, command in programmes.items():
            address = postgres.fresh_database(programme)
            run_command(command, address, folder / programme)
            with running_matinee(address, folder / programme, **options) as ours:
                for path in (f"/getDay?date={tomorrow}", "/fullSchedule"):
                    results += _compare(f"{path.partition('?')[0]}, {programme}", ours, path, bare, plan)
        results += compare_seat_states(postgres, plan, bare, folder)
        wsgi = running.enter_context(running_bare("wsgi", **options))
        results.append(_bridge(bare, wsgi, plan))
        require_no_faults(log)
    return results


def _compare(name: str, ours: Running, path: str, bare: Running, plan: Plan) -> list[Result]:
    size = _check(ours, path)
    rates: dict[str, list[float]] = {"empty": [], "sized": [], "ours": []}
    for _ in range(plan.rounds):
        for key, port, asked in (
            ("empty", bare.port, "/"),
            ("sized", bare.port, f"/{size}"),
            ("ours", ours.port, path),
        ):
            measured = load.get(port, asked, clients=CLIENTS, seconds=plan.seconds)
            measured.require_all_answered()
            rates[key].append(measured.per_second)
        plan.say(f"{name}: empty {rates['empty'][-1]:,.0f}/s, {size:,} bytes {rates['sized'][-1]:,.0f}/s, "
            f"Matinee {rates['ours'][-1]:,.0f}/s")  # fmt: skip
    what = f"{name} ({size / 1000:,.1f} kB)"
    target = GET_DAY_TARGET if path.startswith("/getDay") else TARGET
    return [
        Result(what, rates["ours"], "/s", rates["empty"], "an empty Flask route", target),
        Result(what, rates["ours"], "/s", rates["sized"], "a Flask route with as many bytes"),
    ]


def _check(server: Running, path: str) -> int:
    """Ask once and look at the answer; return its size in bytes."""
    status, body = fetch(server.port, path)
    said = json.loads(body)
    films = said.get("day") or [film for day in said.get("schedule", {}).values() for film in day]
    if (
        status != 200
        or said["message"] != "success"
        or not all(film["aviableTikets"] for film in films)
        or not films
    ):
        raise RuntimeError(f"{path} answered {status}: {body[:200]!r}")
    return len(body)


def _bridge(bare: Running, wsgi: Running, plan: Plan) -> Result:
    ours: list[float] = []
    beside: list[float] = []
    for _ in range(plan.rounds):
        for rates, server in ((beside, wsgi), (ours, bare)):
            measured = load.get(server.port, "/", clients=CLIENTS, seconds=plan.seconds)
            measured.require_all_answered()
            rates.append(measured.per_second)
    return Result("empty route, as we serve it", ours, "/s", beside, "granian's own WSGI interface")
