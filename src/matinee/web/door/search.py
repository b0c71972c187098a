"""GET /door/search"""

from __future__ import annotations

from flask import jsonify
from flask.typing import ResponseReturnValue
from pydantic import BaseModel

from matinee.door.search import FoundTicket, find_at_door
from matinee.web.door.blueprint import door_call
from matinee.web.door.reading import read_query
from matinee.web.shared.door_requests import ScreeningsInQuery, SearchedText, ids_in
from matinee.web.shared.services import services


class SearchQuery(BaseModel):
    """What somebody says, and at the door of which screenings."""

    q: SearchedText = ""
    screenings: ScreeningsInQuery


@door_call("/search")
def search() -> ResponseReturnValue:
    """Tickets that fit what somebody says who has no code to show."""
    query = read_query(SearchQuery)
    found = services().transactions.read(
        lambda session: find_at_door(session, text=query.q, screening_ids=ids_in(query.screenings))
    )
    return jsonify(found=[_told(ticket) for ticket in found])


def _told(ticket: FoundTicket) -> dict[str, object]:
    return {
        "ticket_id": ticket.ticket_id,
        "screening": ticket.screening_id,
        "order": ticket.order_code,
        "seat": ticket.seat,
        "name": ticket.name,
        "unpaid": ticket.unpaid,
        "inside": ticket.inside,
    }
