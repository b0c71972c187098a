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
    let_in = (
        select(literal("let in"), Admission.screening_id, func.count())
        .where(Admission.screening_id.in_(screening_ids))
        .group_by(Admission.screening_id)
    )
    # Taken away, and not left out by looking at the ticket of each admission: few tickets are valid no more.
    not_valid = (
        select(literal("not valid"), Ticket.screening_id, func.count())
        .join(Admission, Admission.ticket_id == Ticket.id)
        .where(Ticket.screening_id.in_(screening_ids), Ticket.state != "valid")
        .group_by(Ticket.screening_id)
    )
    # One statement, so that all are of one moment.
    found: dict[int, dict[str, int]] = {screening_id: {} for screening_id in screening_ids}
    for what, screening_id, number in session.execute(union_all(valid, let_in, not_valid)):
        found[screening_id][what] = number
    return {
        screening_id: DoorCount(
            counts.get("tickets", 0), counts.get("let in", 0) - counts.get("not valid", 0)
        )
        for screening_id, counts in found.items()
    }
