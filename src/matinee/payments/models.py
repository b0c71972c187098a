"""Payments and refunds, as the providers know them. What they are for is the business of the rooms above."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matinee.db.base import Base, BigId, StateName, one_of, partial_index

# starting: asked of the provider, whose answer is not stored yet. pending: the payer is at it.
PAYMENT_STATES = ("starting", "pending", "settled", "failed")
# by_hand: a person at the counter hands the money out.
REFUND_STATES = ("pending", "by_hand", "succeeded", "failed")
PUBLIC_ID_LENGTH = 20


class Payment(Base):
    """Money that comes in through one provider. Amounts in minor units of `currency`."""

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint("public_id"),
        CheckConstraint(one_of("state", PAYMENT_STATES), name="known_state"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        # Nothing is given back twice.
        CheckConstraint("refunded_amount >= 0 AND refunded_amount <= amount", name="refunds_within_amount"),
        partial_index(
            "uq_payment_provider_ref",
            "provider",
            "provider_ref",
            where="provider_ref IS NOT NULL",
            unique=True,
        ),
        partial_index("ix_payment_unfinished", "created_at", where="state IN ('starting', 'pending')"),
        partial_index("ix_payment_failed", "created_at", where="state = 'failed'"),
        partial_index("ix_payment_settled_at", "settled_at", where="settled_at IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # What the world outside knows it by; the key of its start at the provider, too.
    public_id: Mapped[str] = mapped_column(String(PUBLIC_ID_LENGTH))
    provider: Mapped[str] = mapped_column(String(20))
    # The provider's own name for it.
    provider_ref: Mapped[str | None] = mapped_column(String(255))
    amount: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(StateName(12))
    # Of the amount: asked back so far, whatever became of it at the provider.
    refunded_amount: Mapped[int] = mapped_column(default=0)
    # Where the payer pays; empty where no page is needed.
    redirect_url: Mapped[str] = mapped_column(String(2000), default="")
    created_at: Mapped[datetime]
    # Until when the provider takes the money; NULL: no end.
    expires_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(Text, default="")


class PaymentRefund(Base):
    """Money that goes back. Stored with the reason for it, and carried out by a worker after that."""

    __tablename__ = "payment_refund"
    __table_args__ = (
        UniqueConstraint("public_id"),
        CheckConstraint(one_of("state", REFUND_STATES), name="known_state"),
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_payment_refund_payment_id", "payment_id"),
        Index("ix_payment_refund_created_at", "created_at"),
        # Few are not done, among refunds of years.
        Index("ix_payment_refund_state", "state", "id"),
        partial_index("ix_payment_refund_pending", "next_attempt_at", where="state = 'pending'"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # The key of the refund at the provider: asked twice, it is made once.
    public_id: Mapped[str] = mapped_column(String(PUBLIC_ID_LENGTH))
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"))
    amount: Mapped[int]
    reason: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(StateName(12))
    provider_ref: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(Text, default="")

    payment: Mapped[Payment] = relationship()


class ProviderEvent(Base):
    """A message of a provider that has been dealt with: a second copy changes nothing."""

    __tablename__ = "provider_event"

    provider: Mapped[str] = mapped_column(String(20), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    kind: Mapped[str] = mapped_column(String(100))
    received_at: Mapped[datetime]
