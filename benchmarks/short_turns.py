"""Asking several servers for the same page, in turns so short that the busy moments of a machine meet all of them alike."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from benchmarks.http_client import Line
from benchmarks.load import Measured
from benchmarks.pacing import shares

TURN_SECONDS = 0.1


def measure_in_short_turns(
    ports: Mapping[int, int], path: str, *, headers: Mapping[str, str], clients: int, seconds: float
) -> dict[int, Measured]:
    """GET the path of each server (named by anything that can be sorted) for so long, on as many connections as clients.

    RuntimeError where an answer is not 200, OSError or TimeoutError where there is none.
    """
    return asyncio.run(_measure(ports, path, headers, clients, seconds))


async def _measure(
    ports: Mapping[int, int], path: str, headers: Mapping[str, str], clients: int, seconds: float
) -> dict[int, Measured]:
    took: dict[int, list[float]] = {name: [] for name in ports}
    spent = dict.fromkeys(ports, 0.0)
    number = 0
    while min(spent.values()) < seconds:
        for name in sorted(ports, reverse=bool(number % 2)):
            spent[name] += await _turn(ports[name], path, headers, clients, took[name])
        number += 1
    return {name: _measured(took[name], spent[name]) for name in ports}


async def _turn(port: int, path: str, headers: Mapping[str, str], clients: int, took: list[float]) -> float:
    # Connections of its own: a few that stayed would all be with one of a server's processes for as long as it is
    # measured, or with each as many, as it happens, and that alone makes a third of the rate.
    lines = [Line(port) for _ in range(clients)]
    began = time.monotonic()

    async def ask_on(line: Line) -> None:
        while (asked := time.monotonic()) < began + TURN_SECONDS:
            answer = await line.ask("GET", path, headers=headers)
            if answer.status != 200:
                raise RuntimeError(f"{path} answered {answer}")
            took.append(time.monotonic() - asked)

    try:
        await asyncio.gather(*map(ask_on, lines))
        return time.monotonic() - began
    finally:
        for line in lines:
            line.close()


def _measured(took: list[float], spent: float) -> Measured:
    ms_50, ms_99 = shares(took)
    return Measured(len(took), len(took) / spent, 0, 0, ms_50, ms_99)
