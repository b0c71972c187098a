"""The keys with which the codes of tickets are signed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from matinee.db.base import Base

KEY_ID_LENGTH = 6


class SigningKey(Base):
    """An Ed25519 key (RFC 8032). The newest one that is not retired signs; all of them tell a forged code.

    A key is never deleted: codes that it signed stay good.
    """

    __tablename__ = "signing_key"

    # What codes name it by.
    id: Mapped[str] = mapped_column(String(KEY_ID_LENGTH), primary_key=True)
    # 32 bytes, base64url without padding.
    public_key: Mapped[str] = mapped_column(String(43))
    # Encrypted with what the installation's secret key gives.
    private_key: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime]
    # From this moment on it signs nothing.
    retired_at: Mapped[datetime | None]
