"""How many are in, of how many that may come in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Ticket
from matinee.door.models import Admission


@dataclass(frozen=True, slots=True)
class DoorCount:
    """Of one screening: valid tickets, and those of them that were let in."""

    tickets: int
    inside: int


def door_counts(session: Session, *, screening_ids: Collection[int]) -> dict[int, DoorCount]:
    """Screening id -> its count; every id that is asked for is in it."""
    valid = (
        select(literal("tickets"), Ticket.screening_id, func.count())
        .where(Ticket.screening_id.in_(screening_ids), Ticket.state == "valid")
        .group_by(Ticket.screening_id)
    )
    # Beginning with the admissions, each of which has one ticket. Beginning with the tickets, PostgreSQL at times goes
    # through all admissions of the screening for each of them.
    let_in = (
        select(literal("inside"), Admission.screening_id, func.count())
        .join(Ticket, Ticket.id == Admission.ticket_id)
        .where(Admission.screening_id.in_(screening_ids), Ticket.state == "valid")
        .group_by(Admission.screening_id)
    )
    # One statement, so that both are of one moment.
    found: dict[int, dict[str, int]] = {screening_id: {} for screening_id in screening_ids}
    for what, screening_id, number in session.execute(union_all(valid, let_in)):
        found[screening_id][what] = number
    return {
        screening_id: DoorCount(counts.get("tickets", 0), counts.get("inside", 0))
        for screening_id, counts in found.items()
    }
