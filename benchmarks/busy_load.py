"""Purchases at a steady pace while others read, in a process of its own; and buyers who look for what they bought at once.

`python -m benchmarks.busy_load PORT FIRST_DAY DAY SOLD_BESIDE SECONDS` prints what it came to as JSON. DAY: the day that is
read, counted from 0; SOLD_BESIDE: how many seats of the other days are sold already.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass, field

from benchmarks.busy_seed import LOOKERS, USERS, day_named, purchase, seat_beside, seat_of_day
from benchmarks.http_client import Line, Lines
from benchmarks.pacing import keep_pace

PURCHASES_PER_SECOND, LOOKS_PER_SECOND = 200.0, 5.0
# Of the purchases, one in so many is for the day that is read.
OF_THE_DAY = 10
BUYING_LINES = 16
# A buyer asks on each of them, so that other processes than the one that sold to him answer, too.
LOOKING_LINES = 4


@dataclass(slots=True)
class Sold:
    """What it came to."""

    # The tickets that were acknowledged, when (of `time.monotonic`), and the seconds since each purchase was due.
    tickets: list[str] = field(default_factory=list)
    answered_at: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    # Tickets of the buyers who looked, and answers that were looked at.
    looked_for: list[str] = field(default_factory=list)
    looks: int = 0
    # Answers in which a seat was free that had been bought before the question.
    missed: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    sold_beside: int = 0


class Load:
    """The purchases, and the buyers who look."""

    def __init__(self, port: int, first_day: str, day: int, sold_beside: int) -> None:
        self._lines = Lines(port, BUYING_LINES)
        self._looking = [Line(port) for _ in range(LOOKING_LINES)]
        self._is_looking = asyncio.Lock()
        self._first_day = first_day
        self._day = day
        self._sold_of_day = 0
        self._number = 0
        self.sold = Sold(sold_beside=sold_beside)

    async def buy(self, due: float) -> None:
        """One of the steady purchases."""
        self._number += 1
        user = self._number * 7919 % USERS + 1
        try:
            ticket = await self._buy(*self._next_seat(), user=user)
        except (OSError, ValueError, TimeoutError) as error:
            self.sold.faults.append(f"a purchase: {error!r}")
            return
        now = time.monotonic()
        self.sold.tickets.append(ticket)
        self.sold.answered_at.append(now)
        self.sold.seconds.append(now - due)

    async def look(self, _due: float) -> None:
        """Somebody buys a seat of the day that is read, and at once reads the day."""
        screening, label = self._next_of_day()
        user = USERS + self._sold_of_day % LOOKERS + 1
        try:
            self.sold.looked_for.append(await self._buy(screening, label, user=user))
            async with self._is_looking:
                await asyncio.gather(*(self._look_for(line, screening, label) for line in self._looking))
        except (OSError, ValueError, TimeoutError) as error:
            self.sold.faults.append(f"a buyer who looks: {error!r}")

    async def _look_for(self, line: Line, screening: int, label: str) -> None:
        answer = await line.ask("GET", f"/getDay?date={day_named(self._first_day, self._day)}")
        if answer.status != 200:
            raise ValueError(f"getDay: {answer}")
        (film,) = (each for each in answer.said["day"] if each["screening"] == screening)
        self.sold.looks += 1
        if int(label) in film["aviableTikets"]:
            self.sold.missed.append(f"seat {label} of screening {screening}")

    async def _buy(self, screening: int, label: str, *, user: int) -> str:
        headers = purchase(screening, label, user=user, first_day=self._first_day)
        async with self._lines.lent() as line:
            answer = await line.ask("POST", "/buyTicket", headers=headers)
        if answer.status != 200:
            raise ValueError(str(answer))
        return str(answer.said["data"]["id"])

    def _next_seat(self) -> tuple[int, str]:
        if self._number % OF_THE_DAY == 0:
            return self._next_of_day()
        self.sold.sold_beside += 1
        return seat_beside(self.sold.sold_beside - 1)

    def _next_of_day(self) -> tuple[int, str]:
        self._sold_of_day += 1
        return seat_of_day(self._day, self._sold_of_day - 1)


async def _load(port: int, first_day: str, day: int, sold_beside: int, seconds: float) -> Sold:
    load = Load(port, first_day, day, sold_beside)
    ends_at = time.monotonic() + seconds
    await asyncio.gather(
        keep_pace(PURCHASES_PER_SECOND, load.buy, ends_at=ends_at),
        keep_pace(LOOKS_PER_SECOND, load.look, ends_at=ends_at),
    )
    return load.sold


if __name__ == "__main__":
    port, first_day, *numbers, seconds = sys.argv[1:]
    day, sold_beside = (int(text) for text in numbers)
    print(json.dumps(asdict(asyncio.run(_load(int(port), first_day, day, sold_beside, float(seconds))))))
