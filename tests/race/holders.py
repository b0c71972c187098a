"""People who hold seats, in processes of their own: they pay in time, late, twice or not at all, and give tickets back.

Run as a module it is one such process: it is told on its standard input how many it plays, answers "ready", waits for "go"
and writes at the end how often what happened. What no rule of the box office foresees is an error, and is told, too.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session, sessionmaker

from matinee.boxoffice.checkout import intend_payment
from matinee.boxoffice.holds import (
    Holder,
    HoldTerms,
    extend_hold,
    hold_seats,
    release_expired_holds,
    release_hold,
)
from matinee.boxoffice.models import Order, Ticket
from matinee.boxoffice.offers import SeatChoice
from matinee.boxoffice.promo_codes import apply_promo_code
from matinee.boxoffice.refunds import refund_order, refund_tickets
from matinee.boxoffice.rules import ChoiceRules
from matinee.boxoffice.settlement import settle_payment
from matinee.boxoffice.vouchers import pay_with_voucher
from matinee.db.engine import database_url, engine_options, prepare_engine
from matinee.db.transaction import Transactions
from matinee.db.version import Change
from matinee.kernel import clock
from matinee.kernel.errors import DomainError

THREADS = 12
SWEEP_PAUSE_SECONDS = 0.05
RULES = ChoiceRules(orphans=False, companions=False)
Result = TypeVar("Result")


class _NoVersion:
    """Nobody reads a schedule here."""

    def current(self) -> object:
        return object()

    def move(self, change: Change = Change.ANYTHING) -> None:
        """Nothing is kept under it."""


class Player:
    """Plays the lives of holders, one after the other in each thread."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self._plan = plan
        url = database_url(plan["url"])
        engine = create_engine(url, **engine_options(url, THREADS + 2))
        prepare_engine(engine)
        sessions = sessionmaker(engine, expire_on_commit=False)
        self._transactions = Transactions(
            sessions, _NoVersion(), one_writer=url.get_backend_name() == "sqlite"
        )
        self._lock = threading.Lock()
        self.happened: Counter[str] = Counter()
        self.errors: list[str] = []

    def live(self, seed: int) -> None:
        """One holder's life. A refusal ends it, or that part of it; anything else is kept as an error."""
        chance = random.Random(seed)
        try:
            self._live(chance)
        except DomainError as refusal:
            self._note(f"refused: {refusal.code}")
        except Exception:  # noqa: BLE001 - told to the test, which fails
            with self._lock:
                self.errors.append(traceback.format_exc())

    def sweep(self) -> None:
        """Tidy up what ran out."""
        self._note("swept", self._write(lambda session: release_expired_holds(session, now=clock.now())))

    def _live(self, chance: random.Random) -> None:
        order_id = self._hold(chance)
        for part in (self._discount, self._spend_voucher, self._extend):
            if chance.random() < 0.3:
                self._try(part, order_id)
        if chance.random() < 0.1:
            self._on(
                order_id,
                lambda session, order: release_hold(session, order=order, actor="holder", now=clock.now()),
            )
            self._note("released")
            return
        payments = [self._intend(order_id, chance) for _ in range(2 if chance.random() < 0.2 else 1)]
        # Some of these come when the hold has long run out, and its seats are another's.
        time.sleep(chance.uniform(0, 1.2))
        for public_id in payments:
            self._settle(public_id, copies=chance.choice((1, 1, 3)))
        if chance.random() < 0.2:
            time.sleep(chance.uniform(0, 0.2))
            self._try(self._give_one_back if chance.random() < 0.5 else self._give_back, order_id)

    def _hold(self, chance: random.Random) -> int:
        terms = HoldTerms(timedelta(seconds=chance.uniform(0.1, 0.6)), seats_max=10, extensions_max=10)
        for tried in range(1, 9):
            first, count = chance.randint(1, self._plan["seats"]), chance.randint(1, 4)
            labels = [str(number) for number in range(first, min(first + count, self._plan["seats"] + 1))]

            def hold(session: Session, labels: list[str] = labels) -> int:
                order = hold_seats(
                    session, screening_id=self._plan["screening"], choices=[SeatChoice(one) for one in labels],
                    holder=Holder("site", secret="known"), terms=terms, rules=RULES, now=clock.now(),
                ).order  # fmt: skip
                order.contact_email = "holder@example.org"
                return order.id

            try:
                order_id = self._write(hold)
            except DomainError as refusal:
                self._note(f"refused: {refusal.code}")
                if tried == 8:
                    raise
                time.sleep(chance.uniform(0, 0.3))
            else:
                self._note("held")
                return order_id
        raise AssertionError("the loop returns or raises")

    def _discount(self, order_id: int) -> None:
        self._on(
            order_id,
            lambda s, order: apply_promo_code(s, order=order, code=self._plan["promo"], now=clock.now()),
        )
        self._note("discounted")

    def _spend_voucher(self, order_id: int) -> None:
        self._on(
            order_id,
            lambda s, order: pay_with_voucher(s, order=order, code=self._plan["voucher"], now=clock.now()).id,
        )
        self._note("paid by voucher")

    def _extend(self, order_id: int) -> None:
        terms = HoldTerms(timedelta(seconds=0.4), seats_max=10, extensions_max=10)
        self._on(order_id, lambda s, order: extend_hold(s, order=order, terms=terms, now=clock.now()))
        self._note("extended")

    def _intend(self, order_id: int, chance: random.Random) -> str:
        lifetime = timedelta(seconds=chance.uniform(0.1, 0.5))
        return self._on(
            order_id,
            lambda s, order: (
                intend_payment(
                    s, order=order, provider="stripe", lifetime=lifetime, now=clock.now()
                ).public_id
            ),
        )

    def _settle(self, public_id: str, *, copies: int) -> None:
        """The provider says that the money is there; sometimes it says so several times at once."""
        with ThreadPoolExecutor(copies) as pool:
            told = pool.map(
                lambda _: self._write(lambda s: settle_payment(s, public_id=public_id, now=clock.now())),
                range(copies),
            )
            assert sum(told) == 1, "one copy of the notice counts"
        self._note("settled")

    def _give_back(self, order_id: int) -> None:
        self._on(
            order_id,
            lambda s, order: refund_order(s, order=order, actor="staff", reason="ill", now=clock.now()),
        )
        self._note("given back")

    def _give_one_back(self, order_id: int) -> None:
        def give(session: Session, order: Order) -> None:
            tickets = session.scalars(
                select(Ticket.id).where(Ticket.order_id == order.id, Ticket.state == "valid")
            ).all()
            refund_tickets(
                session, order=order, ticket_ids=tickets[:1], actor="staff", reason="ill", now=clock.now()
            )

        self._on(order_id, give)
        self._note("one given back")

    def _try(self, part: Callable[[int], None], order_id: int) -> None:
        try:
            part(order_id)
        except DomainError as refusal:
            self._note(f"refused: {refusal.code}")

    def _on(self, order_id: int, work: Callable[[Session, Order], Result]) -> Result:
        return self._write(lambda session: work(session, session.get_one(Order, order_id)))

    def _write(self, work: Callable[[Session], Result]) -> Result:
        return self._transactions.write(work)

    def _note(self, what: str, times: int = 1) -> None:
        with self._lock:
            self.happened[what] += times


def _play() -> None:
    plan = json.loads(sys.stdin.readline())
    player = Player(plan)
    _say("ready")
    sys.stdin.readline()
    over = threading.Event()

    def sweep_until_over() -> None:
        while not over.wait(SWEEP_PAUSE_SECONDS):
            player.sweep()

    sweeper = threading.Thread(target=sweep_until_over)
    sweeper.start()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(player.live, plan["seeds"]))
    over.set()
    sweeper.join()
    _say(json.dumps({"happened": player.happened, "errors": player.errors}))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _play()
