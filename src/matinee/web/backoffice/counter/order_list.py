"""GET /backoffice/at/<cinema>/counter/orders: what somebody comes to the counter for, found by its code."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from flask import redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, joinedload

from matinee.boxoffice.errors import OrderNotFound
from matinee.boxoffice.models import Order, OrderPayment
from matinee.boxoffice.orders import outstanding_amount
from matinee.kernel import clock
from matinee.kernel.money import Money
from matinee.languages.formats import money_text
from matinee.payments.models import Payment
from matinee.programme.models import Film, Screening
from matinee.web.backoffice.blueprint import here, staff_page, this_house
from matinee.web.backoffice.changes import read
from matinee.web.backoffice.counter.clerks import order_here
from matinee.web.backoffice.csv_file import money_value
from matinee.web.backoffice.listing import Column, Filter, Listing, Wanted, ordered, show_listing
from matinee.web.backoffice.refusals import flash_refusal
from matinee.web.shared.languages import _, page_language

COUNTER = "counter"


@staff_page("/at/<cinema>/counter/orders", power="sell")
def counter_orders(cinema: str) -> ResponseReturnValue:
    """Orders of screenings to come whose money is awaited at the counter; with a whole code (`code`), on to that order."""
    code = request.args.get("code", "").strip().replace(" ", "")
    if len(code) >= 10:
        try:
            return redirect(here("counter_order", code=read(lambda s: order_here(s, code).code)), code=303)
        except OrderNotFound as error:
            flash_refusal(error)
    zone = ZoneInfo(this_house().timezone)
    columns: list[Column[Order]] = [
        Column("code", _("Order"), lambda one: one.code, _link),
        Column("starts", _("Screening"), lambda one: one.screening.starts_at.astimezone(zone), _starts, sorts=True),
        Column("film", _("Film"), lambda one: one.screening.film.title),
        Column("seats", _("Seats"), lambda one: one.seats_claimed, at_end=True),
        Column("email", _("Address"), lambda one: one.contact_email or (one.user.username if one.user else "")),
        Column("owed", _("To pay"), lambda one: money_value(outstanding_amount(one), one.currency), _owed, at_end=True),
    ]  # fmt: skip
    return show_listing(
        Listing(
            name="to-pay",
            title=_("To pay at the counter"),
            columns=columns,
            filters=(Filter("code", _("Code of the order")), Filter("film", _("Film"))),
            source=_awaited,
            sort="starts",
            nothing=_("Nobody is awaited. Write the whole code of an order to open any other."),
        )
    )


def _awaited(session: Session, wanted: Wanted) -> Sequence[Order]:
    now = clock.now()
    found = (
        select(Order)
        .join(Screening, Screening.id == Order.screening_id)
        .where(
            Screening.cinema_id == this_house().id,
            # By the programme's index: not every order that was ever due.
            Screening.ends_at > now,
            Screening.day >= now.astimezone(ZoneInfo(this_house().timezone)).date(),
            or_(Order.state == "due", and_(_waits_for_counter(), Order.hold_expires_at > now)),
        )
        .options(joinedload(Order.screening).joinedload(Screening.film), joinedload(Order.user))
    )
    if "code" in wanted.filters:
        found = found.where(Order.code.startswith(wanted.filters["code"].upper(), autoescape=True))
    if "film" in wanted.filters:
        found = found.where(Screening.film.has(Film.title.icontains(wanted.filters["film"], autoescape=True)))
    return session.scalars(ordered(found, wanted, {"starts": Screening.starts_at}, last=Order.id)).all()


def _waits_for_counter() -> ColumnElement[bool]:
    announced = (
        exists()
        .where(OrderPayment.order_id == Order.id, OrderPayment.payment_id == Payment.id)
        .where(Payment.provider == COUNTER, Payment.state.in_(("starting", "pending")))
    )
    return and_(Order.state == "paying", announced)


def _link(one: Order) -> Markup:
    return Markup('<a href="{}">{}</a>').format(here("counter_order", code=one.code), one.code)


def _starts(one: Order) -> str:
    return one.screening.starts_at.astimezone(ZoneInfo(this_house().timezone)).strftime("%Y-%m-%d %H:%M")


def _owed(one: Order) -> str:
    return money_text(Money(outstanding_amount(one), one.currency), page_language())
