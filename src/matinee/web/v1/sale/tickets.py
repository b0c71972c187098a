"""GET /tickets/{ticket_id}"""

from __future__ import annotations

from flask.views import MethodView
from sqlalchemy.orm import Session

from matinee.accounts.callers import Caller
from matinee.boxoffice.errors import TicketNotFound
from matinee.boxoffice.tickets import find_ticket
from matinee.web.shared.services import services
from matinee.web.v1.answers import Answer
from matinee.web.v1.blueprint import v1
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.sale.askers import WHOEVER_HAS_IT, reading
from matinee.web.v1.tags import ORDERS
from matinee.web.v1.ticket_shapes import TicketShape, present_ticket


class OneTicket(MethodView):
    """One ticket."""

    @operation(
        "get_ticket",
        tag=ORDERS,
        access=WHOEVER_HAS_IT,
        answers={200: Returns(TicketShape, "The ticket")},
        refusals=(TicketNotFound,),
    )
    def get(self, ticket_id: str, caller: Caller) -> Answer:
        """Look at a ticket

        Whoever knows its id has it. What its order is, and what it cost, is told to whoever has the order, too.
        """
        service = services()

        def read(session: Session) -> Answer:
            ticket = find_ticket(session, ticket_id=ticket_id)
            may_see = reading(caller).may_see(ticket.order)
            return Answer(present_ticket(ticket, base_url=service.base_url, with_order=may_see))

        return service.transactions.read(read)


v1.add_url_rule("/tickets/<ticket_id>", view_func=OneTicket.as_view("ticket"))
