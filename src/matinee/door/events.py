"""What webhooks tell about admissions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matinee.boxoffice.models import Ticket
from matinee.door.models import Admission
from matinee.outbox.errors import NothingToSend
from matinee.outbox.webhooks.composing import EventComposer, EventContext, moment_text
from matinee.programme.models import Hall, Screening
from matinee.tickets.events import screening_facts


def compose_admission(session: Session, payload: dict[str, Any], _context: EventContext) -> dict[str, Any]:
    """The admission of the ticket `ticket_id`, which itself is not told: it opens the door.

    Raises NothingToSend where the admission was taken back.
    """
    admission = session.scalars(
        select(Admission)
        .where(Admission.ticket_id == payload["ticket_id"])
        .options(
            joinedload(Admission.ticket).joinedload(Ticket.order),
            joinedload(Admission.ticket).joinedload(Ticket.seat),
            joinedload(Admission.ticket)
            .joinedload(Ticket.screening)
            .options(joinedload(Screening.film), joinedload(Screening.hall).joinedload(Hall.cinema)),
        )
    ).one_or_none()
    if admission is None:
        raise NothingToSend("the ticket is not admitted any more")
    ticket = admission.ticket
    return {
        "admission": {
            "order": ticket.order.code,
            "seat": ticket.seat.label,
            "screening_id": ticket.screening_id,
            "admitted_at": moment_text(admission.admitted_at),
        },
        "screening": screening_facts(ticket.screening),
    }


EVENT_COMPOSERS: dict[str, EventComposer] = {"ticket.admitted": compose_admission}
