"""Admissions: tickets that were let in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matinee.boxoffice.models import TICKET_ID_LENGTH, Ticket
from matinee.db.base import Base


class Admission(Base):
    """A ticket that was let in. The primary key is the promise: nobody comes in twice with it."""

    __tablename__ = "admission"

    ticket_id: Mapped[str] = mapped_column(
        String(TICKET_ID_LENGTH), ForeignKey("ticket.id"), primary_key=True
    )
    admitted_at: Mapped[datetime]
    # A user's name or an API key's.
    admitted_by: Mapped[str] = mapped_column(String(320))

    ticket: Mapped[Ticket] = relationship()
