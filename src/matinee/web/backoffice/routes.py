"""All pages of the back office, registered on its blueprint by being imported."""

from __future__ import annotations

from flask import jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue

from matinee.kernel.errors import DomainError
from matinee.web.backoffice import entrance
from matinee.web.backoffice.blueprint import backoffice, here, may_here, this_house
from matinee.web.backoffice.navigation import ways
from matinee.web.backoffice.orders import (
    api_keys,
    customer_actions,
    customer_data,
    customer_list,
    customer_page,
    failed_refunds,
    lockout_list,
    order_actions,
    order_list,
    order_page,
    outbox_list,
    outbox_message,
    refund_pages,
    seat_pages,
    session_list,
    webhook_list,
)
from matinee.web.backoffice.people import audit_log
from matinee.web.backoffice.refusals import staff_sentence, status_of
from matinee.web.shared.house import every_house
from matinee.web.shared.negotiation import wants_html
from matinee.web.shared.visitors import visitor

PEOPLE = (audit_log,)
ORDERS = (order_list, order_page, order_actions, refund_pages, failed_refunds, seat_pages)
CUSTOMERS = (customer_list, customer_page, customer_actions, customer_data)
WAYS_IN = (outbox_list, outbox_message, webhook_list, api_keys, session_list, lockout_list)
PAGES = (entrance, *PEOPLE, *ORDERS, *CUSTOMERS, *WAYS_IN)


@backoffice.context_processor
def _everywhere() -> dict[str, object]:
    return {
        "here": here,
        "may_here": may_here,
        "this_house": this_house,
        "every_house": every_house,
        "ways": ways,
        "visitor": visitor,
    }


@backoffice.errorhandler(DomainError)
def _refused(error: DomainError) -> ResponseReturnValue:
    sentence, status = staff_sentence(error), status_of(error)
    if request.headers.get("HX-Request"):
        # Not in place of the part that was asked for: the page shows it at the top.
        response = make_response(render_template("backoffice/notice.html", sentence=sentence), status)
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#notices", "innerHTML"
        return response
    if not wants_html():
        return jsonify(message=sentence, code=error.code), status
    return render_template("backoffice/refused.html", sentence=sentence), status


__all__ = ["PAGES", "backoffice"]
