"""What the people of the soak do. Each looks at the answer; ValueError where it is not what it should be."""

from __future__ import annotations

import asyncio
import json
import random
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any, TextIO
from urllib.parse import urlsplit

from benchmarks.http_client import Answer, Lines
from benchmarks.soak_house import (
    DAYS,
    FILMS_OF_A_HALL,
    MANAGER_TOKEN,
    SEATS_FREE,
    SHOWS_FREE,
    SHOWS_PRICED,
    SLUG,
    USERS,
    free_seat,
)

METRICS_TOKEN = "token-of-who-watches-the-server"
PAYS = 0.5
RECENT_MAX = 5_000
SALT = "c2FsdC1vZi10aGUtc29haw"
_MANAGER = {"Authorization": f"Bearer {MANAGER_TOKEN}"}
_BROWSER = {"Accept": "text/html", "Accept-Encoding": "gzip"}


class Deeds:
    """One crowd. What was acknowledged is written as it comes: a line of JSON each, with its `kind`."""

    def __init__(self, lines: Lines, first_day: str, acknowledged: TextIO) -> None:
        self._lines = lines
        self._first_day = first_day
        self._acknowledged = acknowledged
        self._chance = random.Random(1)
        self._next_seat = 0
        # Tickets that nobody has come in with, and with their screenings; the newest last.
        self._tickets: list[tuple[str, int]] = []
        self._etags: dict[str, str] = {}
        self._scans = 0
        self._at_the_door = asyncio.Lock()

    async def buy(self) -> None:
        """One seat by the API as given."""
        if self._next_seat >= SEATS_FREE:
            raise ValueError("the house is sold out: let it run for a shorter time")
        seat = free_seat(self._next_seat, self._first_day)
        self._next_seat += 1
        answer = await self._ask("POST", "/buyTicket", headers=seat.headers)
        ticket = _of(answer, 200)["data"]["id"]
        self._note("ticket", ticket=ticket, screening=seat.screening, label=seat.label)
        self._tickets.append((ticket, seat.screening))
        del self._tickets[:-RECENT_MAX]

    async def ask_for_sold_seat(self) -> None:
        """A seat that was sold some time ago is not sold again."""
        number = self._chance.randrange(max(1, self._next_seat - 100))
        answer = await self._ask("POST", "/buyTicket", headers=free_seat(number, self._first_day).headers)
        if answer.status != 404 or answer.said["message"] != "Seat not found":
            raise ValueError(f"a seat that is sold: {answer}")

    async def hold(self) -> None:
        """Two seats; half of those who hold pay, the others let their time run out."""
        user = self._chance.randint(1, USERS)
        mine = {"Authorization": f"Bearer token-{user}"}
        screening = SHOWS_FREE + self._chance.randint(1, SHOWS_PRICED)
        wanted = {"screening": screening, "best_available": {"count": 2}}
        held = _of(await self._ask("POST", "/api/v1/holds", headers=_keyed(mine), json_body=wanted), 201)
        if self._chance.random() < PAYS:
            await self._pay(held["code"], mine)

    async def _pay(self, code: str, mine: dict[str, str]) -> None:
        _of(await self._ask("POST", "/api/v1/orders", headers=_keyed(mine), json_body={"hold": code}), 201)
        path = f"/api/v1/orders/{code}/payments"
        payment = _of(
            await self._ask("POST", path, headers=_keyed(mine), json_body={"provider": "demo"}), 201
        )
        page = urlsplit(payment["redirect_url"])
        answered = await self._ask("POST", f"{page.path}?{page.query}", form="answer=pay")
        if answered.status != 303:
            raise ValueError(f"paying on the demo page: {answered}")
        order = _of(await self._ask("GET", f"/api/v1/orders/{code}", headers=mine), 200)
        if order["state"] != "paid":
            raise ValueError(f"an order that was paid is {order['state']}")
        self._note("order", code=code, seats=2)

    async def read_day(self) -> None:
        """A day of the programme."""
        answer = await self._ask("GET", f"/getDay?date={self._any_day()}")
        if not _of(answer, 200)["day"]:
            raise ValueError("a day without films")

    async def read_seats(self) -> None:
        """Who watches a screening asks again with what he knows."""
        path = f"/api/v1/screenings/{self._chance.randint(1, SHOWS_FREE)}/seats"
        known = self._etags.get(path)
        answer = await self._ask("GET", path, headers={"If-None-Match": known} if known else {})
        if answer.status not in (200, 304):
            raise ValueError(f"{path}: {answer}")
        self._etags[path] = answer.headers["etag"]

    async def look_at_page(self) -> None:
        """A page of the website."""
        ticket, screening = self._chance.choice(self._tickets)
        film = self._chance.randint(1, FILMS_OF_A_HALL)
        paths = (
            "/", f"/?day={self._any_day()}", "/films", f"/films/{film}", f"/screenings/{screening}", "/sign-in",
            f"/tickets/{ticket}", f"/tikets/{ticket}.png", "/feed.xml",
        )  # fmt: skip
        await self._look(self._chance.choice(paths), _BROWSER)

    async def scan(self) -> None:
        """Somebody comes in, with a ticket of the last minutes."""
        if not self._tickets:
            raise ValueError("nobody has a ticket")
        async with self._at_the_door:
            ticket, screening = self._tickets.pop(self._chance.randrange(len(self._tickets)))
            self._scans += 1
            at = datetime.now(UTC).isoformat()
            scan = {"sequence": self._scans, "deed": "scan", "code": ticket, "at": at, "offline": False}
            told = {
                "device": "gate-1",
                "door": "North",
                "device_now": at,
                "screenings": [screening],
                "scans": [scan],
            }
            answer = await self._ask("POST", "/api/v1/door/scans", headers=_MANAGER, json_body=told)
        (result,) = _of(answer, 200)["answers"]
        if result["result"] != "welcome":
            raise ValueError(f"at the door: {result}")
        self._note("admission", ticket=ticket)

    async def read_door_list(self) -> None:
        """A scanner takes along who has bought."""
        screening = self._chance.randint(1, SHOWS_FREE)
        path = f"/api/v1/door/list?screenings={screening}&salt={SALT}"
        await self._look(path, {**_MANAGER, "Accept-Encoding": "gzip"})

    async def look_at_house(self) -> None:
        """The manager looks at the house today."""
        await self._look(f"/backoffice/at/{SLUG}/today", {**_BROWSER, "Cookie": f"token={MANAGER_TOKEN}"})

    async def read_metrics(self) -> None:
        """Who watches over the server asks for its figures."""
        await self._look("/metrics", {"Authorization": f"Bearer {METRICS_TOKEN}"})

    async def _look(self, path: str, headers: dict[str, str]) -> None:
        answer = await self._ask("GET", path, headers=headers)
        if answer.status != 200 or not answer.body:
            raise ValueError(f"{path}: {answer}")

    def _any_day(self) -> str:
        first = date.fromisoformat(self._first_day)
        return (first + timedelta(days=self._chance.randrange(DAYS))).isoformat()

    async def _ask(self, method: str, path: str, **more: Any) -> Answer:
        async with self._lines.lent() as line:
            return await line.ask(method, path, **more)

    def _note(self, kind: str, **facts: object) -> None:
        self._acknowledged.write(json.dumps({"kind": kind, **facts}) + "\n")


def _keyed(headers: dict[str, str]) -> dict[str, str]:
    return {**headers, "Idempotency-Key": str(uuid.uuid4())}


def _of(answer: Answer, status: int) -> Any:
    """What it says. Raises ValueError where it is another than `status`."""
    if answer.status != status:
        raise ValueError(f"not {status}: {answer}")
    return answer.said
