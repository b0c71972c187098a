"""GET and POST /backoffice/orders/<code>/seats: other seats, here or at another screening."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.boxoffice.exchanges import ExchangePlan, exchange_order
from matinee.boxoffice.orders import find_order, lock_order
from matinee.boxoffice.rules import COUNTER_RULES
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.programme.models import Screening
from matinee.web.backoffice.blueprint import here, lead_to, staff_name, staff_page
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.days import day_of
from matinee.web.backoffice.orders.order_file import OrderFile, read_order_file, subject_of_order
from matinee.web.backoffice.orders.order_page import order_values
from matinee.web.backoffice.orders.refund_pages import typed_reason
from matinee.web.backoffice.orders.seat_change import (
    SeatChange,
    choices_for,
    other_screenings,
    plan_seat_change,
    read_seat_change,
)
from matinee.web.backoffice.refusals import flash_refusal
from matinee.web.shared.languages import _
from matinee.web.site.picker.drawing import draw

ID_MAX = 2**31 - 1


@staff_page("/orders/<code>/exchange", power="sell")
def exchange_for_another(code: str) -> ResponseReturnValue:
    """The other screenings of a day. Raises OrderNotFound."""
    now = clock.now()
    file = read(lambda session: read_order_file(session, code=code, now=now))
    if (refusal := _refuse(file)) is not None:
        return refusal
    day = day_of(request.args.get("day"), default=_first_day(file, now))
    others = read(lambda session: other_screenings(session, file=file, day=day, now=now))
    return render_template("backoffice/orders/exchange.html", **order_values(file), others=others, day=day)


@staff_page("/orders/<code>/seats", power="sell")
def order_seats(code: str) -> ResponseReturnValue:
    """The hall to choose in (`to`: which screening); once seats are chosen (`seat`), what they come to.

    Raises OrderNotFound, ScreeningNotFound.
    """
    now = clock.now()
    file = read(lambda session: read_order_file(session, code=code, now=now))
    if (refusal := _refuse(file)) is not None:
        return refusal
    wanted = _screening_id(request.args.get("to"), default=file.order.screening_id)
    labels = [label[:40] for label in request.args.getlist("seat")]
    seats = read(
        lambda session: read_seat_change(session, file=file, screening_id=wanted, labels=labels, now=now)
    )
    plan = _plan(file, seats, now) if labels else None
    return render_template(
        "backoffice/orders/seats.html",
        **{**order_values(file), **_values(seats)},
        plan=plan,
        stays=wanted == file.order.screening_id,
        reason=typed_reason(request.args.get("reason")),
    )


@staff_page("/orders/<code>/seated", power="sell", methods=("POST",))
def seat_order(code: str) -> ResponseReturnValue:
    """Give the order these seats, and new tickets; its buyer is mailed. Raises OrderNotFound."""
    now, reason = clock.now(), typed_reason(request.form.get("reason"))
    file = read(lambda session: read_order_file(session, code=code, now=now))
    wanted = _screening_id(request.form.get("to"), default=file.order.screening_id)
    labels = [label[:40] for label in request.form.getlist("seat")]
    back = here("order_seats", code=code, to=wanted, seat=labels, reason=reason)
    if not reason:
        flash(_("Write why: the buyer may ask."), "error")
        return lead_to(back)

    def work(session: Session, trail: Trail) -> None:
        order = find_order(session, code=code)
        lock_order(session, order)
        # As they are behind the lock.
        old = read_order_file(session, code=code, now=now).valid_tickets
        tickets = exchange_order(
            session,
            order=order,
            screening_id=wanted,
            choices=choices_for(old, labels),
            rules=COUNTER_RULES,
            actor=staff_name(),
            reason=reason,
            now=now,
        )
        before, after = (", ".join(one.seat.label for one in some) for some in (old, tickets))
        stays = wanted == file.order.screening_id
        trail(
            "order.reseat" if stays else "order.exchange",
            subject_of_order(order),
            f"{order.code}: {before} → {after}{'' if stays else f' at screening {wanted}'}: {reason}",
            cinema_id=session.get_one(Screening, wanted).cinema_id,
        )

    try:
        change(work, now=now)
    except DomainError as error:
        flash_refusal(error)
        return lead_to(back)
    flash(_("The order has other seats, and new tickets for them."), "good")
    return lead_to(here("order", code=code))


def _refuse(file: OrderFile) -> ResponseReturnValue | None:
    if file.is_sold and file.valid_tickets:
        return None
    flash(_("There is no ticket that could be exchanged."), "error")
    return lead_to(here("order", code=file.order.code))


def _first_day(file: OrderFile, now: datetime) -> date:
    return max(file.details.at.screening.day, now.astimezone(ZoneInfo(file.zone)).date())


def _screening_id(text: str | None, *, default: int) -> int:
    if not text or not (text.isascii() and text.isdecimal() and int(text[:12]) <= ID_MAX):
        return default
    return int(text)


def _plan(file: OrderFile, seats: SeatChange, now: datetime) -> ExchangePlan | None:
    """What it comes to; None where it is refused, which the page says."""
    try:
        return read(lambda session: plan_seat_change(session, code=file.order.code, wanted=seats, now=now))
    except DomainError as error:
        flash_refusal(error)
        return None


def _values(seats: SeatChange) -> dict[str, Any]:
    return {"shown": seats, "drawing": draw(seats.offer.seats), "marks": seats.marks}
