"""How many are in, of how many that may come in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
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
    valid = session.execute(
        select(Ticket.screening_id, func.count())
        .where(Ticket.screening_id.in_(screening_ids), Ticket.state == "valid")
        .group_by(Ticket.screening_id)
    )
    # Beginning with the admissions, each of which has one ticket. Beginning with the tickets, PostgreSQL at times goes
    # through all admissions of the screening for each of them.
    let_in = session.execute(
        select(Admission.screening_id, func.count())
        .join(Ticket, Ticket.id == Admission.ticket_id)
        .where(Admission.screening_id.in_(screening_ids), Ticket.state == "valid")
        .group_by(Admission.screening_id)
    )
    tickets, inside = dict(valid.tuples().all()), dict(let_in.tuples().all())
    return {each: DoorCount(tickets.get(each, 0), inside.get(each, 0)) for each in screening_ids}
