"""Buyers who all want the same few seats, in a process of its own: each on a connection that stays open to the end.

`python -m benchmarks.rush_load PORT SCREENING FIRST_DAY FIRST_BUYER BUYERS BEGINS_AT ARRIVE_SECONDS WAY...` prints how each
fared as JSON. BEGINS_AT is of `time.monotonic`; within ARRIVE_SECONDS from then on all of them come.
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import sys
import time
import uuid
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast

import uvloop

from benchmarks.http_client import Answer, Line
from benchmarks.rush_seed import TIME, TITLE, day_of, labels

Way = Literal["buy", "chosen", "best"]
WAYS: tuple[Way, ...] = ("buy", "chosen", "best")
Outcome = Literal["tickets", "sold out", "gave up", "fault"]
# Who has lost so many seats to others has had enough.
TRIES_MAX = 8
# How long who has a hold takes to pay for it, at the least and at the most: people type, and a rush is over by then. A
# connection that says nothing for thirty seconds is closed.
PAYING_SECONDS = (15.0, 27.0)
# Of files that a process has open beside its connections.
OTHER_FILES = 100
LABELS = labels()


@dataclass(slots=True)
class Fared:
    """How one buyer fared. Seconds: from when he came until he knew: he has a ticket, or seats that are held for him, or
    none; `name`: of the ticket, or the order's code.
    """

    way: Way
    outcome: Outcome
    seconds: float = 0.0
    requests: int = 0
    seat: str = ""
    name: str = ""
    fault: str = ""


class Buyer:
    """One person with a connection."""

    def __init__(self, port: int, number: int, screening: int, first_day: str, way: Way) -> None:
        self._line = Line(port)
        self._number = number
        self._screening = screening
        self._day = day_of(screening, first_day)
        self._chance = random.Random(number)
        self._bearer = {"Authorization": f"Bearer token-{number}"}
        self._fared = Fared(way, "fault")
        self._comes_at = 0.0

    async def live(self, comes_at: float) -> Fared:
        """Come, and stay until there is a final answer."""
        self._comes_at = comes_at
        await asyncio.sleep(max(0.0, comes_at - time.monotonic()))
        try:
            await self._shop()
        except (OSError, ValueError, TimeoutError) as error:
            self._fared.fault = repr(error)
        self._note_answer()
        return self._fared

    def _note_answer(self) -> None:
        if not self._fared.seconds:
            self._fared.seconds = time.monotonic() - self._comes_at

    async def _shop(self) -> None:
        for _ in range(TRIES_MAX):
            seen = await self._ask("GET", f"/api/v1/screenings/{self._screening}/seats")
            free = sorted({*LABELS} - {*_said(seen, 200)["taken"]})
            if not free:
                self._fared.outcome = "sold out"
                return
            wanted = self._chance.choice(free)
            if await (self._buy(wanted) if self._fared.way == "buy" else self._hold(wanted)):
                self._fared.outcome = "tickets"
                return
        self._fared.outcome = "gave up"

    async def _buy(self, label: str) -> bool:
        headers = {
            "token": f"token-{self._number}",
            "username": f"user{self._number}@example.org",
            "date": self._day,
            "title": TITLE,
            "time": TIME,
            "number": label,
        }
        answer = await self._ask("POST", "/buyTicket", headers=headers)
        if answer.status == 404 and answer.said["message"] == "Seat not found":
            return False
        self._fared.seat, self._fared.name = label, _said(answer, 200)["data"]["id"]
        return True

    async def _hold(self, label: str) -> bool:
        choice = (
            {"seats": [{"label": label}]} if self._fared.way == "chosen" else {"best_available": {"count": 1}}
        )
        answer = await self._ask_keyed("/api/v1/holds", {"screening": self._screening, **choice})
        if answer.status == 409 and answer.said["code"] in ("unavailable", "orphan", "not_enough_seats"):
            return False
        hold = _said(answer, 201)
        self._note_answer()
        await asyncio.sleep(self._chance.uniform(*PAYING_SECONDS))
        _said(await self._ask_keyed("/api/v1/orders", {"hold": hold["code"]}), 201)
        paid = await self._ask_keyed(f"/api/v1/orders/{hold['code']}/payments", {"provider": "free"})
        if _said(paid, 201)["state"] != "settled":
            raise ValueError(f"an order that costs nothing: {paid}")
        (seat,) = hold["seats"]
        self._fared.seat, self._fared.name = seat["label"], hold["code"]
        return True

    async def _ask_keyed(self, path: str, body: dict[str, Any]) -> Answer:
        headers = {**self._bearer, "Idempotency-Key": str(uuid.uuid4())}
        return await self._ask("POST", path, headers=headers, json_body=body)

    async def _ask(self, method: str, path: str, **more: Any) -> Answer:
        self._fared.requests += 1
        return await self._line.ask(method, path, **more)


def _said(answer: Answer, status: int) -> Any:
    if answer.status != status:
        raise ValueError(f"not {status}: {answer}")
    return answer.said


async def _rush(buyers: list[Buyer], begins_at: float, arrive_seconds: float) -> list[Fared]:
    step = arrive_seconds / len(buyers)
    return await asyncio.gather(*(buyer.live(begins_at + place * step) for place, buyer in enumerate(buyers)))


def _allow_files(count: int) -> None:
    """Raises ValueError where the machine does not allow so many."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (max(count, 1024) if most == resource.RLIM_INFINITY else most, most)
    )
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < count:
        raise ValueError(f"{count} open files are needed, {most} are allowed: raise the limit (ulimit -n)")


if __name__ == "__main__":
    port, screening, first_day, first_buyer, count, begins_at, arrive_seconds, *ways = sys.argv[1:]
    _allow_files(int(count) + OTHER_FILES)
    numbers = range(int(first_buyer), int(first_buyer) + int(count))
    everybody = [
        Buyer(int(port), number, int(screening), first_day, cast(Way, ways[number % len(ways)]))
        for number in numbers
    ]
    # What plays the buyers takes from the cores on which the server runs: the quicker loop leaves more of them.
    fared = uvloop.run(_rush(everybody, float(begins_at), float(arrive_seconds)))
    print(json.dumps([asdict(each) for each in fared]))
