"""Orders, the claims that say who has a seat, tickets, and the trail of what happened to an order."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    or_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matinee.accounts.models import User
from matinee.db.base import Base, BigId, StateName, one_of, partial_index
from matinee.payments.models import Payment
from matinee.programme.models import Screening, Seat

ORDER_STATES = ("held", "paying", "due", "paid", "refunded", "cancelled", "expired")
TICKET_STATES = ("valid", "refunded", "cancelled", "exchanged")

PROMO_KINDS = ("percentage", "amount")

ORDER_CODE_LENGTH = 10
TICKET_ID_LENGTH = 16


class Order(Base):
    """Seats of one screening that one buyer holds or has bought. Amounts in minor units of `currency`."""

    __tablename__ = "sale_order"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint(one_of("state", ORDER_STATES), name="known_state"),
        # All seats or none: an order that claimed fewer seats than were asked for cannot be stored.
        CheckConstraint("seats_claimed = seats_asked AND seats_asked > 0", name="all_seats_claimed"),
        CheckConstraint("total_amount >= 0 AND paid_amount >= 0", name="amounts_not_negative"),
        # Nothing is given back that was not taken.
        CheckConstraint(
            "refunded_amount >= 0 AND refunded_amount <= paid_amount", name="refunds_within_paid"
        ),
        # A hold has an end, a sale has none.
        CheckConstraint("(state IN ('held', 'paying')) = (hold_expires_at IS NOT NULL)", name="hold_has_end"),
        Index("ix_sale_order_user_id", "user_id"),
        Index("ix_sale_order_screening_id", "screening_id"),
        # By which a guest's orders are found.
        partial_index("ix_sale_order_contact_email", "contact_email", where="contact_email IS NOT NULL"),
        # Few at any time, among orders of years.
        partial_index("ix_sale_order_due", "id", where="state = 'due'"),
        partial_index("ix_sale_order_promo_code_id", "promo_code_id", where="promo_code_id IS NOT NULL"),
        partial_index(
            "ix_sale_order_hold_expires_at", "hold_expires_at", where="hold_expires_at IS NOT NULL"
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # What people read out at the counter.
    code: Mapped[str] = mapped_column(String(ORDER_CODE_LENGTH))
    screening_id: Mapped[int] = mapped_column(ForeignKey("screening.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    state: Mapped[str] = mapped_column(StateName(12))
    # Through which surface it was made: "given", "v1", "site", "counter".
    channel: Mapped[str] = mapped_column(String(12))
    seats_asked: Mapped[int]
    seats_claimed: Mapped[int]
    total_amount: Mapped[int]
    paid_amount: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(String(3))
    created_at: Mapped[datetime]
    # The end of a hold, or of the time to pay.
    hold_expires_at: Mapped[datetime | None]
    extensions: Mapped[int] = mapped_column(default=0, server_default="0")
    # Of the total: the booking fee that is in it, and what the promo code took off.
    fee_amount: Mapped[int] = mapped_column(default=0, server_default="0")
    discount_amount: Mapped[int] = mapped_column(default=0, server_default="0")
    refunded_amount: Mapped[int] = mapped_column(default=0, server_default="0")
    promo_code_id: Mapped[int | None] = mapped_column(ForeignKey("promo_code.id"))
    # Where the tickets go when the buyer has no account.
    contact_email: Mapped[str | None] = mapped_column(String(320))
    # Proves who has an order without an account. Only the hash is kept.
    secret_hash: Mapped[str | None] = mapped_column(String(64))
    # In which its mails are written.
    language: Mapped[str] = mapped_column(String(8), default="en", server_default="en")
    # The user of the staff who sold it, or took the money for it. No reference: figures outlive the account.
    clerk_id: Mapped[int | None] = mapped_column(BigId)
    # Why its tickets were given away; NULL: they were not.
    comp_reason: Mapped[str | None] = mapped_column(String(200))

    screening: Mapped[Screening] = relationship()
    promo_code: Mapped[PromoCode | None] = relationship()
    user: Mapped[User | None] = relationship()


class PromoCode(Base):
    """A code that makes an order cheaper. Its uses are the orders that are sold or held with it."""

    __tablename__ = "promo_code"
    __table_args__ = (
        UniqueConstraint("cinema_id", "code"),
        CheckConstraint(one_of("kind", PROMO_KINDS), name="known_kind"),
        CheckConstraint("value > 0 AND (kind <> 'percentage' OR value <= 100)", name="value_in_range"),
        CheckConstraint("uses_max IS NULL OR uses_max > 0", name="uses_max_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cinema_id: Mapped[int] = mapped_column(ForeignKey("cinema.id"))
    # In capital letters.
    code: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(12))
    # Per cent, or minor units of the cinema's currency.
    value: Mapped[int]
    # NULL: any number.
    uses_max: Mapped[int | None]
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class Voucher(Base):
    """A gift voucher: money that was paid before. Only the hash of its code is kept."""

    __tablename__ = "voucher"
    __table_args__ = (
        UniqueConstraint("code_hash"),
        CheckConstraint("balance >= 0 AND balance <= initial_amount", name="balance_in_range"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cinema_id: Mapped[int] = mapped_column(ForeignKey("cinema.id"))
    code_hash: Mapped[str] = mapped_column(String(64))
    # The last characters, by which people tell vouchers apart.
    code_hint: Mapped[str] = mapped_column(String(4))
    initial_amount: Mapped[int]
    balance: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    valid_until: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class VoucherEntry(Base):
    """One movement of a voucher's balance: below zero spent, above zero given back."""

    __tablename__ = "voucher_entry"
    __table_args__ = (
        Index("ix_voucher_entry_voucher_id", "voucher_id"),
        Index("ix_voucher_entry_at", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    voucher_id: Mapped[int] = mapped_column(ForeignKey("voucher.id"))
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"))
    amount: Mapped[int]
    at: Mapped[datetime]


class OrderPayment(Base):
    """Which order a payment was made for. `accepted`: its money counts towards the order's total."""

    __tablename__ = "order_payment"
    __table_args__ = (Index("ix_order_payment_order_id", "order_id"),)

    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("sale_order.id"))
    accepted: Mapped[bool] = mapped_column(default=False)

    payment: Mapped[Payment] = relationship()
    order: Mapped[Order] = relationship()


class SeatClaim(Base):
    """Who has a seat of a screening. The primary key is the promise: the database cannot hold two."""

    __tablename__ = "seat_claim"
    __table_args__ = (Index("ix_seat_claim_order_id", "order_id"),)

    screening_id: Mapped[int] = mapped_column(ForeignKey("screening.id"), primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("sale_order.id"))
    # The end of the hold; NULL once sold. From this instant on anybody may take the seat.
    expires_at: Mapped[datetime | None]

    @classmethod
    def lasts(cls, now: datetime) -> ColumnElement[bool]:
        """Whether the seat is sold, or still held at `now`."""
        return or_(cls.expires_at.is_(None), cls.expires_at > now)


class OrderLine(Base):
    """A seat that a hold is for, with what the buyer was told that it costs: kept, whatever becomes of the price list.

    The claim says who has the seat, this what was asked for: money that comes late takes the same seats again. A purchase
    that is no hold first has no lines; its tickets say it all.
    """

    __tablename__ = "order_line"
    __table_args__ = (CheckConstraint("amount >= 0", name="amount_not_negative"),)

    order_id: Mapped[int] = mapped_column(ForeignKey("sale_order.id"), primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), primary_key=True)
    # NULL: the cinema has no ticket types.
    ticket_type_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_type.id"))
    # Minor units, before any discount and fee.
    amount: Mapped[int]

    seat: Mapped[Seat] = relationship()


class Ticket(Base):
    """The right to one seat. Whoever knows its id can show it, so the id is long and random."""

    __tablename__ = "ticket"
    __table_args__ = (
        CheckConstraint(one_of("state", TICKET_STATES), name="known_state"),
        CheckConstraint("amount >= 0 AND fee_amount >= 0", name="amount_not_negative"),
        # The second guard behind the claim's key.
        Index("uq_ticket_valid_seat", "screening_id", "seat_id", unique=True,
              postgresql_where=text("state = 'valid'"), sqlite_where=text("state = 'valid'")),
        Index("ix_ticket_order_id", "order_id"),
        # For figures of some days, which must not cost more the more was ever sold.
        partial_index("ix_ticket_sold_at", "sold_at", where="sold_at IS NOT NULL"),
        partial_index("ix_ticket_screening_id_not_valid", "screening_id", where="state <> 'valid'"),
        partial_index("ix_ticket_returned_at", "returned_at", where="returned_at IS NOT NULL"),
        partial_index("ix_ticket_holder_email", "holder_email", where="holder_email IS NOT NULL"),
        # The last four characters, which people read out.
        Index("ix_ticket_id_end", text("substr(id, 13)")),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(String(TICKET_ID_LENGTH), primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("sale_order.id"))
    screening_id: Mapped[int] = mapped_column(ForeignKey("screening.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    state: Mapped[str] = mapped_column(StateName(12))
    # What it cost, the order's discount taken off in proportion; and its share of the booking fee. Over the tickets of an
    # order both add up to its total.
    amount: Mapped[int]
    fee_amount: Mapped[int] = mapped_column(default=0, server_default="0")
    ticket_type_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_type.id"))
    created_at: Mapped[datetime]
    # Whom the buyer handed it over to. It has an id that the buyer does not know.
    holder_email: Mapped[str | None] = mapped_column(String(320))
    # When it counts as sold: its order was paid in full. And when one that was sold came back.
    sold_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]

    order: Mapped[Order] = relationship()
    screening: Mapped[Screening] = relationship()
    seat: Mapped[Seat] = relationship()


class OrderEvent(Base):
    """One step of an order: when, who, from which state to which, and why."""

    __tablename__ = "order_event"
    __table_args__ = (Index("ix_order_event_order_id", "order_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("sale_order.id"))
    at: Mapped[datetime]
    # A user's name, or what acted by itself ("worker").
    actor: Mapped[str] = mapped_column(String(320))
    from_state: Mapped[str | None] = mapped_column(String(12))
    to_state: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(Text, default="")
