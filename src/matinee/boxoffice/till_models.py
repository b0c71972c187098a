"""Tills: who had one, when, what went into it and out of it, and what was counted at the end."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matinee.accounts.models import User
from matinee.boxoffice.models import Order
from matinee.db.base import Base, BigId, one_of, partial_index
from matinee.payments.models import Payment, PaymentRefund

# sale, refund: of an order. pay_in, pay_out: change that was fetched, money that was taken to the safe.
ENTRY_KINDS = ("sale", "refund", "pay_in", "pay_out")
TENDERS = ("cash", "card")


class TillSession(Base):
    """A clerk's time at a till: from the float that was counted in to what was counted at the end.

    Amounts in minor units of the cinema's currency.
    """

    __tablename__ = "till_session"
    __table_args__ = (
        UniqueConstraint("cinema_id", "number"),
        CheckConstraint("opening_float >= 0 AND counted_cash >= 0", name="counts_not_negative"),
        CheckConstraint(
            "(closed_at IS NULL) = (counted_cash IS NULL) AND (closed_at IS NULL) = (expected_cash IS NULL) "
            "AND (closed_at IS NULL) = (number IS NULL)",
            name="counted_when_closed",
        ),
        # Nobody has two tills at a time.
        partial_index("uq_till_session_open", "clerk_id", where="closed_at IS NULL", unique=True),
        Index("ix_till_session_cinema_id_opened_at", "cinema_id", "opened_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    cinema_id: Mapped[int] = mapped_column(ForeignKey("cinema.id"))
    clerk_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    # Outlives the account.
    clerk_name: Mapped[str] = mapped_column(String(320))
    opened_at: Mapped[datetime]
    opening_float: Mapped[int]
    closed_at: Mapped[datetime | None]
    counted_cash: Mapped[int | None]
    expected_cash: Mapped[int | None]
    # Of its Z report: counted up without a gap in each cinema.
    number: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text, default="")
    # Its Z report as it was when it was closed; what becomes of the tickets later changes nothing in it.
    figures: Mapped[dict[str, Any] | None] = mapped_column(JSON().with_variant(JSONB(), "postgresql"))

    clerk: Mapped[User | None] = relationship()


class TillEntry(Base):
    """Money that went into a till, above zero, or out of it, below."""

    __tablename__ = "till_entry"
    __table_args__ = (
        CheckConstraint(one_of("kind", ENTRY_KINDS), name="known_kind"),
        CheckConstraint(one_of("tender", TENDERS), name="known_tender"),
        # Money of a payment goes into one till once, that of a refund out of one.
        partial_index("uq_till_entry_payment_id", "payment_id", where="payment_id IS NOT NULL", unique=True),
        partial_index("uq_till_entry_refund_id", "refund_id", where="refund_id IS NOT NULL", unique=True),
        Index("ix_till_entry_session_id", "session_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("till_session.id"))
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(10))
    tender: Mapped[str] = mapped_column(String(10))
    amount: Mapped[int]
    # What the buyer handed over, for cash: more than the amount where there was change.
    received_amount: Mapped[int | None]
    order_id: Mapped[int | None] = mapped_column(ForeignKey("sale_order.id"))
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("payment_refund.id"))
    # What stands on the slip of the card terminal.
    reference: Mapped[str] = mapped_column(String(100), default="")
    note: Mapped[str] = mapped_column(String(200), default="")

    order: Mapped[Order | None] = relationship()
    payment: Mapped[Payment | None] = relationship()
    refund: Mapped[PaymentRefund | None] = relationship()
