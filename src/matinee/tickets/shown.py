"""A ticket with all that is shown of it, wherever it is shown: on a page, on paper, in a wallet."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from matinee.boxoffice.errors import TicketNotFound
from matinee.boxoffice.models import Order, Ticket
from matinee.kernel.natural import natural_key
from matinee.outbox.composing import Seal
from matinee.programme.models import Cinema, Film, Hall, Screening, Seat, TicketType
from matinee.tickets.codes import ticket_code


@dataclass(frozen=True, slots=True)
class ShownTicket:
    """A ticket that was read with its order, seat, screening, film, hall and cinema; and the name of its type, or none."""

    ticket: Ticket
    type_name: str

    @property
    def id(self) -> str:
        """What opens the door."""
        return self.ticket.id

    @property
    def order(self) -> Order:
        """Which it was issued for."""
        return self.ticket.order

    @property
    def seat(self) -> Seat:
        """For which seat."""
        return self.ticket.seat

    @property
    def screening(self) -> Screening:
        """For which screening."""
        return self.ticket.screening

    @property
    def film(self) -> Film:
        """What is shown."""
        return self.ticket.screening.film

    @property
    def hall(self) -> Hall:
        """Where in the cinema."""
        return self.ticket.screening.hall

    @property
    def cinema(self) -> Cinema:
        """Where."""
        return self.ticket.screening.hall.cinema

    @property
    def order_code(self) -> str:
        """The code of its order; empty where it was handed over, since its holder has no business with the order."""
        return self.order.code if self.ticket.holder_email is None else ""

    @property
    def is_unpaid(self) -> bool:
        """Whether the counter must take money before it lets somebody in."""
        return self.order.state == "due"

    def code(self, base_url: str, *, seal: Seal) -> str:
        """What its QR code holds."""
        return ticket_code(base_url, self.ticket, seal=seal)


def find_shown_ticket(session: Session, *, ticket_id: str) -> ShownTicket:
    """The ticket of this id, in whatever state. Raises TicketNotFound."""
    if not (ticket_id.isascii() and ticket_id.isalnum()):
        # Not a question for the database, which would refuse some characters.
        raise TicketNotFound
    found = _shown(session, Ticket.id == ticket_id)
    if not found:
        raise TicketNotFound
    return found[0]


def shown_tickets_of(session: Session, *, order_id: int) -> list[ShownTicket]:
    """The valid tickets of an order, those that were handed over too, in the order of the seats."""
    return _shown(session, Ticket.order_id == order_id, Ticket.state == "valid")


def _shown(session: Session, *conditions: ColumnElement[bool]) -> list[ShownTicket]:
    rows = session.execute(
        select(Ticket, TicketType.name)
        .outerjoin(TicketType, TicketType.id == Ticket.ticket_type_id)
        .where(*conditions)
        .options(
            joinedload(Ticket.order),
            joinedload(Ticket.seat),
            joinedload(Ticket.screening).joinedload(Screening.film),
            joinedload(Ticket.screening).joinedload(Screening.hall).joinedload(Hall.cinema),
        )
    )
    shown = [ShownTicket(ticket, name or "") for ticket, name in rows]
    return sorted(shown, key=lambda one: natural_key(one.seat.label))
