"""What was told to distributors, as it was when it was sent."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matinee.db.base import Base, BigId
from matinee.programme.models import Film


class DistributorReturn(Base):
    """The return of one film and week, frozen when it was sent; or an adjustment of it, sent later. Never changed."""

    __tablename__ = "distributor_return"
    __table_args__ = (
        UniqueConstraint("cinema_id", "film_id", "week_start", "number"),
        CheckConstraint("number >= 0", name="number_not_negative"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    cinema_id: Mapped[int] = mapped_column(ForeignKey("cinema.id"))
    film_id: Mapped[int] = mapped_column(ForeignKey("film.id"))
    # The first day of the cinema's week.
    week_start: Mapped[date] = mapped_column(Date)
    # 0: the return; from 1 on: its adjustments.
    number: Mapped[int]
    sent_at: Mapped[datetime]
    # A user's name.
    sent_by: Mapped[str] = mapped_column(String(320))
    # The figures as they were; of an adjustment, what they differ by from what was told before.
    figures: Mapped[dict[str, Any]] = mapped_column(JSON().with_variant(JSONB(), "postgresql"))

    film: Mapped[Film] = relationship()
