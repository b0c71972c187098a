"""Buyers in a process of their own: they hold, pay, give up, give back and buy, and write down what they were answered.

Run as a module it is that process: it is told on its standard input what to do, and goes on until that is closed. The
standard library alone, so that it starts quickly.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from datetime import datetime
from typing import Any

from proof.asking import Asked, Line
from proof.history import Record, unknown_owner
from proof.people import Person

# After the end, who has no answer asks for so long.
LAST_ANSWERS_SECONDS_MAX = 45.0
# A buyer looks at so many screenings at once, and goes on to later ones once seats are rarely free.
WINDOW = 2
REFUSALS_MAX = 4
# Shares of what a holder does next.
PAYS, RELEASES = 0.6, 0.2
GIVES_BACK = 0.35


class Buyer(Person):
    """Holds, pays, gives up, gives back and buys until `over`."""

    def __init__(self, plan: dict[str, Any], number: int, over: threading.Event, write: Any) -> None:
        super().__init__()
        self._name, token = plan["people"][number]
        self._plan = plan
        self._over = over
        self._write = write
        self._chance = random.Random(f"{plan['seed']}/{number}")
        self._asks_until = float("inf")
        self._line = Line(plan["port"], {"Authorization": f"Bearer {token}"}, may_go_on=self._may_ask)
        self._given = Line(
            plan["port"], {"username": self._name, "token": token}, may_go_on=lambda: not over.is_set()
        )
        self._first = 0
        self._refusals = 0

    def _shop(self) -> None:
        while not self._over.is_set():
            showing = self._showing()
            (self._hold if showing["priced"] else self._buy)(showing)
            time.sleep(self._chance.uniform(0, 2 * self._plan["rest_seconds"]))

    def _may_ask(self) -> bool:
        if not self._over.is_set():
            return True
        self._asks_until = min(self._asks_until, time.monotonic() + LAST_ANSWERS_SECONDS_MAX)
        return time.monotonic() < self._asks_until

    def _showing(self) -> dict[str, Any]:
        showings: list[dict[str, Any]] = self._plan["showings"]
        if self._refusals >= REFUSALS_MAX and self._first + WINDOW < len(showings):
            self._first += 1
            self._refusals = 0
        return self._chance.choice(showings[self._first : self._first + WINDOW])

    def _seats(self, most: int) -> tuple[str, ...]:
        labels = self._plan["labels"]
        first, count = self._chance.randrange(len(labels)), self._chance.randint(1, most)
        return tuple(labels[first : first + count])

    def _hold(self, showing: dict[str, Any]) -> None:
        seats = self._seats(3)
        wanted = {"screening": showing["id"], "seats": [{"label": label} for label in seats]}
        held = self._line.ask("POST", "/api/v1/holds", wanted)
        owner = held.body.get("code") if held.result == "done" else unknown_owner(self._name, seats)
        expires = None
        if held.result == "done":
            self._refusals = 0
            left = datetime.fromisoformat(held.body["expires_at"]).timestamp() - time.time()
            expires = time.monotonic() + left
        else:
            self._refusals += 1
        self._note("hold", str(owner), showing, seats, held, expires=expires)
        if held.result == "done":
            self._go_on(str(owner), showing, seats)

    def _go_on(self, code: str, showing: dict[str, Any], seats: tuple[str, ...]) -> None:
        what = self._chance.random()
        if what < PAYS:
            taken = self._line.ask(
                "POST", f"/api/v1/orders/{code}/payments", {"provider": "counter", "received": True}
            )
            self._note("pay", code, showing, seats, taken)
            if taken.result == "done" and self._chance.random() < GIVES_BACK:
                back = self._line.ask("POST", f"/api/v1/orders/{code}/refunds", {"reason": "ill"})
                self._note("refund", code, showing, seats, back)
        elif what < PAYS + RELEASES:
            # No key: released is released.
            gone = self._line.ask("DELETE", f"/api/v1/holds/{code}", keyed=False)
            self._note("release", code, showing, seats, gone)

    def _buy(self, showing: dict[str, Any]) -> None:
        seats = self._seats(2)
        asked = {"date": showing["date"], "title": showing["title"], "time": showing["time"]}
        one = len(seats) == 1
        asked["number"] = seats[0] if one else json.dumps(seats)
        path = "/buyTicket" if one else "/buyManyTikets"
        # This API knows no keys: who is left without an answer may have the seats or not.
        bought = self._given.ask("POST", path, headers=asked, keyed=False, repeat=False)
        self._refusals = 0 if bought.result == "done" else self._refusals + 1
        tickets = {}
        if bought.result == "done":
            data = bought.body["data"]
            tickets = {
                str(each["number"]): each["id"] for each in (data if isinstance(data, list) else [data])
            }
        self._note("buy", unknown_owner(self._name, seats), showing, seats, bought, tickets=tickets)

    def _note(
        self,
        kind: str,
        owner: str,
        showing: dict[str, Any],
        seats: tuple[str, ...],
        asked: Asked,
        **more: Any,
    ) -> None:
        not_free: tuple[str, ...] = ()
        if asked.result == "refused" and kind == "hold":
            not_free = tuple(asked.body.get("seats", ())) if asked.body.get("code") == "unavailable" else ()
        elif asked.result == "refused" and kind == "buy" and asked.status == 404 and len(seats) == 1:
            not_free = seats
        self._write(
            Record(
                buyer=self._name, kind=kind, owner=owner, screening=showing["id"], seats=seats,
                result=asked.result, tries=tuple(asked.tries), not_free=not_free, **more,
            )
        )  # fmt: skip


def _play() -> None:
    plan = json.loads(sys.stdin.readline())
    over = threading.Event()
    lock = threading.Lock()
    with open(plan["history"], "a", encoding="utf-8") as file:

        def write(record: Record) -> None:
            with lock:
                file.write(record.line() + "\n")
                file.flush()

        buyers = [Buyer(plan, number, over, write) for number in range(len(plan["people"]))]
        for buyer in buyers:
            buyer.start()
        sys.stdin.read()
        over.set()
        for buyer in buyers:
            buyer.wait()


if __name__ == "__main__":
    _play()
