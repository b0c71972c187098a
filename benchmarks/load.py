"""Making many requests: with wrk where it is installed, else with a slower program of our own."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.seed import MANY_SCREENINGS, House
from benchmarks.servers import ROOT

PURCHASES_LUA = Path(__file__).with_name("purchases.lua")
HOLDS_LUA = Path(__file__).with_name("holds.lua")
# An answer that comes later than this is counted as broken. wrk's own limit is 2 s, which slow servers need.
ANSWER_SECONDS_MAX = 60


@dataclass(frozen=True, slots=True)
class Measured:
    """What a load came to. Latencies in milliseconds."""

    requests: int
    per_second: float
    refused: int
    broken: int
    latency_ms_50: float
    latency_ms_99: float

    def require_all_answered(self) -> None:
        """Raise RuntimeError if an answer was no success, a connection broke, or there was no answer at all."""
        if self.refused or self.broken:
            raise RuntimeError(f"{self.refused} answers were no success, {self.broken} connections broke")
        if not self.requests or math.isnan(self.latency_ms_99):
            raise RuntimeError("nothing was answered")


@dataclass(frozen=True, slots=True)
class LoadProgram:
    """What makes the requests."""

    wrk: str | None

    @property
    def described(self) -> str:
        return (
            "wrk"
            if self.wrk
            else "our own in Python, which takes more of the processor than wrk: ratios come out lower"
        )


def load_program() -> LoadProgram:
    """wrk, or ours where it is not there."""
    return LoadProgram(shutil.which("wrk"))


def get(
    port: int, path: str, *, clients: int, seconds: float, headers: Mapping[str, str] | None = None
) -> Measured:
    """GET the same path over and over, on as many connections as clients."""
    return _run(port, path, clients, seconds, [], headers=headers)


def buy(
    port: int,
    *,
    clients: int,
    seconds: float,
    start: int,
    first_day: str,
    house: House = MANY_SCREENINGS,
) -> Measured:
    """Buy the seats from number `start` on, one a request (see `benchmarks.seed`)."""
    counted = [str(start), first_day, *map(str, (house.screenings, house.halls, house.films))]
    counted += [",".join(house.times), str(house.seats if house.sold_one_by_one else 0)]
    return _run(port, "/buyTicket", clients, seconds, counted, script=PURCHASES_LUA)


def hold(port: int, kind: str, *, clients: int, seconds: float, start: int, screenings: range) -> Measured:
    """Hold two seats a request, "chosen" from pair `start` on or the "best" (see `benchmarks.holds_seed`).

    Raises RuntimeError without wrk: our own program does not know holds.
    """
    if load_program().wrk is None:
        raise RuntimeError("holds are measured with wrk alone")
    counted = [kind, *map(str, (start, len(screenings), screenings.start))]
    return _run(port, "/api/v1/holds", clients, seconds, counted, script=HOLDS_LUA)


def _run(
    port: int,
    path: str,
    clients: int,
    seconds: float,
    arguments: list[str],
    *,
    script: Path | None = None,
    headers: Mapping[str, str] | None = None,
) -> Measured:
    wrk = load_program().wrk
    url = f"http://127.0.0.1:{port}{path}"
    sent = [f"{name}: {value}" for name, value in (headers or {}).items()]
    if wrk is not None:
        command = [wrk, "-t1", f"-c{clients}", f"-d{max(1, round(seconds))}s", "--latency"]
        command += ["--timeout", f"{ANSWER_SECONDS_MAX}s", *(["-s", str(script)] if script else [])]
        command += [word for each in sent for word in ("-H", each)]
        command += [url, *(["--", *arguments] if arguments else [])]
    else:
        program = [sys.executable, "-m", "benchmarks.python_load"]
        command = [*program, url, str(clients), str(seconds), *arguments, *sent]
    made = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if made.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {made.stderr or made.stdout}")
    return read_report(made.stdout)


def read_report(text: str) -> Measured:
    """The figures of wrk's report; our own program writes the same lines."""
    total = re.search(r"(\d+) requests in ", text)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    if total is None or rate is None:
        raise RuntimeError(f"not a report of wrk: {text}")
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    return Measured(
        requests=int(total[1]),
        per_second=float(rate[1]),
        refused=int(refused[1]) if refused else 0,
        broken=sum(int(count) for count in broken.groups()) if broken else 0,
        latency_ms_50=_milliseconds(text, "50%"),
        latency_ms_99=_milliseconds(text, "99%"),
    )


def _milliseconds(text: str, share: str) -> float:
    found = re.search(rf"^\s*{share}\s+([\d.]+)(us|ms|s)", text, re.MULTILINE)
    if found is None:
        return float("nan")
    return float(found[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[found[2]]
