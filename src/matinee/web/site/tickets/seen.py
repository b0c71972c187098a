"""A ticket as its page shows it to one visitor: what it is worth now, and the rest of its order where that is his."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from matinee.door.models import Admission
from matinee.tickets.shown import ShownTicket, find_shown_ticket, shown_tickets_of
from matinee.web.shared.visitors import asker_for

Worth = Literal[
    "valid", "admitted", "over", "refunded", "cancelled", "exchanged", "handed_over", "screening_cancelled"
]


@dataclass(frozen=True, slots=True)
class SeenTicket:
    """A ticket, what it is worth, and, for the owner of its order, the other valid tickets."""

    shown: ShownTicket
    worth: Worth
    admitted_at: datetime | None
    is_owner: bool
    # The owner's own, with this one if it is; and those that were handed over, this one's successor too.
    own: tuple[ShownTicket, ...]
    handed_over: tuple[ShownTicket, ...]
    may_hand_over: bool

    @property
    def before(self) -> ShownTicket | None:
        """The owner's ticket before this one."""
        return self._beside(-1)

    @property
    def after(self) -> ShownTicket | None:
        """The owner's ticket after this one."""
        return self._beside(1)

    def _beside(self, step: int) -> ShownTicket | None:
        places = [number for number, one in enumerate(self.own) if one.id == self.shown.id]
        if not places or not 0 <= places[0] + step < len(self.own):
            return None
        return self.own[places[0] + step]


def see_ticket(session: Session, *, ticket_id: str, now: datetime) -> SeenTicket:
    """The ticket of this id for this visitor. Raises TicketNotFound."""
    shown = find_shown_ticket(session, ticket_id=ticket_id)
    admission = session.get(Admission, shown.id)
    is_owner = asker_for(shown.order.code).owns(shown.order)
    of_order = shown_tickets_of(session, order_id=shown.order.id) if is_owner else []
    handed_over = tuple(one for one in of_order if one.ticket.holder_email is not None)
    worth = _worth(shown, admission, handed_over, now=now)
    return SeenTicket(
        shown=shown,
        worth=worth,
        admitted_at=admission.admitted_at if admission is not None else None,
        is_owner=is_owner,
        own=tuple(one for one in of_order if one.ticket.holder_email is None),
        handed_over=handed_over,
        may_hand_over=(
            is_owner and worth == "valid" and shown.order.state == "paid" and now < shown.screening.starts_at
        ),
    )


def _worth(
    shown: ShownTicket, admission: Admission | None, handed_over: tuple[ShownTicket, ...], *, now: datetime
) -> Worth:
    state = shown.ticket.state
    if shown.screening.cancelled_at is not None and state != "exchanged":
        return "screening_cancelled"
    if state == "exchanged":
        seats = {(one.seat.id, one.screening.id) for one in handed_over}
        return "handed_over" if (shown.seat.id, shown.screening.id) in seats else "exchanged"
    if state != "valid":
        return "refunded" if state == "refunded" else "cancelled"
    if admission is not None:
        return "admitted"
    return "over" if shown.screening.ends_at <= now else "valid"
