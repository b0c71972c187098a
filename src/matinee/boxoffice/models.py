"""Orders, the claims that say who has a seat, tickets, and the trail of what happened to an order."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matinee.accounts.models import User
from matinee.db.base import Base, BigId, partial_index
from matinee.programme.models import Screening, Seat

ORDER_STATES = ("held", "paying", "due", "paid", "refunded", "cancelled", "expired")
TICKET_STATES = ("valid", "refunded", "cancelled")

ORDER_CODE_LENGTH = 10
TICKET_ID_LENGTH = 16


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Order(Base):
    """Seats of one screening that one buyer holds or has bought. Amounts in minor units of `currency`."""

    __tablename__ = "sale_order"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint(_one_of("state", ORDER_STATES), name="known_state"),
        # All seats or none: an order that claimed fewer seats than were asked for cannot be stored.
        CheckConstraint("seats_claimed = seats_asked AND seats_asked > 0", name="all_seats_claimed"),
        CheckConstraint("total_amount >= 0 AND paid_amount >= 0", name="amounts_not_negative"),
        # A hold has an end, a sale has none.
        CheckConstraint("(state IN ('held', 'paying')) = (hold_expires_at IS NOT NULL)", name="hold_has_end"),
        Index("ix_sale_order_user_id", "user_id"),
        Index("ix_sale_order_screening_id", "screening_id"),
        partial_index(
            "ix_sale_order_hold_expires_at", "hold_expires_at", where="hold_expires_at IS NOT NULL"
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # What people read out at the counter.
    code: Mapped[str] = mapped_column(String(ORDER_CODE_LENGTH))
    screening_id: Mapped[int] = mapped_column(ForeignKey("screening.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    state: Mapped[str] = mapped_column(String(12))
    # Through which surface it was made: "given", "v1", "site", "counter".
    channel: Mapped[str] = mapped_column(String(12))
    seats_asked: Mapped[int]
    seats_claimed: Mapped[int]
    total_amount: Mapped[int]
    paid_amount: Mapped[int] = mapped_column(default=0)
    currency: Mapped[str] = mapped_column(String(3))
    created_at: Mapped[datetime]
    hold_expires_at: Mapped[datetime | None]

    screening: Mapped[Screening] = relationship()
    user: Mapped[User | None] = relationship()


class SeatClaim(Base):
    """Who has a seat of a screening. The primary key is the promise: the database cannot hold two."""

    __tablename__ = "seat_claim"
    __table_args__ = (Index("ix_seat_claim_order_id", "order_id"),)

    screening_id: Mapped[int] = mapped_column(ForeignKey("screening.id"), primary_key=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("sale_order.id"))
    # The end of the hold; NULL once sold. From this instant on anybody may take the seat.
    expires_at: Mapped[datetime | None]


class Ticket(Base):
    """The right to one seat. Whoever knows its id can show it, so the id is long and random."""

    __tablename__ = "ticket"
    __table_args__ = (
        CheckConstraint(_one_of("state", TICKET_STATES), name="known_state"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        # The second guard behind the claim's key.
        Index("uq_ticket_valid_seat", "screening_id", "seat_id", unique=True,
              postgresql_where=text("state = 'valid'"), sqlite_where=text("state = 'valid'")),
        Index("ix_ticket_order_id", "order_id"),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(String(TICKET_ID_LENGTH), primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("sale_order.id"))
    screening_id: Mapped[int] = mapped_column(ForeignKey("screening.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    state: Mapped[str] = mapped_column(String(12))
    amount: Mapped[int]
    created_at: Mapped[datetime]

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
