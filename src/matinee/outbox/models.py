"""The outbox, and the sign of life of the workers that empty it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from matinee.db.base import Base, BigId, partial_index

CHANNELS = ("mail", "webhook")


class WebhookEndpoint(Base):
    """An address of another program that is told of events."""

    __tablename__ = "webhook_endpoint"
    __table_args__ = (UniqueConstraint("public_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20))
    url: Mapped[str] = mapped_column(String(2000))
    # Signs what is sent, so it is kept in clear.
    secret: Mapped[str] = mapped_column(String(80))
    # Kinds of events, separated by blanks, with one before the first and after the last.
    events: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(String(200), default="")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class Message(Base):
    """A mail to one recipient, or an event for one webhook endpoint.

    What it says is composed from `kind` and `payload` when it is delivered.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("sent_at IS NULL OR failed_at IS NULL", name="one_end"),
        CheckConstraint("channel IN ('mail', 'webhook')", name="known_channel"),
        # The worker looks only at what still waits; the rest does not slow it down.
        partial_index("ix_outbox_waiting", "next_attempt_at", where="sent_at IS NULL AND failed_at IS NULL"),
        # What was given up is counted for people, however much was ever sent.
        partial_index("ix_outbox_failed_at", "failed_at", where="failed_at IS NOT NULL"),
        partial_index("ix_outbox_endpoint_id", "endpoint_id", where="endpoint_id IS NOT NULL"),
        partial_index("ix_outbox_about", "about", where="about <> ''"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    channel: Mapped[str] = mapped_column(String(10), default="mail", server_default="mail")
    kind: Mapped[str] = mapped_column(String(40))
    endpoint_id: Mapped[int | None] = mapped_column(ForeignKey("webhook_endpoint.id"))
    recipient: Mapped[str] = mapped_column(String(320))
    # What it is about, to be found by when the payload is gone: "order:7", "user:7", "screening:7"; empty: nothing of these.
    about: Mapped[str] = mapped_column(String(40), default="", server_default="")
    # May hold a code in clear: emptied when the mail was sent.
    payload: Mapped[dict[str, Any]] = mapped_column(JSON().with_variant(JSONB(), "postgresql"))
    created_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    # While a worker delivers, the row is its own until this moment; a worker that died loses it then.
    leased_until: Mapped[datetime | None]
    lease: Mapped[str | None] = mapped_column(String(32))
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    # What the endpoint answered last.
    answer_status: Mapped[int | None]


class WorkerHeartbeat(Base):
    """One row for each worker that was alive lately."""

    __tablename__ = "worker_heartbeat"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    seen_at: Mapped[datetime]
    started_at: Mapped[datetime]
