"""Answers that are kept, so that a request which is sent again is answered again and not carried out again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from matinee.db.base import Base


class IdempotentRequest(Base):
    """A request that came with an Idempotency-Key, and, once it was carried out, its answer."""

    __tablename__ = "idempotent_request"
    __table_args__ = (Index("ix_idempotent_request_expires_at", "expires_at"),)

    # Of the caller and the key.
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    # Of method, path and body.
    request_hash: Mapped[str] = mapped_column(String(64))
    # What the first try has begun, for one that died half way.
    started: Mapped[str] = mapped_column(String(40), default="")
    status: Mapped[int | None]
    # Encrypted with the caller's key, which is not kept: an answer may hold a secret.
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
