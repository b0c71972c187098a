"""How many are in, of how many that may come in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, func, select
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
    found = {screening_id: DoorCount(0, 0) for screening_id in screening_ids}
    # With the admission's own screening, too: PostgreSQL reads all that there ever were otherwise.
    let_in = and_(Admission.ticket_id == Ticket.id, Admission.screening_id.in_(screening_ids))
    rows = session.execute(
        select(Ticket.screening_id, func.count(), func.count(Admission.ticket_id))
        .outerjoin(Admission, let_in)
        .where(Ticket.screening_id.in_(screening_ids), Ticket.state == "valid")
        .group_by(Ticket.screening_id)
    )
    found.update({screening_id: DoorCount(tickets, inside) for screening_id, tickets, inside in rows})
    return found
