"""GET /me/tickets"""

from __future__ import annotations

from flask.views import MethodView
from sqlalchemy.orm import Session

from matinee.accounts.callers import Caller
from matinee.boxoffice.models import Ticket
from matinee.boxoffice.tickets import tickets_in_order
from matinee.programme.models import Screening
from matinee.web.shared.services import services
from matinee.web.v1.answers import Answer
from matinee.web.v1.blueprint import v1
from matinee.web.v1.callers import needs
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.paging import Page, PageQuery, after, example_of_page, page_of
from matinee.web.v1.tags import ACCOUNT
from matinee.web.v1.ticket_shapes import EXAMPLE, TicketShape, present_ticket


class TicketPage(Page[TicketShape], example=example_of_page(EXAMPLE)):
    """Tickets by the start of their screenings."""


class MyTickets(MethodView):
    """The tickets of whoever asks."""

    @operation(
        "list_my_tickets",
        tag=ACCOUNT,
        access=needs("me"),
        answers={200: Returns(TicketPage, "A page of tickets", headers={"Link": "The next page."})},
    )
    def get(self, query: PageQuery, caller: Caller) -> Answer:
        """List one's own valid tickets"""
        service = services()
        behind = after(query.cursor, Screening.starts_at, Ticket.id)

        def read(session: Session) -> Answer:
            tickets = tickets_in_order(
                session, user_id=caller.known_user_id, behind=behind, limit=query.limit + 1
            )
            return page_of(
                TicketPage,
                tickets,
                query,
                key=lambda ticket: (ticket.screening.starts_at, ticket.id),
                present=lambda ticket: present_ticket(ticket, base_url=service.base_url),
            )

        return service.transactions.read(read)


v1.add_url_rule("/me/tickets", view_func=MyTickets.as_view("my_tickets"))
