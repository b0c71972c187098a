"""GET /backoffice/orders: finding orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from matinee.boxoffice.models import ORDER_STATES, Order
from matinee.boxoffice.order_lookup import (
    LATEST_ORDERS,
    LATEST_ORDERS_SORTED,
    Clue,
    among_latest,
    at_screenings,
    by_address,
    by_anything,
    by_code,
    by_ticket,
    find_named_order,
    matching,
)
from matinee.boxoffice.order_search import is_in_state
from matinee.boxoffice.orders import recipient_of, state_at
from matinee.kernel import clock
from matinee.languages import formats
from matinee.programme.errors import CinemaNotFound
from matinee.programme.models import Hall, Screening
from matinee.web.backoffice.blueprint import here, lead_to, staff_page
from matinee.web.backoffice.changes import read
from matinee.web.backoffice.csv_file import money_value
from matinee.web.backoffice.days import day_of
from matinee.web.backoffice.listing import Column, Filter, Listing, Wanted, ordered, show_listing, sorted_as
from matinee.web.backoffice.orders.money import told_money
from matinee.web.backoffice.orders.words import CHANNELS, choices, state_tag, word_for
from matinee.web.backoffice.orders.words import ORDER_STATES as STATE_WORDS
from matinee.web.shared.house import every_house, house_of
from matinee.web.shared.languages import _, page_language


@staff_page("/orders", power="orders")
def orders() -> ResponseReturnValue:
    """Orders, the newest first. Whoever types a whole code or ticket is led to the order itself."""
    wanted = request.args.get("q", "").strip()[:200]
    if wanted and "\0" not in wanted and not request.args.get("format"):
        code = read(lambda session: _code_of(session, wanted))
        if code is not None:
            return lead_to(here("order", code=code))
    now = clock.now()
    return show_listing(
        Listing(
            name="orders",
            title=_("Orders"),
            columns=_columns(now),
            filters=_filters(),
            source=lambda session, asked: _orders(session, asked, now=now),
            sort="-created",
            nothing=_("No order fits. Look with less, or in another spelling."),
        ),
        template="backoffice/orders/orders.html",
    )


def _filters() -> Sequence[Filter]:
    houses = every_house()
    several = [Filter("cinema", _("Cinema"), "choice", [(one.slug, one.name) for one in houses])]
    return (
        Filter("q", _("Search for anything")),
        Filter("email", _("Mail address")),
        Filter("ticket", _("Order or ticket")),
        Filter("seat", _("Seat")),
        Filter("film", _("Film")),
        Filter("day", _("Day of the screening"), "day"),
        Filter("state", _("State"), "choice", choices(STATE_WORDS)),
        Filter("channel", _("Sold by"), "choice", choices(CHANNELS)),
        *(several if len(houses) > 1 else []),
    )


def _columns(now: datetime) -> list[Column[Order]]:
    return [
        Column("code", _("Order"), lambda order: order.code, _link),
        Column("created", _("Made"), lambda order: _local(order, order.created_at), _made, sorts=True),
        Column("state", _("State"), lambda order: state_at(order, now=now), lambda order: _state(order, now)),
        Column("email", _("Buyer"), lambda order: recipient_of(order) or ""),
        Column("film", _("Film"), lambda order: order.screening.film.title),
        Column("starts", _("Screening"), lambda order: _local(order, order.screening.starts_at), _starts, sorts=True),
        Column("hall", _("Hall"), lambda order: order.screening.hall.name),
        Column("seats", _("Seats"), lambda order: order.seats_claimed, at_end=True),
        Column(
            "total",
            _("Total"),
            lambda order: money_value(order.total_amount, order.currency),
            lambda order: told_money(order.total_amount, order.currency),
            sorts=True,
            at_end=True,
        ),
        # Amounts on the page say it.
        *([Column("currency", _("Currency"), _currency)] if request.args.get("format") else []),
        Column("channel", _("Sold by"), lambda order: order.channel, lambda order: word_for(order.channel, CHANNELS)),
    ]  # fmt: skip


def _orders(session: Session, wanted: Wanted, *, now: datetime) -> Sequence[Order]:
    found = select(Order.id).where(matching(_clues(session, wanted, now=now)))
    if wanted.filters.get("state") in ORDER_STATES:
        found = found.where(is_in_state(wanted.filters["state"], now))
    if "channel" in wanted.filters:
        found = found.where(Order.channel == wanted.filters["channel"])
    # By the key, which an index has in this order, and which grows with time.
    # A start is looked up for each: joined, PostgreSQL would walk through the screenings of all years for the first orders.
    start = select(Screening.starts_at).where(Screening.id == Order.screening_id)
    by = {
        "created": Order.id,
        "starts": start.correlate(Order).scalar_subquery(),
        "total": Order.total_amount,
    }
    # The keys first: whole orders, of which a page shows few, take the database long to put into an order.
    keys = ordered(found, wanted, by, last=Order.id).subquery()
    shown = (
        select(Order)
        .join(keys, keys.c.id == Order.id)
        .join(Order.screening)
        .options(
            contains_eager(Order.screening).options(
                joinedload(Screening.film), joinedload(Screening.hall).joinedload(Hall.cinema)
            ),
            joinedload(Order.user),
        )
    )
    return session.scalars(sorted_as(shown, wanted, by, last=Order.id)).all()


def _clues(session: Session, wanted: Wanted, *, now: datetime) -> list[Clue]:
    filters = wanted.filters
    clues: list[Clue] = []
    if "q" in filters:
        clues.append(by_anything(session, filters["q"], now=now))
    if "email" in filters:
        clues.append(by_address(session, filters["email"]))
    if "ticket" in filters:
        plain = filters["ticket"].lstrip("#…").upper()
        clues.append(by_code(plain) if _is_known_code(session, plain) else by_ticket(plain))
    if filters.keys() & {"seat", "film", "day", "cinema"}:
        day = day_of(filters.get("day"), default=date.min)
        clues.append(
            at_screenings(
                session,
                cinema_id=_cinema_id(filters.get("cinema")),
                day=day if "day" in filters else None,
                film=filters.get("film"),
                seat=filters.get("seat"),
                now=now,
            )
        )
    if clues:
        return clues
    reads_each = wanted.sort != "created" and not wanted.as_file
    return [among_latest(session, LATEST_ORDERS_SORTED if reads_each else LATEST_ORDERS)]


def _cinema_id(slug: str | None) -> int | None:
    try:
        return house_of(slug).id if slug else None
    except CinemaNotFound:
        return None


def _is_known_code(session: Session, text: str) -> bool:
    return session.scalar(by_code(text).limit(1)) is not None


def _code_of(session: Session, text: str) -> str | None:
    order = find_named_order(session, text=text)
    return order.code if order is not None else None


def _zone(order: Order) -> str:
    return order.screening.hall.cinema.timezone


def _local(order: Order, moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(_zone(order)))


def _currency(order: Order) -> str:
    return order.currency


def _made(order: Order) -> Markup:
    return _moment(order.created_at, _zone(order))


def _starts(order: Order) -> Markup:
    return _moment(order.screening.starts_at, _zone(order))


def _moment(moment: datetime, zone: str) -> Markup:
    text = formats.moment_text(moment, zone, page_language())
    return Markup('<span class="in-one-line">{}</span>').format(text)


def _state(order: Order, now: datetime) -> Markup:
    return state_tag(state_at(order, now=now), STATE_WORDS)


def _link(order: Order) -> Markup:
    return Markup('<a href="{}">{}</a>').format(here("order", code=order.code), order.code)
