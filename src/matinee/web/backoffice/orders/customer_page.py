"""GET /backoffice/customers/<id> and /backoffice/guest: one customer."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.accounts.errors import NotAnAddress, UserNotFound
from matinee.accounts.lockouts import locked_until
from matinee.accounts.models import User
from matinee.accounts.roles import roles_of
from matinee.accounts.sessions import SESSION_ID_LENGTH, sessions_of
from matinee.accounts.users import normal_username
from matinee.boxoffice.customers import (
    Figures,
    figures_of_guests,
    figures_of_users,
    is_guests,
    latest_orders,
)
from matinee.boxoffice.models import Order
from matinee.boxoffice.order_details import screening_details
from matinee.boxoffice.orders import state_at
from matinee.boxoffice.visits import coming_tickets
from matinee.kernel import clock
from matinee.outbox.queries import messages_about
from matinee.web.backoffice.blueprint import staff_page, this_house
from matinee.web.backoffice.changes import read
from matinee.web.backoffice.orders import words
from matinee.web.backoffice.orders.money import told_sums
from matinee.web.shared.languages import _

ORDERS_SHOWN = 50
TICKETS_SHOWN = 50
ID_MAX = 2**63 - 1


def find_customer(session: Session, user_id: int) -> User:
    """The user. Raises UserNotFound."""
    user = session.get(User, user_id) if 0 < user_id <= ID_MAX else None
    if user is None:
        raise UserNotFound
    return user


@staff_page("/customers/<int:user_id>", power="orders")
def customer(user_id: int) -> ResponseReturnValue:
    """Somebody with an account. Raises UserNotFound."""
    now = clock.now()

    def work(session: Session) -> dict[str, Any]:
        user = find_customer(session, user_id)
        figures = figures_of_users(session, user_ids=[user.id], now=now).get(user.id, Figures())
        return {
            "user": user,
            "roles": roles_of(session, user_id=user.id),
            "sessions": sessions_of(session, user_id=user.id, now=now),
            "locked": locked_until(session, username=user.username, now=now),
            "messages": messages_about(session, about=f"user:{user.id}"),
            "coming": coming_tickets(session, user_id=user.id, now=now)[:TICKETS_SHOWN],
            "figures": figures,
            **_orders(session, latest_orders(session, where=Order.user_id == user.id, limit=ORDERS_SHOWN)),
        }

    return _show(address="", **read(work))


@staff_page("/guest", power="orders")
def guest() -> ResponseReturnValue:
    """Somebody who is known by a mail address alone. 404 where nothing was bought with it."""
    now = clock.now()
    address = typed_address(request.args.get("address", ""))

    def work(session: Session) -> dict[str, Any]:
        figures = figures_of_guests(session, addresses=[address], now=now).get(address)
        orders = latest_orders(session, where=is_guests([address]), limit=ORDERS_SHOWN)
        return {"figures": figures, **_orders(session, orders)}

    found = read(work)
    if found["figures"] is None:
        abort(404)
    return _show(address=address, user=None, **found)


def typed_address(text: str) -> str:
    """A mail address in normal form. 404 for what is none: nobody is found by it."""
    try:
        return normal_username(text)
    except NotAnAddress:
        abort(404)


def _orders(session: Session, orders: Any) -> dict[str, Any]:
    screenings = screening_details(session, screening_ids={order.screening_id for order in orders})
    return {"orders": [(order, screenings[order.screening_id]) for order in orders]}


def _show(**values: Any) -> str:
    return render_template(
        "backoffice/orders/customer.html",
        now=clock.now(),
        zone=this_house().timezone,
        words=words,
        kept=told_sums(values["figures"].kept),
        state_at=state_at,
        session_id_length=SESSION_ID_LENGTH,
        locks={
            "login": _("Signing in"),
            "register": _("Registering"),
            "send_code": _("Having codes sent"),
            "try_code": _("Trying codes"),
        },
        **values,
    )
