"""Finding orders by what people know of them: each way through an index, never by reading all orders ever made.

A clue is a condition of the order itself, or a statement that gives the keys of the orders that fit. Of several ways the
keys are united: an OR over several tables would make the database look at every order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, func, literal_column, select, union
from sqlalchemy.orm import Session

from matinee.accounts.errors import NotAnAddress
from matinee.accounts.models import User
from matinee.accounts.search import address_has
from matinee.accounts.users import normal_username
from matinee.boxoffice.models import ORDER_CODE_LENGTH, TICKET_ID_LENGTH, Order, OrderLine, Ticket
from matinee.db.numbers_in_words import in_words
from matinee.kernel.codes import TYPEABLE
from matinee.programme.models import Film, Screening, Seat

Keys = Select[Any] | CompoundSelect[Any]
Clue = Keys | ColumnElement[bool]
# People read the last characters of a ticket out; fewer say nothing.
TICKET_END_LENGTH = 4
# A part of an address is looked for among the accounts; more of them than this are no answer.
ACCOUNTS_MAX = 500
# A seat alone means: at screenings of these days and later.
SEAT_DAYS_BACK = timedelta(days=2)
# Of the screenings that fit, the latest; fewer where nobody said that a film is meant.
SCREENINGS_MAX = 2_000
SCREENINGS_GUESSED_MAX = 200
# Where nothing narrows enough, so many of the latest orders are looked at.
LATEST_ORDERS = 50_000
# And so many where a page has to read each of them, to put them into another order than that in which they were made.
LATEST_ORDERS_SORTED = 5_000
# Word for word as in the index, or it is not taken.
_TICKET_END = func.substr(Ticket.id, literal_column(str(TICKET_ID_LENGTH - TICKET_END_LENGTH + 1)))
_SEAT = re.compile(r"[^\W\d_]{0,3}-?\d{1,3}")


def by_code(code: str) -> Select[Any]:
    """The order with this code."""
    return select(Order.id).where(Order.code == code.upper())


def by_ticket(text: str) -> Select[Any]:
    """The orders of tickets with this id, or whose ids end so: four characters at the least."""
    wanted = text.upper()
    if len(wanted) >= TICKET_ID_LENGTH:
        return select(Ticket.order_id).where(Ticket.id == wanted)
    last = wanted[-TICKET_END_LENGTH:]
    found = select(Ticket.order_id).where(_TICKET_END.in_([last]))
    return found.where(Ticket.id.endswith(wanted, autoescape=True))


def by_address(session: Session, text: str) -> Keys:
    """The orders of whoever has this mail address: buyer with or without an account, or holder of a ticket.

    Of a part of an address: the orders of the accounts that have it in theirs.
    """
    try:
        address = normal_username(text)
    except NotAnAddress:
        return select(Order.id).where(Order.user_id.in_(_accounts_with(session, text)))
    return union(
        select(Order.id).where(Order.contact_email == address),
        select(Order.id).where(Order.user_id.in_(select(User.id).where(User.username == address))),
        select(Ticket.order_id).where(Ticket.holder_email == address),
    )


def at_screenings(
    session: Session,
    *,
    cinema_id: int | None = None,
    day: date | None = None,
    film: str | None = None,
    seat: str | None = None,
    latest: int = SCREENINGS_MAX,
    now: datetime,
) -> Clue:
    """The orders for screenings in a cinema, on a day, of films with this in the title, that have or had this seat.

    With a seat and no day: at screenings from two days ago on. Of more screenings than `latest`, the latest.
    """
    wanted = select(Screening.id)
    if cinema_id is not None:
        wanted = wanted.where(Screening.cinema_id == cinema_id)
    if film is not None:
        titled = select(Film.id).where(func.lower(Film.title).contains(film.lower(), autoescape=True))
        wanted = wanted.where(Screening.film_id.in_(titled))
    if day is not None:
        wanted = wanted.where(Screening.day == day)
    elif seat is not None:
        wanted = wanted.where(Screening.starts_at >= now - SEAT_DAYS_BACK).order_by(Screening.starts_at)
    # Read before, and not a part of the statement: the database would guess how many they are, and guess wrong.
    screenings = session.scalars(wanted.order_by(Screening.starts_at.desc()).limit(latest)).all()
    at_them = Order.screening_id.in_(screenings)
    return at_them if seat is None else select(union(*_with_seat(seat, at_them)).subquery().c.id)


def by_anything(session: Session, text: str, *, now: datetime) -> Keys:
    """The orders that fit a text of which nobody said what it is: a code, a ticket, an address, a seat, a film."""
    if "@" in text:
        return by_address(session, text)
    plain = re.sub(r"[\s#-]", "", text)
    of_film = at_screenings(session, film=text, latest=SCREENINGS_GUESSED_MAX, now=now)
    clues = [_keys(of_film)]
    if _is_code(plain):
        clues.append(by_code(plain))
    if plain.isascii() and plain.isalnum() and TICKET_END_LENGTH <= len(plain) <= TICKET_ID_LENGTH:
        clues.append(by_ticket(plain))
    if _SEAT.fullmatch(text):
        clues.append(_keys(at_screenings(session, seat=text, now=now)))
    else:
        clues.append(select(Order.id).where(Order.user_id.in_(_accounts_with(session, text))))
    return union(*clues)


def find_named_order(session: Session, *, text: str) -> Order | None:
    """The one order whose code, or the id of one of whose tickets, is this text; None where there is none."""
    plain = re.sub(r"[\s#-]", "", text).upper()
    if not (plain.isascii() and plain.isalnum()):
        return None
    if len(plain) == TICKET_ID_LENGTH:
        return session.scalars(select(Order).where(Order.id.in_(by_ticket(plain)))).one_or_none()
    return (
        session.scalars(select(Order).where(Order.code == plain)).one_or_none() if _is_code(plain) else None
    )


def among_latest(session: Session, count: int = LATEST_ORDERS) -> Clue:
    """One of the latest `count` orders: the clue where nobody has one."""
    # Read before and said as a number, not asked for within the statement or as a parameter: the database would guess that
    # a third of all orders are later.
    newest = session.scalar(select(func.max(Order.id))) or 0
    return Order.id > in_words(newest - count)


def matching(clues: Sequence[Clue]) -> ColumnElement[bool]:
    """The condition of an order that all clues fit; one at the least."""
    assert clues, "all orders of all years would be looked at"
    return and_(*(clue if isinstance(clue, ColumnElement) else Order.id.in_(clue) for clue in clues))


def _keys(clue: Clue) -> Select[Any]:
    """The clue as a statement that can be united with others."""
    if isinstance(clue, Select):
        return clue
    return select(Order.id).where(matching([clue]))


def _is_code(text: str) -> bool:
    return len(text) == ORDER_CODE_LENGTH and set(text.upper()) <= set(TYPEABLE)


def _accounts_with(session: Session, text: str) -> Sequence[int]:
    wanted = select(User.id).where(address_has(session, text))
    return session.scalars(wanted.order_by(User.id.desc()).limit(ACCOUNTS_MAX)).all()


def _with_seat(label: str, condition: ColumnElement[bool]) -> tuple[Select[Any], Select[Any]]:
    """The orders of this condition that have or had a ticket for a seat with this label, and those that hold one."""
    same = and_(condition, func.lower(Seat.label) == label.lower())
    issued = select(Order.id).join(Ticket, Ticket.order_id == Order.id).join(Seat, Seat.id == Ticket.seat_id)
    held = (
        select(Order.id)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Seat, Seat.id == OrderLine.seat_id)
    )
    return issued.where(same), held.where(same)
