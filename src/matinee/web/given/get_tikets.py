"""GET /getTikets"""

from __future__ import annotations

from flask import Response
from flask.views import MethodView

from matinee.boxoffice.tickets import tickets_of_user
from matinee.kernel import clock
from matinee.web.given.blueprint import given
from matinee.web.given.callers import OwnerValues, signed_in_user
from matinee.web.given.documented import ok, takes
from matinee.web.given.present import message, stored_ticket_data
from matinee.web.given.values import read_query
from matinee.web.shared.services import services

EXAMPLE_TICKET = {
    "date": "2023-04-15",
    "title": "Movie Title",
    "time": "15:00",
    "number": 5,
    "id": "HJUYT67T98HG54FJ",
    "urltoqr": "http://baseurl.com/tikets/HJUYT67T98HG54FJ.png",
}
TICKET_SCHEMA = {
    "type": "object",
    "properties": {
        "date": {"type": "string", "format": "date"},
        "title": {"type": "string"},
        "time": {"type": "string"},
        "number": {"type": ["integer", "string"]},
        "id": {"type": "string"},
        "urltoqr": {"type": "string", "format": "uri"},
    },
    "required": ["date", "title", "time", "number", "id", "urltoqr"],
}
TICKETS_SCHEMA = {
    "type": "object",
    "properties": {"message": {"type": "string"}, "tikets": {"type": "array", "items": TICKET_SCHEMA}},
    "required": ["message", "tikets"],
}
TICKETS_ANSWERS = {
    200: ok({"message": "success", "tikets": [EXAMPLE_TICKET]}, TICKETS_SCHEMA),
    400: "`Wrong token or session expired`, or `Bad request`",
    404: "`User not found`",
}


def read_own_tickets() -> list[dict[str, object]]:
    """The valid tickets of the caller. Raises UserNotFound, SessionNotValid, BadRequest."""
    values = read_query(OwnerValues)
    service = services()
    now = clock.now()
    return service.transactions.read(
        lambda session: [
            stored_ticket_data(ticket, base_url=service.base_url)
            for ticket in tickets_of_user(session, user_id=signed_in_user(session, values, now=now).id)
        ]
    )


class GetTikets(MethodView):
    """The caller's tickets."""

    @takes(OwnerValues, answers=TICKETS_ANSWERS)
    def get(self) -> Response:
        """All tickets that the caller bought"""
        return message("success", tikets=read_own_tickets())


given.add_url_rule("/getTikets", view_func=GetTikets.as_view("get_tikets"))
