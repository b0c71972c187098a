"""What the forms of an order have in common: whose it is, in which language he reads, and what a refusal leads to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import TypeVar

from flask import jsonify, redirect
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.boxoffice.access import order_changed_by, take_over_order
from matinee.boxoffice.errors import OrderNotFound
from matinee.boxoffice.models import Order
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.web.shared.languages import page_language
from matinee.web.shared.negotiation import wants_json
from matinee.web.shared.refusals import flash_refusal, sentence, status_of
from matinee.web.shared.services import services
from matinee.web.shared.visitors import asker_for, visitor
from matinee.web.site.blueprint import to

Result = TypeVar("Result")


def act_on(code: str, work: Callable[[Session, Order, datetime], Result]) -> Result:
    """Do something with the visitor's order, in one transaction. Raises OrderNotFound, and what `work` raises.

    A guest's order becomes that of a member who acts on it. Its mails are in the language that it was acted on last.
    """
    now, asker, language = clock.now(), asker_for(code), page_language()

    def whole(session: Session) -> Result:
        order = order_changed_by(session, code=code, asker=asker)
        if asker.user_id is not None:
            user = session.get_one(User, asker.user_id)
            take_over_order(session, order=order, user=user, now=now)
        order.language = language
        return work(session, order, now)

    return services().transactions.write(whole)


def actor() -> str:
    """Who acts, for the trail of the order."""
    return visitor().name


def order_form(view: Callable[..., ResponseReturnValue | None]) -> Callable[..., ResponseReturnValue]:
    """A view that does something with an order. It leads to the page of the order, unless it answers something else.

    A refusal is said there; to a script as JSON. An order that is not the visitor's is not found.
    """

    @wraps(view)
    def answered(code: str) -> ResponseReturnValue:
        try:
            answer = view(code)
        except OrderNotFound:
            raise
        except DomainError as error:
            if wants_json():
                return jsonify(message=sentence(error)), status_of(error)
            flash_refusal(error)
            answer = None
        return answer if answer is not None else redirect(to("order", code=code), code=303)

    return answered
