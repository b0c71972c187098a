"""GET /displayTikets: the caller's tickets, to look at."""

from __future__ import annotations

from flask import make_response, render_template
from flask.views import MethodView
from werkzeug.wrappers import Response as AnyResponse

from matinee.kernel.errors import DomainError
from matinee.web.given.blueprint import given
from matinee.web.given.callers import OwnerValues
from matinee.web.given.documented import takes
from matinee.web.given.errors import answer_for
from matinee.web.given.get_tikets import TICKETS_ANSWERS, read_own_tickets
from matinee.web.given.present import message
from matinee.web.shared.failures import failure
from matinee.web.shared.negotiation import wants_html


class DisplayTikets(MethodView):
    """The caller's tickets as a page."""

    @takes(OwnerValues, answers=TICKETS_ANSWERS)
    def get(self) -> AnyResponse:
        """The caller's tickets, for looking at

        An HTML page with the QR pictures for a browser, the body of `/getTikets` for a program.
        """
        if not wants_html():
            return message("success", tikets=read_own_tickets())
        try:
            tickets = read_own_tickets()
        except DomainError as error:
            status, text = answer_for(error)
            return failure(status, text, error.detail)
        response = make_response(render_template("given/display_tikets.html", tickets=tickets))
        response.cache_control.no_store = True
        return response


given.add_url_rule("/displayTikets", view_func=DisplayTikets.as_view("display_tikets"))
