"""The page of the account: tickets to come, visits that are over, orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.boxoffice.models import Order, Ticket
from matinee.boxoffice.order_details import OrderDetails, details_of
from matinee.boxoffice.order_search import OrderFilter, orders_newest_first
from matinee.boxoffice.orders import UNPAID, has_run_out
from matinee.boxoffice.visits import coming_tickets, past_tickets
from matinee.kernel import clock
from matinee.programme.models import Screening
from matinee.web.shared.languages import _
from matinee.web.shared.services import services
from matinee.web.shared.visitors import visitor
from matinee.web.site.blueprint import page

ORDERS_ON_PAGE = 10
PAST_TICKETS_MAX = 60
# Of the key of an order, which goes by it.
ID_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Outing:
    """The tickets of one order for one screening."""

    screening: Screening
    order: Order
    tickets: tuple[Ticket, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """All that the page shows."""

    is_confirmed: bool
    coming: tuple[Outing, ...]
    past: tuple[Outing, ...]
    orders: tuple[OrderDetails, ...]
    # The key before which there are older orders; None where these are the last.
    before: int | None


@page("/account", access="members")
def account() -> ResponseReturnValue:
    """What the member has bought."""
    now = clock.now()
    before = request.args.get("before", default=None, type=int)
    user_id = visitor().caller.known_user_id

    def read(db: Session) -> Overview:
        behind = Order.id < before if before is not None and 0 < before <= ID_MAX else None
        wanted = OrderFilter(user_id=user_id)
        orders = orders_newest_first(db, wanted=wanted, behind=behind, limit=ORDERS_ON_PAGE + 1, now=now)
        return Overview(
            is_confirmed=db.get_one(User, user_id).email_confirmed_at is not None,
            coming=_outings(coming_tickets(db, user_id=user_id, now=now)),
            past=_outings(past_tickets(db, user_id=user_id, now=now, limit=PAST_TICKETS_MAX)),
            orders=tuple(details_of(db, orders=orders[:ORDERS_ON_PAGE])),
            before=orders[ORDERS_ON_PAGE - 1].id if len(orders) > ORDERS_ON_PAGE else None,
        )

    overview = services().transactions.read(read)
    return render_template(
        "site/account/account.html",
        overview=overview,
        states={
            one.order.code: _state(one.order, is_over=has_run_out(one.order, now=now))
            for one in overview.orders
        },
        is_first_page=before is None,
    )


def _outings(tickets: Sequence[Ticket]) -> tuple[Outing, ...]:
    by_order: dict[int, list[Ticket]] = {}
    for ticket in tickets:
        by_order.setdefault(ticket.order_id, []).append(ticket)
    return tuple(Outing(some[0].screening, some[0].order, tuple(some)) for some in by_order.values())


def _state(order: Order, *, is_over: bool) -> str:
    if order.state in UNPAID and is_over:
        return _("Not paid in time")
    return {
        "held": _("Waiting to be paid"),
        "paying": _("Payment under way"),
        "due": _("To be paid at the counter"),
        "paid": _("Paid"),
        "refunded": _("Refunded"),
        "cancelled": _("Cancelled"),
        "expired": _("Not paid in time"),
    }[order.state]
