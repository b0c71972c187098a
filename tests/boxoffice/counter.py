"""A clerk at a till, each step in a transaction of its own, beside the buyers of `selling.Sale`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.boxoffice.counter_holds import (
    hold_best_at_counter,
    hold_choice_at_counter,
    release_counter_holds,
)
from matinee.boxoffice.models import Order
from matinee.boxoffice.rules import COUNTER_RULES
from matinee.boxoffice.till_closing import close_till
from matinee.boxoffice.till_entries import Tender, cash_in, pay_in, pay_out
from matinee.boxoffice.till_models import TillEntry, TillSession
from matinee.boxoffice.till_refunds import (
    RefundWay,
    WaysBack,
    exchange_at_till,
    hand_out_at_till,
    refund_at_till,
)
from matinee.boxoffice.till_reports import TillReport, report_of
from matinee.boxoffice.till_sales import give_away, give_out_free, take_at_till, use_voucher_at_till
from matinee.boxoffice.tills import open_till
from tests.boxoffice.selling import TERMS, Sale, Types, choices_of
from tests.building import NOW, add_buyer

FLOAT = 50_000
CARD = Tender("card", reference="4711")

Result = TypeVar("Result")


@dataclass
class Clerk:
    """Somebody with a till, which `open` opens."""

    sale: Sale
    id: int
    name: str
    till_id: int = 0

    @classmethod
    def joining(cls, sale: Sale, name: str = "anna@example.org") -> Clerk:
        member = sale.write(lambda s: add_buyer(s, name))
        return cls(sale, member.id, name)

    def open(self, opening_float: int = FLOAT, now: datetime = NOW, cinema: int | None = None) -> Clerk:
        self.till_id = self.sale.write(
            lambda s: open_till(
                s, cinema_id=cinema or self.sale.house.cinema, clerk=s.get_one(User, self.id),
                opening_float=opening_float, now=now,
            ).id
        )  # fmt: skip
        return self

    def close(self, counted: int, now: datetime = NOW, note: str = "") -> TillSession:
        return self._at(
            lambda s, till: close_till(
                s, till=till, counted_cash=counted, note=note, closed_by=self.name, now=now
            )
        )

    def hold_best(self, count: int, screening: int | None = None, now: datetime = NOW) -> int:
        return self.sale.write(
            lambda s: hold_best_at_counter(
                s, screening_id=screening or self.sale.house.lettered, count=count, clerk_id=self.id,
                clerk_name=self.name, language="en", terms=replace(TERMS, seats_max=100), now=now,
            ).id
        )  # fmt: skip

    def hold(
        self, *labels: str, types: Types = None, screening: int | None = None, now: datetime = NOW
    ) -> int:
        def work(session: Session) -> int:
            order = hold_choice_at_counter(
                session, screening_id=screening or self.sale.house.lettered, choices=choices_of(labels, types),
                clerk_id=self.id, clerk_name=self.name, language="en", terms=TERMS, now=now,
            )  # fmt: skip
            return order.id if order is not None else 0

        return self.sale.write(work)

    def let_go(self, now: datetime = NOW) -> int:
        return self.sale.write(
            lambda s: release_counter_holds(s, clerk_id=self.id, clerk_name=self.name, now=now)
        )

    def take(self, order_id: int, tender: Tender | None = None, now: datetime = NOW) -> TillEntry:
        return self._on(
            order_id,
            lambda s, o, till: take_at_till(
                s, order=o, till=till, tender=tender or Tender(), actor=self.name, now=now
            ),
        )

    def sell(
        self, *labels: str, tender: Tender | None = None, types: Types = None, now: datetime = NOW
    ) -> int:
        order_id = self.hold(*labels, types=types, now=now)
        self.take(order_id, tender, now=now)
        return order_id

    def give_away(self, order_id: int, reason: str = "the press", now: datetime = NOW) -> None:
        self._on(
            order_id,
            lambda s, o, till: give_away(s, order=o, till=till, reason=reason, actor=self.name, now=now),
        )

    def give_out_free(self, order_id: int, now: datetime = NOW) -> None:
        self._on(order_id, lambda s, o, till: give_out_free(s, order=o, till=till, actor=self.name, now=now))

    def use_voucher(self, order_id: int, code: str, now: datetime = NOW) -> None:
        self._on(order_id, lambda s, o, till: use_voucher_at_till(s, order=o, code=code, till=till, now=now))

    def refund(
        self,
        order_id: int,
        *labels: str,
        way: RefundWay = "as_paid",
        now: datetime = NOW,
    ) -> WaysBack:
        """Give back these tickets, or all where none are named."""
        tickets = self.sale.tickets(order_id)
        ids = [ticket.id for label, ticket in tickets.items() if label in labels or not labels]
        return self._on(
            order_id,
            lambda s, o, till: refund_at_till(
                s, order=o, ticket_ids=ids, way=way, till=till, actor=self.name, reason="ill", now=now
            ),
        )

    def exchange(
        self,
        order_id: int,
        *labels: str,
        screening: int | None = None,
        tender: Tender | None = None,
        types: Types = None,
        now: datetime = NOW,
    ) -> WaysBack:
        return self._on(
            order_id,
            lambda s, o, till: exchange_at_till(
                s, order=o, screening_id=screening or self.sale.house.lettered,
                choices=choices_of(labels, types), rules=COUNTER_RULES, way="as_paid",
                tender=tender or Tender(), till=till, actor=self.name, now=now,
            )[1],
        )  # fmt: skip

    def hand_out(self, public_id: str, now: datetime = NOW) -> None:
        self._at(
            lambda s, till: hand_out_at_till(s, public_id=public_id, till=till, actor=self.name, now=now)
        )

    def pay_in(self, amount: int, note: str = "change", now: datetime = NOW) -> None:
        self._at(lambda s, till: pay_in(s, till=till, amount=amount, note=note, now=now))

    def pay_out(self, amount: int, note: str = "to the safe", now: datetime = NOW) -> None:
        self._at(lambda s, till: pay_out(s, till=till, amount=amount, note=note, now=now))

    @property
    def cash(self) -> int:
        """What ought to be in the till."""
        return self.sale.read(lambda s: cash_in(s, till=s.get_one(TillSession, self.till_id)))

    def report(self, now: datetime = NOW) -> TillReport:
        return self.sale.read(lambda s: report_of(s, till=s.get_one(TillSession, self.till_id), now=now))

    def entries(self) -> Sequence[tuple[str, str, int]]:
        """Kind, tender and amount of each, in their order."""
        wanted = select(TillEntry).where(TillEntry.session_id == self.till_id).order_by(TillEntry.id)
        return self.sale.read(lambda s: [(one.kind, one.tender, one.amount) for one in s.scalars(wanted)])

    def _at(self, work: Callable[[Session, TillSession], Result]) -> Result:
        return self.sale.write(lambda s: work(s, s.get_one(TillSession, self.till_id)))

    def _on(self, order_id: int, work: Callable[[Session, Order, TillSession], Result]) -> Result:
        return self._at(lambda s, till: work(s, s.get_one(Order, order_id), till))
