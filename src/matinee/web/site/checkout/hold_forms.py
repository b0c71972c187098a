"""What a buyer does with a hold: ticket types, more time, giving it up, a promo code, and where the tickets go."""

from __future__ import annotations

from datetime import datetime

from flask import flash, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.accounts.users import normal_username
from matinee.boxoffice.contacts import set_contact
from matinee.boxoffice.holds import change_hold, extend_hold, release_hold
from matinee.boxoffice.models import Order
from matinee.boxoffice.offers import SeatChoice
from matinee.boxoffice.order_details import details_of
from matinee.boxoffice.promo_codes import apply_promo_code, remove_promo_code
from matinee.boxoffice.rules import CHOOSING_RULES
from matinee.web.shared.address import caller_address
from matinee.web.shared.languages import _
from matinee.web.shared.negotiation import wants_json
from matinee.web.shared.services import services
from matinee.web.site.blueprint import page
from matinee.web.site.checkout.acting import act_on, actor, order_form
from matinee.web.site.checkout.order_page import state_told
from matinee.web.site.checkout.order_view import OrderView, view_of

CODE_CHARACTERS_MAX = 40


@page("/orders/<code>/types", access="everybody", methods=("POST",))
@order_form
def change_ticket_types(code: str) -> None:
    """Who each seat is for: a field `type-<label>` with the code of a ticket type for each."""
    form = request.form

    def change(session: Session, order: Order, now: datetime) -> None:
        seats = details_of(session, orders=[order])[0].seats
        choices = [
            SeatChoice(one.seat.label, form.get(f"type-{one.seat.label}", one.ticket_type) or None)
            for one in seats
        ]
        # The seats stay as they are: whether they go well together is asked before paying.
        change_hold(
            session,
            order=order,
            choices=choices,
            terms=services().hold_terms,
            rules=CHOOSING_RULES,
            now=now,
        )

    act_on(code, change)


@page("/orders/<code>/time", access="everybody", methods=("POST",))
@order_form
def extend_order(code: str) -> ResponseReturnValue | None:
    """A whole lifetime from now on; the new end as JSON for scripts."""

    def extend(session: Session, order: Order, now: datetime) -> OrderView:
        extend_hold(session, order=order, terms=services().hold_terms, now=now)
        return view_of(session, order=order, now=now)

    view = act_on(code, extend)
    if wants_json():
        return jsonify(state_told(view))
    flash(_("You have more time now."), "good")
    return None


@page("/orders/<code>/release", access="everybody", methods=("POST",))
@order_form
def give_up_order(code: str) -> None:
    """The seats are free again. What is over already stays so."""

    def give_up(session: Session, order: Order, now: datetime) -> None:
        if order.state not in ("cancelled", "expired"):
            release_hold(session, order=order, actor=actor(), now=now)

    act_on(code, give_up)


@page("/orders/<code>/promo", access="everybody", methods=("POST",))
@order_form
def change_promo_code(code: str) -> None:
    """Use the promo code that was typed, or none where `remove` was pressed."""
    if "remove" in request.form:
        act_on(code, lambda session, order, now: remove_promo_code(session, order=order, now=now))
        return
    typed = request.form.get("promo_code", "")[:CODE_CHARACTERS_MAX]
    # They are short, and could be guessed.
    services().throttle.count_attempt("try_code", account=code, address=caller_address())
    act_on(code, lambda session, order, now: apply_promo_code(session, order=order, code=typed, now=now))
    flash(_("The promo code counts now."), "good")


@page("/orders/<code>/contact", access="everybody", methods=("POST",))
@order_form
def change_contact(code: str) -> None:
    """Where the tickets go. Raises NotAnAddress."""
    email = normal_username(request.form.get("email", ""))
    act_on(code, lambda session, order, now: set_contact(session, order=order, email=email, now=now))
