"""Exchanging at the counter: for another screening or other seats, the difference paid or handed out at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.boxoffice.exchanges import ExchangePlan, price_exchange
from matinee.boxoffice.offers import SeatChoice, offer_now
from matinee.boxoffice.order_details import IssuedTicket
from matinee.boxoffice.rules import COUNTER_RULES
from matinee.boxoffice.till_refunds import WaysBack, exchange_at_till, plan_ways
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.programme.models import Screening
from matinee.web.backoffice.blueprint import here, staff_name, staff_page, this_house
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.counter.clerks import (
    cinema_here,
    lead_to_till,
    my_till,
    order_here,
    typed,
    typed_tender,
)
from matinee.web.backoffice.counter.coming import coming_screenings
from matinee.web.backoffice.counter.map_config import map_config
from matinee.web.backoffice.counter.order_page import ShownOrder, shown_order
from matinee.web.backoffice.counter.refund_forms import told_ways
from matinee.web.backoffice.counter.sale_view import SaleView, sale_view
from matinee.web.backoffice.days import day_of
from matinee.web.backoffice.refusals import flash_refusal, staff_sentence
from matinee.web.shared.languages import _
from matinee.web.site.picker.drawing import draw

SEATS_CHARACTERS_MAX = 2000


@dataclass(frozen=True, slots=True)
class ShownExchange:
    """Another screening with the seats that are proposed or chosen there, and what that comes to."""

    shown: ShownOrder
    view: SaleView
    labels: Sequence[str]
    plan: ExchangePlan | None
    ways: WaysBack
    # Why these seats cannot be had.
    refusal: str


@staff_page("/at/<cinema>/counter/orders/<code>/exchange", power="sell")
def counter_exchange(cinema: str, code: str) -> ResponseReturnValue:
    """For which screening (`?day=`), or with `?to=` for which seats of it (`?seats=`)."""
    without_till = lead_to_till()
    if without_till is not None:
        return without_till
    now = clock.now()
    to = request.args.get("to", "")
    if to.isascii() and to.isdecimal() and len(to) < 10:
        return _choose_seats(code, int(to), now=now)

    def look(session: Session) -> str:
        shown = shown_order(session, code=code, now=now)
        house = cinema_here(session)
        today = now.astimezone(ZoneInfo(house.timezone)).date()
        day = day_of(request.args.get("day"), default=max(today, shown.details.at.screening.day))
        return render_template(
            "backoffice/counter/exchange.html",
            shown=shown,
            details=shown.details,
            coming=coming_screenings(session, cinema=house, day=day, now=now),
            day=day,
            today=today,
            zone=house.timezone,
        )

    return read(look)


@staff_page("/at/<cinema>/counter/orders/<code>/exchange", power="sell", methods=("POST",))
def counter_exchange_now(cinema: str, code: str) -> ResponseReturnValue:
    """Exchange for the seats (`seats`) of a screening (`to`); the difference changes hands."""
    without_till = lead_to_till()
    if without_till is not None:
        return without_till
    now = clock.now()
    to, seats = typed("to", 9), typed("seats", SEATS_CHARACTERS_MAX)

    def work(session: Session, trail: Trail) -> tuple[WaysBack, str]:
        shown = shown_order(session, code=code, now=now)
        order = order_here(session, code)
        tickets, ways = exchange_at_till(
            session,
            order=order,
            screening_id=int(to) if to.isascii() and to.isdecimal() else 0,
            choices=_choices(shown.valid, _labels(seats)),
            rules=COUNTER_RULES,
            way="cash" if typed("way", 10) == "cash" else "as_paid",
            tender=typed_tender(order.currency),
            till=my_till(session),
            actor=staff_name(),
            now=now,
        )
        trail(
            "counter.exchange",
            f"order:{order.code}",
            f"Exchanged {len(tickets)} tickets for {seats}"[:300],
            cinema_id=this_house().id,
        )
        return ways, order.currency

    try:
        ways, currency = change(work, now=now)
    except DomainError as error:
        flash_refusal(error)
        return redirect(here("counter_exchange", code=code, to=to, seats=seats), code=303)
    flash(_("The tickets are exchanged. The old ones let nobody in any more."), "good")
    if ways.total:
        flash(told_ways(ways, currency), "info")
    return redirect(here("counter_order", code=code), code=303)


def _choose_seats(code: str, screening_id: int, *, now: datetime) -> ResponseReturnValue:
    found = read(lambda session: _look(session, code, screening_id, now=now))
    drawing = draw(found.view.states.seats) if found.view.states.seats else None
    marks = {**found.view.marks(), **dict.fromkeys(found.labels, "mine")}
    return render_template(
        "backoffice/counter/exchange_seats.html",
        found=found,
        shown=found.view.screening,
        details=found.shown.details,
        drawing=drawing,
        marks=marks,
        states={**found.view.told_states(), "mine": list(found.labels)},
        config=map_config(
            drawing, found.view.prices, hall=found.view.screening.hall.name, currency=found.view.currency
        )
        if drawing is not None
        else {},
        zone=found.view.zone,
        currency=found.view.currency,
    )


def _look(session: Session, code: str, screening_id: int, *, now: datetime) -> ShownExchange:
    shown = shown_order(session, code=code, now=now)
    order = order_here(session, code)
    view = sale_view(session, screening_id=screening_id, now=now)
    screening = session.get_one(Screening, screening_id)
    offer = offer_now(session, screening=screening, now=now, except_order=order.id)
    by_id = {seat.id: seat.label for seat in offer.seats}
    labels = _labels(request.args.get("seats", "")[:SEATS_CHARACTERS_MAX]) or [
        by_id[one] for one in offer.best_ids(len(shown.valid), split=True)
    ]
    plan, refusal = None, ""
    try:
        plan = price_exchange(
            session,
            order=order,
            offer=offer,
            choices=_choices(shown.valid, labels),
            rules=COUNTER_RULES,
            now=now,
        )
    except DomainError as error:
        refusal = staff_sentence(error)
    returned = plan.returned if plan is not None else 0
    ways = plan_ways(session, order=order, amount=returned, way="as_paid")
    return ShownExchange(shown, view, labels, plan, ways, refusal)


def _choices(valid: Sequence[IssuedTicket], labels: Sequence[str]) -> list[SeatChoice]:
    """A seat for each ticket, for the same kind of person."""
    types = [one.ticket_type for one in valid] + [None] * max(0, len(labels) - len(valid))
    return [SeatChoice(label, kind) for label, kind in zip(labels, types, strict=False)]


def _labels(text: str) -> list[str]:
    return [part.strip()[:12] for part in text.replace("\0", "").split(",") if part.strip()]
