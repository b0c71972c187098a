"""Carries a payment provider's notices to the web server as badly as providers do: late, twice, out of order."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections import Counter
from typing import Any

from tests.payments.fake_stripe import FakeStripe, signed

PATH = "/api/v1/payment-notices/stripe"
COPIES = (1, 1, 2, 3)
DELAY_SECONDS_MAX = 3.0
ROUND_SECONDS = 0.05
# A provider sends again what was not answered with success.
AGAIN_SECONDS = 1.0
LAST_ROUNDS_SECONDS_MAX = 60.0


class Postman(threading.Thread):
    """Until `end`, which first delivers what is left."""

    def __init__(self, stripe: FakeStripe, port: int, *, seed: int) -> None:
        super().__init__(daemon=True)
        self._stripe = stripe
        self._port = port
        self._chance = random.Random(seed)
        self._over = threading.Event()
        self._taken = 0
        # When it is due, its place among all notices, and what it says.
        self._waiting: list[tuple[float, int, dict[str, Any]]] = []
        self._latest = -1
        self.met: Counter[str] = Counter()

    def run(self) -> None:
        while not self._over.is_set():
            self._round()
            time.sleep(ROUND_SECONDS)

    def end(self) -> None:
        """Deliver everything, and stop."""
        self._over.set()
        self.join()
        deadline = time.monotonic() + LAST_ROUNDS_SECONDS_MAX
        self._take_new()
        while self._waiting and time.monotonic() < deadline:
            self._round()
            time.sleep(ROUND_SECONDS)
        assert not self._waiting, f"{len(self._waiting)} notices were never taken"

    def _take_new(self) -> None:
        events = self._stripe.account.events
        for place in range(self._taken, len(events)):
            copies = self._chance.choice(COPIES)
            self.met["notices sent twice"] += copies - 1
            for _ in range(copies):
                due = time.monotonic() + self._chance.uniform(0, DELAY_SECONDS_MAX)
                self._waiting.append((due, place, events[place]))
        self._taken = len(events)

    def _round(self) -> None:
        self._take_new()
        now = time.monotonic()
        due = [each for each in self._waiting if each[0] <= now]
        self._waiting = [each for each in self._waiting if each[0] > now]
        for _, place, event in sorted(due, key=lambda each: each[0]):
            if not self._deliver(event):
                self.met["notices sent again"] += 1
                self._waiting.append((now + AGAIN_SECONDS, place, event))
                continue
            self.met["notices"] += 1
            self.met["notices out of order"] += place < self._latest
            self._latest = max(self._latest, place)

    def _deliver(self, event: dict[str, Any]) -> bool:
        # Signed when it is sent, as Stripe does.
        body, headers = signed(event, at=int(time.time()))
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=25)
        try:
            connection.request("POST", PATH, body=body, headers=headers)
            status = connection.getresponse().status
            self.met[f"answered {status}"] += 1
            return status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
