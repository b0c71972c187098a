"""The operations of the sale, each in a transaction of its own, on the programme of `tests.building`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.boxoffice.checkout import PaymentTerms, ask_provider, intend_payment
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
from matinee.boxoffice.models import Order, OrderEvent, SeatClaim, Ticket
from matinee.boxoffice.offers import SeatChoice
from matinee.boxoffice.promo_codes import apply_promo_code, create_promo_code
from matinee.boxoffice.refunds import refund_order, refund_tickets
from matinee.boxoffice.rules import PUBLIC_RULES, ChoiceRules
from matinee.boxoffice.settlement import deal_with_notice, settle_payment
from matinee.boxoffice.vouchers import create_voucher, pay_with_voucher
from matinee.kernel.natural import natural_key
from matinee.outbox.models import Message
from matinee.payments.models import Payment, PaymentRefund
from matinee.payments.protocol import ProviderNotice
from matinee.programme.models import Cinema, Seat
from matinee.web.shared.services import Services
from tests.building import NOW, Buyer, House

HOLD = timedelta(minutes=10)
PAYMENT = timedelta(minutes=15)
END = NOW + HOLD
TERMS = HoldTerms(lifetime=HOLD, seats_max=10, extensions_max=10)
# Most tests are about other things than the rules of choosing.
ANY_CHOICE = ChoiceRules(orphans=False, companions=False)
GUEST = "guest@example.org"


class Sale:
    """What buyers, staff and providers do."""

    def __init__(self, services: Services, house: House, buyer: Buyer) -> None:
        self.services, self.house, self.buyer = services, house, buyer

    def write(self, work):
        return self.services.transactions.write(work)

    def hold(
        self,
        *labels: str,
        now: datetime = NOW,
        screening: int | None = None,
        known: bool = True,
        types: Sequence[str | None] | None = None,
        rules: ChoiceRules = ANY_CHOICE,
        terms: HoldTerms = TERMS,
        channel: str = "site",
    ) -> int:
        """Hold seats of the lettered hall's screening, or of another; return the order's id."""
        choices = [
            SeatChoice(label, one) for label, one in zip(labels, types or [None] * len(labels), strict=True)
        ]

        def work(session: Session) -> int:
            order = hold_seats(
                session, screening_id=screening or self.house.lettered, choices=choices,
                holder=self._holder(session, known=known, channel=channel), terms=terms, rules=rules, now=now,
            )  # fmt: skip
            order.contact_email = None if known else GUEST
            return order.id

        return self.write(work)

    def hold_best(self, count: int, *, now: datetime = NOW, screening: int | None = None, **wish) -> int:
        return self.write(
            lambda session: hold_best_seats(
                session, screening_id=screening or self.house.lettered, wish=BestWish([None] * count, **wish),
                holder=self._holder(session, known=True, channel="site"), terms=TERMS, now=now,
            ).id
        )  # fmt: skip

    def _holder(self, session: Session, *, known: bool, channel: str) -> Holder:
        user = session.get_one(User, self.buyer.id) if known else None
        return Holder(channel=channel, user=user, secret=None if known else "s3cret")

    def change(
        self, order_id: int, *labels: str, now: datetime = NOW, types=None, rules: ChoiceRules = ANY_CHOICE
    ) -> None:
        choices = [
            SeatChoice(label, one) for label, one in zip(labels, types or [None] * len(labels), strict=True)
        ]
        self._on(
            order_id, lambda s, o: change_hold(s, order=o, choices=choices, terms=TERMS, rules=rules, now=now)
        )

    def extend(self, order_id: int, now: datetime = NOW, terms: HoldTerms = TERMS) -> None:
        self._on(order_id, lambda s, o: extend_hold(s, order=o, terms=terms, now=now))

    def release(self, order_id: int, now: datetime = NOW) -> None:
        self._on(order_id, lambda s, o: release_hold(s, order=o, actor="buyer", now=now))

    def intend(self, order_id: int, provider: str = "stripe", now: datetime = NOW) -> str:
        """Begin to pay; return the payment's public id. No provider is asked."""
        return self._on(
            order_id,
            lambda s, o: intend_payment(s, order=o, provider=provider, lifetime=PAYMENT, now=now).public_id,
        )

    def ask(self, public_id: str, now: datetime = NOW) -> Payment:
        terms = PaymentTerms(PAYMENT, "http://testserver/paid", "http://testserver/not-paid")
        return ask_provider(
            self.services.transactions, self.services.payments, public_id=public_id, terms=terms, now=now
        )

    def settle(self, public_id: str, now: datetime = NOW) -> bool:
        return self.write(lambda s: settle_payment(s, public_id=public_id, now=now))

    def pay(self, order_id: int, now: datetime = NOW) -> str:
        """Begin to pay, and the money is there; return the payment's public id."""
        free = self.order(order_id).total_amount == 0
        public_id = self.intend(order_id, "free" if free else "stripe", now=now)
        assert self.settle(public_id, now=now)
        return public_id

    def notice(self, notice: ProviderNotice, now: datetime = NOW) -> None:
        self.write(lambda s: deal_with_notice(s, provider="stripe", notice=notice, now=now))

    def refund(self, order_id: int, now: datetime = NOW) -> None:
        self._on(order_id, lambda s, o: refund_order(s, order=o, actor="counter", reason="ill", now=now))

    def refund_some(self, order_id: int, *labels: str, now: datetime = NOW) -> None:
        ids = [ticket.id for label, ticket in self.tickets(order_id).items() if label in labels]
        self._on(
            order_id,
            lambda s, o: refund_tickets(s, order=o, ticket_ids=ids, actor="counter", reason="ill", now=now),
        )

    def exchange(
        self,
        order_id: int,
        screening: int,
        *labels: str,
        now: datetime = NOW,
        rules: ChoiceRules = ANY_CHOICE,
    ) -> None:
        self._on(
            order_id,
            lambda s, o: len(
                exchange_order(
                    s, order=o, screening_id=screening, choices=[SeatChoice(label) for label in labels],
                    rules=rules, actor="buyer", reason="", now=now,
                )
            ),
        )  # fmt: skip

    def promo(self, code: str, *, kind: str = "percentage", value: int = 10, **more) -> int:
        return self.write(
            lambda s: (
                create_promo_code(
                    s, cinema_id=self.house.cinema, code=code, kind=kind, value=value, now=NOW, **more
                ).id
            )
        )

    def apply(self, order_id: int, code: str, now: datetime = NOW) -> None:
        self._on(order_id, lambda s, o: apply_promo_code(s, order=o, code=code, now=now))

    def voucher(self, amount: int) -> str:
        def work(session: Session) -> str:
            cinema = session.get_one(Cinema, self.house.cinema)
            return create_voucher(session, cinema=cinema, amount=amount, valid_until=None, now=NOW)[1]

        return self.write(work)

    def use_voucher(self, order_id: int, code: str, now: datetime = NOW) -> int:
        """Pay with the voucher; return what it paid."""
        return self._on(order_id, lambda s, o: pay_with_voucher(s, order=o, code=code, now=now).amount)

    def sweep(self, now: datetime) -> int:
        return self.write(lambda s: release_expired_holds(s, now=now))

    def order(self, order_id: int) -> Order:
        return self.services.transactions.read(lambda s: s.get_one(Order, order_id))

    def tickets(self, order_id: int, *, state: str = "valid") -> dict[str, Ticket]:
        """The order's tickets in this state, by their seats."""

        def read(session: Session) -> dict[str, Ticket]:
            rows = session.execute(
                select(Seat.label, Ticket)
                .join(Ticket, Ticket.seat_id == Seat.id)
                .where(Ticket.order_id == order_id, Ticket.state == state)
            )
            return dict(sorted(((label, one) for label, one in rows), key=lambda pair: natural_key(pair[0])))

        return self.services.transactions.read(read)

    def claimed(self, order_id: int) -> dict[str, datetime | None]:
        """The seats that the order has, each with the end of its claim."""

        def read(session: Session) -> dict[str, datetime | None]:
            rows = session.execute(
                select(Seat.label, SeatClaim.expires_at)
                .join(SeatClaim, SeatClaim.seat_id == Seat.id)
                .where(SeatClaim.order_id == order_id)
            )
            return {label: expires_at for label, expires_at in rows}  # noqa: C416 - rows

        return self.services.transactions.read(read)

    def payment(self, public_id: str) -> Payment:
        return self.services.transactions.read(
            lambda s: s.scalars(select(Payment).where(Payment.public_id == public_id)).one()
        )

    def refunds(self) -> list[tuple[int, str]]:
        """Amount and state of every refund, in their order."""

        def read(session: Session) -> list[tuple[int, str]]:
            return [
                (one.amount, one.state)
                for one in session.scalars(select(PaymentRefund).order_by(PaymentRefund.id))
            ]

        return self.services.transactions.read(read)

    def mails(self) -> list[str]:
        """The kinds of the mails in the outbox, in their order."""
        return self.services.transactions.read(
            lambda s: list(
                s.scalars(select(Message.kind).where(Message.channel == "mail").order_by(Message.id))
            )
        )

    def steps(self, order_id: int) -> list[tuple[str | None, str]]:
        def read(session: Session) -> list[tuple[str | None, str]]:
            wanted = select(OrderEvent).where(OrderEvent.order_id == order_id).order_by(OrderEvent.id)
            return [(event.from_state, event.to_state) for event in session.scalars(wanted)]

        return self.services.transactions.read(read)

    def _on(self, order_id: int, work):
        return self.write(lambda session: work(session, session.get_one(Order, order_id)))


__all__ = ["ANY_CHOICE", "END", "HOLD", "PUBLIC_RULES", "Sale"]
