"""The load of the soak, in a process of its own: people who buy, hold, pay, look and come in, at a steady pace.

`python -m benchmarks.soak_load PORT FIRST_DAY SECONDS PACE ACKNOWLEDGED` prints a line of JSON every ten seconds: what was
done since the last, how long it took, and what went wrong. The file ACKNOWLEDGED gets a line for all that was acknowledged.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from itertools import cycle
from pathlib import Path
from typing import TextIO

from benchmarks.http_client import Lines
from benchmarks.pacing import keep_pace, shares
from benchmarks.soak_deeds import Deeds

TICK_SECONDS = 10.0
LINES = 24
# A crowd comes first. All connections that there may be are then open, and every thread has done most of what there is to
# do: what grows afterwards does grow.
CROWD_SECONDS = 60.0
# Deeds a second. A purchase is cheap, but brings a mail with a picture: that is more than half of all the work.
PACES = {
    "buy": 20.0,
    "ask for a seat that is sold": 1.0,
    "hold": 3.0,
    "getDay": 5.0,
    "seats": 10.0,
    "page": 2.0,
    "scan": 4.0,
    "list of a door": 0.2,
    "house today": 0.3,
    "metrics": 0.1,
}
FAULTS_TOLD_MAX = 5


class Tally:
    """What was done since the last line."""

    def __init__(self) -> None:
        self._seconds: dict[str, list[float]] = {}
        self._faults: Counter[str] = Counter()

    async def time(self, kind: str, deed: Callable[[], Awaitable[None]], due: float) -> None:
        """Do it, and keep how long it took from the moment at which it was due, or what went wrong."""
        try:
            await deed()
        except Exception as error:  # noqa: BLE001 - told with the line; the run fails by it
            self._faults[f"{kind}: {type(error).__name__}: {error}"] += 1
        else:
            self._seconds.setdefault(kind, []).append(time.monotonic() - due)

    def take(self, at_seconds: float, *, last: bool = False) -> dict[str, object]:
        """The line, and begin the next one. `last`: of what was still under way at the end."""
        kinds = {}
        for kind, seconds in self._seconds.items():
            ms_50, ms_99 = shares(seconds)
            kinds[kind] = {"count": len(seconds), "ms_50": round(ms_50, 2), "ms_99": round(ms_99, 2)}
        every = [each for seconds in self._seconds.values() for each in seconds]
        line: dict[str, object] = {
            "at": round(at_seconds, 1),
            "last": last,
            "count": len(every),
            "ms_99": round(shares(every)[1], 2),
            "kinds": kinds,
            "fault_count": sum(self._faults.values()),
            "faults": [f"{number} x {told}" for told, number in self._faults.most_common(FAULTS_TOLD_MAX)],
        }
        self._seconds, self._faults = {}, Counter()
        return line


async def _load(port: int, first_day: str, seconds: float, pace: float, acknowledged: TextIO) -> None:
    began = time.monotonic()
    ends_at = began + seconds
    tally = Tally()
    deeds = Deeds(Lines(port, LINES), first_day, acknowledged)
    of_kind: dict[str, Callable[[], Awaitable[None]]] = {
        "buy": deeds.buy,
        "ask for a seat that is sold": deeds.ask_for_sold_seat,
        "hold": deeds.hold,
        "getDay": deeds.read_day,
        "seats": deeds.read_seats,
        "page": deeds.look_at_page,
        "scan": deeds.scan,
        "list of a door": deeds.read_door_list,
        "house today": deeds.look_at_house,
        "metrics": deeds.read_metrics,
    }

    def paced(kind: str) -> Awaitable[None]:
        return keep_pace(
            PACES[kind] * pace, lambda due: tally.time(kind, of_kind[kind], due), ends_at=ends_at
        )

    async def tell() -> None:
        while (left := ends_at - time.monotonic()) > 0:
            await asyncio.sleep(min(TICK_SECONDS, left))
            acknowledged.flush()
            print(json.dumps(tally.take(time.monotonic() - began)), flush=True)

    async def come_in_a_crowd() -> None:
        for kind in cycle(("hold", "page", "seats", "getDay")):
            if time.monotonic() > min(began + CROWD_SECONDS, ends_at):
                return
            await tally.time(kind, of_kind[kind], time.monotonic())

    async def all_of_it() -> None:
        # Somebody must have bought before anybody can be let in, or look at the order.
        await deeds.buy()
        await asyncio.gather(*(come_in_a_crowd() for _ in range(LINES)))
        await asyncio.gather(*map(paced, of_kind))

    await asyncio.gather(tell(), all_of_it())
    print(json.dumps(tally.take(time.monotonic() - began, last=True)), flush=True)


if __name__ == "__main__":
    port, first_day, seconds, pace, path = sys.argv[1:]
    with Path(path).open("w", encoding="utf-8") as written:
        asyncio.run(_load(int(port), first_day, float(seconds), float(pace), written))
