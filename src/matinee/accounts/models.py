"""Users, their sessions, codes and roles, and the counters of attempts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from matinee.db.base import Base, BigId, one_of

CODE_PURPOSES = ("confirm", "reset", "address")
ROLES = ("manager", "programmer", "counter", "usher", "auditor")


class User(Base):
    """A person with an account; `username` is the mail address in lower case."""

    __tablename__ = "users"
    __table_args__ = (
        Index("uq_users_username", "username", unique=True),
        # By the beginning: on PostgreSQL the other one may be in the order of a language, which is not that of characters.
        Index("ix_users_username_beginning", "username", postgresql_ops={"username": "varchar_pattern_ops"}),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    username: Mapped[str] = mapped_column(String(320))
    password_hash: Mapped[str] = mapped_column(String(200))
    email_confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    # In which mails are written.
    language: Mapped[str] = mapped_column(String(8), default="en", server_default="en")
    # Of the second factor of staff (RFC 6238), encrypted. It counts once a first code was right.
    totp_secret: Mapped[str | None] = mapped_column(String(200))
    totp_confirmed_at: Mapped[datetime | None]
    # The time step of the last code that was taken: none is taken twice.
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)


class UserRole(Base):
    """A role of a member of staff. A user without any is a moviegoer."""

    __tablename__ = "user_role"
    __table_args__ = (
        CheckConstraint(f"role IN ({', '.join(repr(role) for role in ROLES)})", name="known_role"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)


class UserSession(Base):
    """A signed-in device. Only the hash of its token is kept."""

    __tablename__ = "user_session"
    __table_args__ = (Index("ix_user_session_user_id", "user_id"),
                      Index("ix_user_session_expires_at", "expires_at"))  # fmt: skip

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    # What its owner sees of it.
    user_agent: Mapped[str] = mapped_column(String(200), default="", server_default="")
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    # Whether whoever signed in showed a second factor, or a passkey.
    second_factor_at: Mapped[datetime | None]


class Passkey(Base):
    """A passkey (WebAuthn) with which a user signs in instead of the password."""

    __tablename__ = "passkey"
    __table_args__ = (UniqueConstraint("credential_id"), Index("ix_passkey_user_id", "user_id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    # base64url, as browsers tell it; 1,023 bytes at the most.
    credential_id: Mapped[str] = mapped_column(String(1400))
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    # What its owner calls it.
    name: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class ApiKey(Base):
    """A key with which a program calls the API, with the scopes that it was given. Only its hash is kept."""

    __tablename__ = "api_key"
    __table_args__ = (UniqueConstraint("key_hash"), UniqueConstraint("public_id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(100))
    key_hash: Mapped[str] = mapped_column(String(64))
    # The last characters, by which people tell keys apart.
    hint: Mapped[str] = mapped_column(String(4))
    # Separated by blanks.
    scopes: Mapped[str] = mapped_column(Text)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class UserCode(Base):
    """A single-use code that was mailed to a user. Only its hash is kept."""

    __tablename__ = "user_code"
    __table_args__ = (
        CheckConstraint(one_of("purpose", CODE_PURPOSES), name="known_purpose"),
        Index("ix_user_code_user_id_purpose", "user_id", "purpose"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(10))
    # The new address of a user who changes it; it is confirmed by the code.
    new_username: Mapped[str | None] = mapped_column(String(320))
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    wrong_tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]


class AttemptCount(Base):
    """How often something was tried within a window of time. Shared by all processes."""

    __tablename__ = "attempt_count"
    __table_args__ = (Index("ix_attempt_count_expires_at", "expires_at"),)

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[datetime]


class Invitation(Base):
    """Somebody who is asked to join the staff. Only the hash of the code that was mailed is kept."""

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("code_hash"), Index("ix_invitation_email", "email"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    # In lower case.
    email: Mapped[str] = mapped_column(String(320))
    # Separated by blanks.
    roles: Mapped[str] = mapped_column(String(100))
    code_hash: Mapped[str] = mapped_column(String(64))
    # The name of whoever invited.
    invited_by: Mapped[str] = mapped_column(String(320))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class AuditEntry(Base):
    """What somebody of the staff did: when, who, what, to what. It forgets buyers with their orders; else it stays."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_at", "at"),
        Index("ix_audit_entry_subject", "subject", "at"),
        Index("ix_audit_entry_actor", "actor", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]
    # A user's name, or what acted by itself ("worker").
    actor: Mapped[str] = mapped_column(String(320))
    # In which cinema; NULL: it concerns none in particular. No reference: this row outlives what it is about.
    cinema_id: Mapped[int | None]
    # "hall.change": the area and what was done.
    action: Mapped[str] = mapped_column(String(60))
    # "hall:7"
    subject: Mapped[str] = mapped_column(String(100))
    # One line that people read.
    summary: Mapped[str] = mapped_column(Text)
    # What it was and what it became, where that can be told in short.
    details: Mapped[dict[str, Any]] = mapped_column(JSON().with_variant(JSONB(), "postgresql"))
