"""The operations of the sale, each in a transaction of its own, on the programme of `tests.building`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.boxoffice.cancellations import CancellationReport, cancel_screening
from matinee.boxoffice.checkout import PaymentTerms, ask_provider, intend_payment, take_money
from matinee.boxoffice.exchanges import exchange_order
from matinee.boxoffice.holds import (
    BestWish,
    Holder,
    HoldTerms,
    change_hold,
    extend_hold,
    hold_best_seats,
    hold_seats,
    release_expired_holds,
    release_hold,
)
from matinee.boxoffice.models import Order, OrderEvent, SeatClaim, Ticket, Voucher
from matinee.boxoffice.moves import Reseated, move_screening
from matinee.boxoffice.offers import SeatChoice
from matinee.boxoffice.orders import outstanding_amount
from matinee.boxoffice.promo_codes import apply_promo_code, create_promo_code, remove_promo_code
from matinee.boxoffice.refunds import refund_order, refund_tickets
from matinee.boxoffice.rules import PUBLIC_RULES, ChoiceRules
from matinee.boxoffice.settlement import deal_with_notice, fail_payment, settle_payment
from matinee.boxoffice.vouchers import create_voucher, pay_with_voucher
from matinee.kernel.natural import natural_key
from matinee.outbox.models import Message
from matinee.payments.models import Payment, PaymentRefund
from matinee.payments.protocol import PaymentProvider, ProviderNotice
from matinee.programme.models import Cinema, Hall, Screening, Seat
from matinee.web.shared.services import Services
from tests.building import NOW, Buyer, House, count_rows

HOLD = timedelta(minutes=10)
PAYMENT = timedelta(minutes=15)
END = NOW + HOLD
TERMS = HoldTerms(lifetime=HOLD, seats_max=10, extensions_max=10)
# Most tests are about other things than the rules of choosing.
ANY_CHOICE = ChoiceRules(orphans=False, companions=False)
GUEST = "guest@example.org"
# The way to pay that `Sale.intend` and `Sale.notice` mean where none is named.
CARD = "stripe"

Result = TypeVar("Result")
Types = Sequence[str | None] | None


@dataclass(frozen=True)
class Sums:
    """What an order says about money, in minor units."""

    total: int
    paid: int
    refunded: int
    outstanding: int


def choices_of(labels: Sequence[str], types: Types = None) -> list[SeatChoice]:
    """A choice for each label; without types, for the cinema's first ticket type."""
    return [SeatChoice(label, one) for label, one in zip(labels, types or [None] * len(labels), strict=True)]


class Sale:
    """What buyers, staff and providers do. Without `screening`, at the lettered hall's, which has prices."""

    def __init__(self, services: Services, house: House, buyer: Buyer) -> None:
        self.services, self.house, self.buyer = services, house, buyer

    def write(self, work: Callable[[Session], Result]) -> Result:
        return self.services.transactions.write(work)

    def read(self, work: Callable[[Session], Result]) -> Result:
        return self.services.transactions.read(work)

    # Holding.

    def hold(
        self,
        *labels: str,
        now: datetime = NOW,
        screening: int | None = None,
        known: bool = True,
        types: Types = None,
        rules: ChoiceRules = ANY_CHOICE,
        terms: HoldTerms = TERMS,
        channel: str = "site",
        email: str | None = GUEST,
    ) -> int:
        """Hold seats; return the order's id. Whoever is not `known` is a guest with an address, unless `email` is None."""

        def work(session: Session) -> int:
            order = hold_seats(
                session, screening_id=screening or self.house.lettered, choices=choices_of(labels, types),
                holder=self._holder(session, known=known, channel=channel), terms=terms, rules=rules, now=now,
            ).order  # fmt: skip
            order.contact_email = None if known else email
            return order.id

        return self.write(work)

    def hold_best(
        self,
        count: int,
        *,
        now: datetime = NOW,
        screening: int | None = None,
        types: Types = None,
        terms: HoldTerms = TERMS,
        **wish: Any,
    ) -> int:
        """Hold the best seats that are available; return the order's id. `wish`: `zone`, `split`."""
        return self.write(
            lambda s: hold_best_seats(
                s, screening_id=screening or self.house.lettered, wish=BestWish(types or [None] * count, **wish),
                holder=self._holder(s, known=True, channel="site"), terms=terms, now=now,
            ).order.id
        )  # fmt: skip

    def change(
        self,
        order_id: int,
        *labels: str,
        now: datetime = NOW,
        types: Types = None,
        rules: ChoiceRules = ANY_CHOICE,
        terms: HoldTerms = TERMS,
    ) -> None:
        choices = choices_of(labels, types)
        self._on(
            order_id, lambda s, o: change_hold(s, order=o, choices=choices, terms=terms, rules=rules, now=now)
        )

    def extend(self, order_id: int, now: datetime = NOW, terms: HoldTerms = TERMS) -> None:
        self._on(order_id, lambda s, o: extend_hold(s, order=o, terms=terms, now=now))

    def release(self, order_id: int, now: datetime = NOW) -> None:
        self._on(order_id, lambda s, o: release_hold(s, order=o, actor="buyer", now=now))

    def sweep(self, now: datetime) -> int:
        return self.write(lambda s: release_expired_holds(s, now=now))

    # Paying.

    def intend(self, order_id: int, provider: str = CARD, now: datetime = NOW) -> str:
        """Begin to pay; return the payment's public id. No provider is asked."""
        return self._on(
            order_id,
            lambda s, o: intend_payment(s, order=o, provider=provider, lifetime=PAYMENT, now=now).public_id,
        )

    def ask(
        self, public_id: str, providers: Mapping[str, PaymentProvider] | None = None, now: datetime = NOW
    ) -> Payment:
        """Ask the payment's provider, one of those that are set up here if no others are named."""
        terms = PaymentTerms(PAYMENT, "http://testserver/paid", "http://testserver/not-paid")
        return ask_provider(
            self.services.transactions,
            self.services.payments if providers is None else providers,
            public_id=public_id,
            terms=terms,
            now=now,
        )

    def settle(self, public_id: str, now: datetime = NOW) -> bool:
        return self.write(lambda s: settle_payment(s, public_id=public_id, now=now))

    def fail(self, public_id: str, now: datetime = NOW) -> bool:
        return self.write(lambda s: fail_payment(s, public_id=public_id, reason="declined", now=now))

    def pay(self, order_id: int, now: datetime = NOW) -> str:
        """Begin to pay, and the money is there; return the payment's public id."""
        free = self.sums(order_id).outstanding == 0
        public_id = self.intend(order_id, "free" if free else CARD, now=now)
        assert self.settle(public_id, now=now)
        return public_id

    def sold(self, *labels: str, screening: int | None = None, now: datetime = NOW, **more: Any) -> int:
        """Hold seats and pay for them; return the order's id."""
        order_id = self.hold(*labels, screening=screening, now=now, **more)
        self.pay(order_id, now=now)
        return order_id

    def take_money(self, order_id: int, now: datetime = NOW) -> int:
        """The counter takes what is left to pay; return how much."""
        return self._on(order_id, lambda s, o: take_money(s, order=o, actor="till 1", now=now).amount)

    def notice(self, notice: ProviderNotice, now: datetime = NOW, provider: str = CARD) -> None:
        self.write(lambda s: deal_with_notice(s, provider=provider, notice=notice, now=now))

    # Giving back, exchanging.

    def refund(self, order_id: int, now: datetime = NOW) -> None:
        self._on(order_id, lambda s, o: refund_order(s, order=o, actor="counter", reason="ill", now=now))

    def refund_some(self, order_id: int, *labels: str, now: datetime = NOW) -> None:
        ids = [ticket.id for label, ticket in self.tickets(order_id).items() if label in labels]
        self.refund_ids(order_id, ids, now=now)

    def refund_ids(self, order_id: int, ticket_ids: Sequence[str], now: datetime = NOW) -> None:
        self._on(
            order_id,
            lambda s, o: refund_tickets(
                s, order=o, ticket_ids=ticket_ids, actor="counter", reason="ill", now=now
            ),
        )

    def exchange(
        self,
        order_id: int,
        screening: int,
        *labels: str,
        now: datetime = NOW,
        types: Types = None,
        rules: ChoiceRules = ANY_CHOICE,
    ) -> None:
        self._on(
            order_id,
            lambda s, o: len(
                exchange_order(
                    s, order=o, screening_id=screening, choices=choices_of(labels, types), rules=rules,
                    actor="buyer", reason="", now=now,
                )
            ),
        )  # fmt: skip

    # Promo codes and vouchers.

    def promo(self, code: str, *, kind: str = "percentage", value: int = 10, **more: Any) -> int:
        """Make a promo code of the first cinema, or of `cinema_id`; return its id."""
        more = {"cinema_id": self.house.cinema, **more}
        return self.write(
            lambda s: create_promo_code(s, code=code, kind=kind, value=value, now=NOW, **more).id
        )

    def apply(self, order_id: int, code: str, now: datetime = NOW) -> None:
        self._on(order_id, lambda s, o: apply_promo_code(s, order=o, code=code, now=now))

    def remove_promo(self, order_id: int, now: datetime = NOW) -> None:
        self._on(order_id, lambda s, o: remove_promo_code(s, order=o, now=now))

    def voucher(self, amount: int, *, cinema: int | None = None, valid_until: datetime | None = None) -> str:
        """Make a voucher of the first cinema, or of another; return its code."""

        def work(session: Session) -> str:
            owner = session.get_one(Cinema, cinema or self.house.cinema)
            return create_voucher(session, cinema=owner, amount=amount, valid_until=valid_until, now=NOW)[1]

        return self.write(work)

    def use_voucher(self, order_id: int, code: str, now: datetime = NOW) -> int:
        """Pay with the voucher; return what it paid."""
        return self._on(order_id, lambda s, o: pay_with_voucher(s, order=o, code=code, now=now).amount)

    def balance(self, code: str) -> int:
        """What is left on the voucher."""
        return self.read(
            lambda s: s.scalars(select(Voucher).where(Voucher.code_hint == code[-4:])).one().balance
        )

    # Screenings.

    def cancel(self, screening: int, now: datetime = NOW) -> CancellationReport:
        return self.write(
            lambda s: cancel_screening(s, screening_id=screening, actor="manager", reason="no power", now=now)
        )

    def move(self, screening: int, hall: int, now: datetime = NOW) -> list[Reseated]:
        return self.write(
            lambda s: move_screening(
                s, screening_id=screening, hall=s.get_one(Hall, hall), actor="manager", now=now
            )
        )

    def change_cinema(self, **values: Any) -> None:
        """Let the first cinema have other rules."""
        self.write(lambda s: self._set(s.get_one(Cinema, self.house.cinema), values))

    def change_screening(self, screening: int, **values: Any) -> None:
        self.write(lambda s: self._set(s.get_one(Screening, screening), values))

    # Looking.

    def order(self, order_id: int) -> Order:
        return self.read(lambda s: s.get_one(Order, order_id))

    def state(self, order_id: int) -> str:
        return self.order(order_id).state

    def sums(self, order_id: int) -> Sums:
        order = self.order(order_id)
        return Sums(order.total_amount, order.paid_amount, order.refunded_amount, outstanding_amount(order))

    def tickets(self, order_id: int, *, state: str = "valid") -> dict[str, Ticket]:
        """The order's tickets in this state, by their seats in natural order."""

        def read(session: Session) -> dict[str, Ticket]:
            rows = session.execute(
                select(Seat.label, Ticket)
                .join(Ticket, Ticket.seat_id == Seat.id)
                .where(Ticket.order_id == order_id, Ticket.state == state)
            )
            return dict(sorted(((label, one) for label, one in rows), key=lambda pair: natural_key(pair[0])))

        return self.read(read)

    def claimed(self, order_id: int) -> dict[str, datetime | None]:
        """The seats that the order has, each with the end of its claim."""

        def read(session: Session) -> dict[str, datetime | None]:
            rows = session.execute(
                select(Seat.label, SeatClaim.expires_at)
                .join(SeatClaim, SeatClaim.seat_id == Seat.id)
                .where(SeatClaim.order_id == order_id)
            )
            return {label: expires_at for label, expires_at in rows}  # noqa: C416 - rows

        return self.read(read)

    def payment(self, public_id: str) -> Payment:
        return self.read(lambda s: s.scalars(select(Payment).where(Payment.public_id == public_id)).one())

    def refunds(self) -> list[tuple[int, str]]:
        """Amount and state of every refund, in their order."""

        def read(session: Session) -> list[tuple[int, str]]:
            found = session.scalars(select(PaymentRefund).order_by(PaymentRefund.id))
            return [(one.amount, one.state) for one in found]

        return self.read(read)

    def mails(self) -> list[str]:
        """The kinds of the mails in the outbox, in their order."""
        return [message.kind for message in self.messages()]

    def messages(self) -> list[Message]:
        """The mails in the outbox, in their order."""
        wanted = select(Message).where(Message.channel == "mail").order_by(Message.id)
        return self.read(lambda s: list(s.scalars(wanted)))

    def steps(self, order_id: int) -> list[tuple[str | None, str]]:
        return [(event.from_state, event.to_state) for event in self.events(order_id)]

    def events(self, order_id: int) -> list[OrderEvent]:
        """The trail of the order."""
        wanted = select(OrderEvent).where(OrderEvent.order_id == order_id).order_by(OrderEvent.id)
        return self.read(lambda s: list(s.scalars(wanted)))

    def count(self, model: type[Any]) -> int:
        return self.read(lambda s: count_rows(s, model))

    def check_books(self) -> None:
        """Money taken equals valid tickets and refunds together, to the unit; and each order's sums agree with it."""
        self.read(_check_books)

    def _holder(self, session: Session, *, known: bool, channel: str) -> Holder:
        user = session.get_one(User, self.buyer.id) if known else None
        return Holder(channel=channel, user=user, secret=None if known else "s3cret")

    def _on(self, order_id: int, work: Callable[[Session, Order], Result]) -> Result:
        return self.write(lambda session: work(session, session.get_one(Order, order_id)))

    @staticmethod
    def _set(row: object, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            assert hasattr(row, name), name
            setattr(row, name, value)


def _check_books(session: Session) -> None:
    settled = sum(session.scalars(select(Payment.amount).where(Payment.state == "settled")))
    refunds = sum(session.scalars(select(PaymentRefund.amount)))
    valid_of_paid, waiting = 0, 0
    for order in session.scalars(select(Order)):
        tickets = session.scalars(
            select(Ticket).where(Ticket.order_id == order.id, Ticket.state == "valid")
        ).all()
        worth = sum(ticket.amount + ticket.fee_amount for ticket in tickets)
        kept = order.paid_amount - order.refunded_amount
        if order.state in ("paid", "due"):
            assert worth + order.refunded_amount == order.total_amount, order.state
            assert (outstanding_amount(order) > 0) == (order.state == "due")
        elif order.state not in ("held", "paying"):
            assert (kept, tickets, outstanding_amount(order) if order.state != "expired" else 0) == (0, [], 0)
        valid_of_paid += worth if order.state == "paid" else 0
        waiting += kept if order.state != "paid" else 0
    # What is paid for orders that are not paid in full is neither a ticket's nor back.
    assert settled == valid_of_paid + refunds + waiting


__all__ = [
    "ANY_CHOICE",
    "CARD",
    "END",
    "GUEST",
    "HOLD",
    "PAYMENT",
    "PUBLIC_RULES",
    "TERMS",
    "Sale",
    "Sums",
    "choices_of",
]
