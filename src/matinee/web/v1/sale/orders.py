"""GET and POST /orders, GET and PATCH /orders/{code}, POST /orders/{code}/cancellation"""

from __future__ import annotations

from datetime import datetime

from flask.views import MethodView
from sqlalchemy.orm import Session

from matinee.accounts.callers import Caller
from matinee.accounts.models import User
from matinee.boxoffice.access import order_changed_by, order_seen_by, take_over_order
from matinee.boxoffice.contacts import require_contact, set_contact
from matinee.boxoffice.errors import (
    ContactMissing,
    HoldExpired,
    OrderNotFound,
    PaymentUnderWay,
    PromoCodeNotValid,
    PromoCodeUsedUp,
    StepNotAllowed,
)
from matinee.boxoffice.holds import release_hold
from matinee.boxoffice.models import Order
from matinee.boxoffice.order_details import details_of
from matinee.boxoffice.order_search import orders_newest_first
from matinee.boxoffice.orders import require_live_hold
from matinee.boxoffice.promo_codes import apply_promo_code, remove_promo_code
from matinee.web.shared.services import services
from matinee.web.v1.answers import Answer, created
from matinee.web.v1.audited import write_audited
from matinee.web.v1.blueprint import PREFIX, v1
from matinee.web.v1.callers import needs
from matinee.web.v1.conditions import require_unchanged
from matinee.web.v1.idempotency import idempotent
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.paging import Page, after, example_of_page, page_of
from matinee.web.v1.sale import examples
from matinee.web.v1.sale.askers import READ_ALL, WHOEVER_HAS_IT, changing, reading
from matinee.web.v1.sale.order_shape import OrderShape
from matinee.web.v1.sale.order_values import ChangedOrder, NewOrder, OrderQuery
from matinee.web.v1.sale.presenting import present_order, told_order
from matinee.web.v1.tags import ORDERS, SALE

CHANGE_REFUSALS = (
    OrderNotFound,
    StepNotAllowed,
    HoldExpired,
    PaymentUnderWay,
    ContactMissing,
    PromoCodeNotValid,
    PromoCodeUsedUp,
)


class OrderPage(Page[OrderShape], example=example_of_page(examples.ORDER)):
    """Orders, the newest first."""


class Orders(MethodView):
    """Holds that become somebody's order, and orders."""

    @operation(
        "list_orders",
        tag=ORDERS,
        access=needs("me", READ_ALL),
        answers={200: Returns(OrderPage, "A page of orders", headers={"Link": "The next page."})},
    )
    def get(self, query: OrderQuery, caller: Caller, now: datetime) -> Answer:
        """List orders

        One's own; everybody's with the scope `orders:read`. The newest first.
        """
        behind = after(query.cursor, Order.id, descending=True)
        sees_all = caller.may(READ_ALL) and not query.mine
        # No account has the key 0: a key that asks for its own orders has none.
        wanted = query.wanted(None if sees_all else caller.user_id or 0)

        def read(session: Session) -> Answer:
            found = orders_newest_first(session, wanted=wanted, behind=behind, limit=query.limit + 1, now=now)
            return page_of(
                OrderPage,
                details_of(session, orders=found),
                query,
                key=lambda details: (details.order.id,),
                present=lambda details: present_order(details, now=now, to_staff=caller.may(READ_ALL)),
            )

        return services().transactions.read(read)

    @operation(
        "order_hold",
        tag=SALE,
        access=WHOEVER_HAS_IT,
        answers={201: Returns(OrderShape, "The order", headers={"Location": "Where it is."})},
        refusals=CHANGE_REFUSALS,
        keyed=True,
    )
    def post(self, body: NewOrder, caller: Caller, now: datetime) -> Answer:
        """Order what is held

        Says where the tickets go, and brings a promo code. A guest names a mail address. Whoever has signed in since the
        hold was made sends both the token and the secret: then it is the order of the account, and the secret is worth
        nothing any more.
        """

        def order_it(session: Session) -> Answer:
            order = order_changed_by(session, code=body.hold, asker=changing(caller))
            require_live_hold(order, now=now)
            _take_over(session, order, caller, now=now)
            if body.email is not None:
                set_contact(session, order=order, email=body.email, now=now)
            if body.promo_code is not None:
                apply_promo_code(session, order=order, code=body.promo_code, now=now)
            require_contact(order)
            return created(
                told_order(session, order=order, now=now), location=f"{PREFIX}/orders/{order.code}"
            )

        return idempotent(order_it, caller=caller, now=now)


class OneOrder(MethodView):
    """One order."""

    @operation(
        "get_order",
        tag=ORDERS,
        access=WHOEVER_HAS_IT,
        answers={200: Returns(OrderShape, "The order")},
        refusals=(OrderNotFound,),
    )
    def get(self, code: str, caller: Caller, now: datetime) -> Answer:
        """Look at an order"""
        return services().transactions.read(
            lambda session: Answer(
                told_order(
                    session,
                    order=order_seen_by(session, code=code, asker=reading(caller)),
                    now=now,
                    to_staff=caller.may(READ_ALL),
                )
            )
        )

    @operation(
        "change_order",
        tag=SALE,
        access=WHOEVER_HAS_IT,
        answers={200: Returns(OrderShape, "The order")},
        refusals=CHANGE_REFUSALS,
        if_match=True,
    )
    def patch(self, code: str, body: ChangedOrder, caller: Caller, now: datetime) -> Answer:
        """Change where the mail goes, or the promo code

        What is left out stays; null takes it away. As with `POST /orders`, token and secret together make it the order of
        the account. The promo code changes only before a payment has begun.
        """

        def change(session: Session) -> Answer:
            order = order_changed_by(session, code=code, asker=changing(caller))
            require_unchanged(told_order(session, order=order, now=now, to_staff=caller.may(READ_ALL)))
            _take_over(session, order, caller, now=now)
            if "email" in body.model_fields_set:
                set_contact(session, order=order, email=body.email, now=now)
            if body.promo_code is not None:
                apply_promo_code(session, order=order, code=body.promo_code, now=now)
            elif "promo_code" in body.model_fields_set:
                remove_promo_code(session, order=order, now=now)
            return Answer(told_order(session, order=order, now=now, to_staff=caller.may(READ_ALL)))

        return write_audited(change)


class OrderCancellation(MethodView):
    """An order that is given up before it is paid."""

    @operation(
        "cancel_order",
        tag=SALE,
        access=WHOEVER_HAS_IT,
        answers={200: Returns(OrderShape, "The order")},
        refusals=(OrderNotFound, StepNotAllowed),
    )
    def post(self, code: str, caller: Caller, now: datetime) -> Answer:
        """Cancel an order that is not paid

        Its seats are free at once, and what was paid of it with a voucher goes back. One that is over stays as it is. For
        one that is paid, ask for a refund.
        """

        def cancel(session: Session) -> Answer:
            order = order_changed_by(session, code=code, asker=changing(caller))
            if order.state not in ("cancelled", "expired"):
                release_hold(session, order=order, actor=caller.name, now=now)
            return Answer(told_order(session, order=order, now=now))

        return write_audited(cancel)


def _take_over(session: Session, order: Order, caller: Caller, *, now: datetime) -> None:
    # Who proves a guest's order with its secret, and says who he is.
    if order.user_id is None and caller.user_id is not None and changing(caller).owns(order):
        take_over_order(session, order=order, user=session.get_one(User, caller.user_id), now=now)


v1.add_url_rule("/orders", view_func=Orders.as_view("orders"))
v1.add_url_rule("/orders/<code>", view_func=OneOrder.as_view("order"))
v1.add_url_rule("/orders/<code>/cancellation", view_func=OrderCancellation.as_view("order_cancellation"))
