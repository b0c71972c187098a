"""GET /tikets/<id>.png and .svg: the QR picture; GET /tikets/<id>: the ticket that the picture leads to."""

from __future__ import annotations

import hashlib

from flask import Response, make_response, render_template, request
from flask.views import MethodView
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from matinee.boxoffice.tickets import find_ticket
from matinee.kernel.errors import DomainError
from matinee.tickets.codes import ticket_code
from matinee.tickets.qr import qr_png, qr_svg
from matinee.web.given.blueprint import given
from matinee.web.given.documented import takes
from matinee.web.given.errors import answer_for
from matinee.web.given.present import message, stored_ticket_data
from matinee.web.shared.failures import failure
from matinee.web.shared.negotiation import wants_html
from matinee.web.shared.services import services

# A picture that was drawn stays good for ever; its owner's browser may keep it, a shared cache may not.
CACHE_SECONDS = 30 * 24 * 3600
_DRAW = {"png": (qr_png, "image/png"), "svg": (qr_svg, "image/svg+xml")}


def _picture(ticket_id: str, form: str) -> Response:
    service = services()
    ticket = service.transactions.read(lambda session: find_ticket(session, ticket_id=ticket_id))
    draw, content_type = _DRAW[form]
    code = ticket_code(service.base_url, ticket, seal=service.seal)
    response = Response(status=200, content_type=content_type)
    # By what is drawn, not by the bytes: the picture need not be drawn to say that it is the same.
    response.set_etag(hashlib.sha256(f"{form} 1 {code}".encode()).hexdigest()[:32])
    response.cache_control.private = True
    response.cache_control.max_age = CACHE_SECONDS
    response.cache_control.immutable = True
    response.make_conditional(request)
    if response.status_code == 200:
        response.set_data(draw(code))
    return response


def _answers(content_type: str) -> dict[int, object]:
    return {
        200: {
            "description": "The QR picture",
            "content": {content_type: {"schema": {"type": "string", "format": "binary"}}},
        },
        404: "`Ticket not found`",
    }


class TiketPng(MethodView):
    """The QR picture of a ticket as PNG."""

    @takes(None, answers=_answers("image/png"))
    def get(self, ticket_id: str) -> Response:
        """The QR picture, PNG

        Whoever knows the id may see it: the id is the capability.
        """
        return _picture(ticket_id, "png")


class TiketSvg(MethodView):
    """The QR picture of a ticket as SVG."""

    @takes(None, answers=_answers("image/svg+xml"))
    def get(self, ticket_id: str) -> Response:
        """The QR picture, SVG"""
        return _picture(ticket_id, "svg")


class Tiket(MethodView):
    """What the QR picture leads to."""

    @takes(
        None,
        answers={
            200: {
                "description": "The ticket: a page for a browser, JSON for a program",
                "content": {"application/json": {"schema": {"type": "object"}}},
            },
            404: "`Ticket not found`",
        },
    )
    def get(self, ticket_id: str) -> AnyResponse:
        """The ticket

        Film, date, time, hall, seat and whether it is valid and paid. No name of anybody.
        """
        service = services()

        def read(session: Session) -> dict[str, object]:
            ticket = find_ticket(session, ticket_id=ticket_id)
            return {
                **stored_ticket_data(ticket, base_url=service.base_url),
                "hall": ticket.screening.hall.name,
                "state": ticket.state,
                "due": ticket.order.state == "due",
            }

        try:
            ticket = service.transactions.read(read)
        except DomainError as error:
            if not wants_html():
                raise
            status, text = answer_for(error)
            return failure(status, text, error.detail)
        if not wants_html():
            return message("success", tiket=ticket)
        response = make_response(render_template("given/tiket.html", ticket=ticket))
        response.cache_control.no_store = True
        return response


given.add_url_rule("/tikets/<ticket_id>.png", view_func=TiketPng.as_view("tiket_png"))
given.add_url_rule("/tikets/<ticket_id>.svg", view_func=TiketSvg.as_view("tiket_svg"))
given.add_url_rule("/tikets/<ticket_id>", view_func=Tiket.as_view("tiket"))
