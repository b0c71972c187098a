"""Admissions: tickets that were let in. And what scanners told, from which they came."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matinee.boxoffice.models import TICKET_ID_LENGTH, Ticket
from matinee.db.base import Base, BigId, StateName, one_of, partial_index

DEVICE_CHARACTERS_MAX = 40
DOOR_CHARACTERS_MAX = 60

Deed = Literal["scan", "let_in", "undo"]
DEEDS: tuple[Deed, ...] = get_args(Deed)
Result = Literal[
    "welcome",
    "already_in",
    "other_screening",
    "unpaid",
    "refunded",
    "unknown",
    "conflict",
    "undone",
    "nothing_to_undo",
]
RESULTS: tuple[Result, ...] = get_args(Result)


class Admission(Base):
    """A ticket that was let in. The primary key is the promise: nobody comes in twice with it."""

    __tablename__ = "admission"
    __table_args__ = (
        # The order in which programs read them, those of one screening and all.
        Index("ix_admission_screening_id_admitted_at", "screening_id", "admitted_at", "ticket_id"),
        Index("ix_admission_admitted_at", "admitted_at", "ticket_id"),
    )

    ticket_id: Mapped[str] = mapped_column(
        String(TICKET_ID_LENGTH), ForeignKey("ticket.id"), primary_key=True
    )
    # Its ticket's, which never changes. Here, too: a door asks for one screening's, and there may be millions.
    screening_id: Mapped[int] = mapped_column(server_default="0")
    admitted_at: Mapped[datetime]
    # A user's name or an API key's.
    admitted_by: Mapped[str] = mapped_column(String(320))
    # What the door is called, where a scanner said it.
    door: Mapped[str] = mapped_column(String(DOOR_CHARACTERS_MAX), default="", server_default="")
    # The scan that let it in; NULL: another program did. No reference: scans are kept for a shorter time.
    scan_id: Mapped[int | None] = mapped_column(BigInteger)

    ticket: Mapped[Ticket] = relationship()


class DoorScan(Base):
    """Something that a scanner did, as it told us. Each counts its own, so that nothing is dealt with twice or lost."""

    __tablename__ = "door_scan"
    __table_args__ = (
        UniqueConstraint("device", "sequence", name="uq_door_scan_device_sequence"),
        CheckConstraint(one_of("deed", DEEDS), name="known_deed"),
        CheckConstraint(one_of("result", RESULTS), name="known_result"),
        # What managers have to look at.
        partial_index("ix_door_scan_conflict", "received_at", where="result = 'conflict'"),
        # By which scans of long ago are deleted.
        Index("ix_door_scan_received_at", "received_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    device: Mapped[str] = mapped_column(String(DEVICE_CHARACTERS_MAX))
    sequence: Mapped[int] = mapped_column(BigInteger)
    door: Mapped[str] = mapped_column(String(DOOR_CHARACTERS_MAX))
    # Whoever held the scanner: a user's name or an API key's.
    by: Mapped[str] = mapped_column(String(320))
    deed: Mapped[Deed] = mapped_column(String(8))
    result: Mapped[Result] = mapped_column(StateName(16))
    # SHA-256 of what was told: the same number with something else is a mistake of the scanner.
    told: Mapped[str] = mapped_column(String(64))
    # Empty where the code was that of no ticket.
    ticket_id: Mapped[str] = mapped_column(String(TICKET_ID_LENGTH), default="")
    # By our clock, worked out from the scanner's, which may be wrong.
    scanned_at: Mapped[datetime]
    received_at: Mapped[datetime]
    # Decided by the scanner alone.
    offline: Mapped[bool]
    # When and by whom a conflict was looked at.
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[str | None] = mapped_column(String(320))
