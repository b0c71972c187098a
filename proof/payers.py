"""Buyers who pay through a provider: in time, late, or not at all; and give tickets back."""

from __future__ import annotations

import random
import threading
import time

from proof.asking import Asked, Line
from proof.committed import end_holds
from proof.history import Record, Try, unknown_owner
from proof.house import House, Showing
from proof.people import Person
from tests.payments.fake_stripe import FakeStripe

# Shares of what a payer does at the provider's page.
PAYS, PAYS_LATE, PAYS_BY_BANK = 0.45, 0.3, 0.15
GIVES_BACK = 0.5
# How long a payer looks whether the order is paid.
LOOKS_SECONDS_MAX = 6.0
PAYMENTS_MAX = 3
LAST_ANSWERS_SECONDS_MAX = 45.0


class Payer(Person):
    """One after the other until `over`. `records` is what was answered."""

    def __init__(
        self,
        house: House,
        number: int,
        *,
        port: int,
        url: str,
        stripe: FakeStripe,
        seed: int,
        over: threading.Event,
    ) -> None:
        super().__init__()
        self._name, token = house.people[number]
        self._house = house
        self._url = url
        self._stripe = stripe
        self._over = over
        self._chance = random.Random(f"{seed}/{number}")
        # Whoever has begun a payment asks on until it is answered.
        self._line = Line(port, {"Authorization": f"Bearer {token}"}, may_go_on=self._may_ask)
        self.records: list[Record] = []
        self.late = 0
        self.begun_again = 0
        self.begun_late = 0
        self.never_begun = 0
        self._asks_until = float("inf")

    def _shop(self) -> None:
        while not self._over.is_set():
            # All want the same few, so that what ran out is soon another's.
            showing = self._chance.choice(self._house.priced[:2])
            first, count = self._chance.randrange(len(self._house.labels)), self._chance.randint(1, 2)
            seats = tuple(self._house.labels[first : first + count])
            self._live(showing, seats)
            time.sleep(self._chance.uniform(0, 0.3))

    def _may_ask(self) -> bool:
        if self._over.is_set():
            self._asks_until = min(self._asks_until, time.monotonic() + LAST_ANSWERS_SECONDS_MAX)
        return time.monotonic() < self._asks_until

    def is_overtaken_by(self, other: Payer, showing: Showing, label: str) -> bool:
        """Begin to pay for a seat, let the time run out, see the other hold it, and pay all the same.

        For threads that have not begun or have ended. False where the seat is not to be had, or the page of the provider is
        closed meanwhile.
        """
        code = self._hold(showing, (label,))
        if code is None:
            return False
        asked = self._begin_to_pay(code)
        end_holds(self._url, code)
        if asked.result != "done" or other._hold(showing, (label,)) is None:
            return False
        return self._pay_at_provider(code, showing, (label,), asked, by_bank=False)

    def _live(self, showing: Showing, seats: tuple[str, ...]) -> None:
        code = self._hold(showing, seats)
        if code is None:
            return
        asked = self._begin_to_pay(code)
        if asked.result == "done":
            self._pay(code, showing, seats, asked)
        elif asked.result == "unknown":
            self.never_begun += 1

    def _hold(self, showing: Showing, seats: tuple[str, ...]) -> str | None:
        """The code of the order; None where the seats are not to be had."""
        wanted = {"screening": showing.id, "seats": [{"label": label} for label in seats]}
        held = self._line.ask("POST", "/api/v1/holds", wanted)
        if held.result != "done":
            not_free = tuple(held.body.get("seats", ())) if held.body.get("code") == "unavailable" else ()
            owner = unknown_owner(self._name, seats)
            self._note("hold", owner, showing, seats, result=held.result, tries=held.tries, not_free=not_free)
            return None
        code = str(held.body["code"])
        self._note("hold", code, showing, seats, result="done", tries=held.tries)
        return code

    def _begin_to_pay(self, code: str) -> Asked:
        # A payment that the provider refuses, or fails for good, is followed by another, with a key of its own.
        for _ in range(PAYMENTS_MAX):
            asked = self._line.ask("POST", f"/api/v1/orders/{code}/payments", {"provider": "stripe"})
            self.begun_late += len(asked.tries) > 1
            if asked.body.get("code") != "payment_refused":
                break
            self.begun_again += 1
        return asked

    def _pay(self, code: str, showing: Showing, seats: tuple[str, ...], asked: Asked) -> None:
        what = self._chance.random()
        if what > PAYS + PAYS_LATE + PAYS_BY_BANK:
            return
        if PAYS <= what < PAYS + PAYS_LATE:
            self._let_time_run_out(code)
        self._pay_at_provider(code, showing, seats, asked, by_bank=what >= PAYS + PAYS_LATE)

    def _pay_at_provider(
        self, code: str, showing: Showing, seats: tuple[str, ...], asked: Asked, *, by_bank: bool
    ) -> bool:
        """Whether the provider was paid; what becomes of the order is noted."""
        session = asked.body["redirect_url"].rsplit("/", 1)[1]
        begin = time.monotonic()
        with self._stripe.lock:
            # The worker may have closed the page of an order that ran out.
            if self._stripe.account.session(session)["status"] != "open":
                return False
            self._stripe.account.pay(session, by_bank=by_bank)
            if by_bank:
                self._stripe.account.bank_answers(session, paid=self._chance.random() < 0.7)
        paid = self._is_paid(code)
        tries = [Try(begin, time.monotonic(), 200 if paid else 0)]
        self._note("pay", code, showing, seats, result="done" if paid else "unknown", tries=tries)
        if paid and self._chance.random() < GIVES_BACK:
            back = self._line.ask("POST", f"/api/v1/orders/{code}/refunds", {"reason": "ill"})
            self._note("refund", code, showing, seats, result=back.result, tries=back.tries)
        return True

    def _let_time_run_out(self, code: str) -> None:
        end_holds(self._url, code)
        self.late += 1
        # Another may take the seats meanwhile, or the worker close the page.
        time.sleep(self._chance.uniform(0, 1.5))

    def _is_paid(self, code: str) -> bool:
        deadline = time.monotonic() + LOOKS_SECONDS_MAX
        while time.monotonic() < deadline:
            seen = self._line.ask("GET", f"/api/v1/orders/{code}", keyed=False)
            if seen.body.get("state") == "paid":
                return True
            time.sleep(0.2)
        return False

    def _note(
        self, kind: str, owner: str, showing: Showing, seats: tuple[str, ...], *, result: str, tries: list[Try],
        not_free: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self.records.append(
            Record(self._name, kind, owner, showing.id, seats, result, tuple(tries), not_free=not_free)
        )
