"""A purchase by name: who, which film, when, which seats. The one path that must be fast.

The same decisions on both databases. On SQLite they are taken inside a write transaction. On PostgreSQL the facts are
read first and then everything is written by one statement, which is a transaction by itself; nothing that was read in
between is relied upon for the promise, since the claims and the checks on the order are made by that statement.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

import psycopg
from sqlalchemy import Date, bindparam, text
from sqlalchemy.orm import Session

from matinee.accounts.errors import EmailNotConfirmed, SessionNotValid, UserNotFound
from matinee.accounts.models import User
from matinee.boxoffice import statements
from matinee.boxoffice.errors import (
    FilmNotOnThatDay,
    NoScreeningAtThatTime,
    NothingOnThatDay,
    SeatsNotFree,
    SoldOnWebsiteOnly,
)
from matinee.boxoffice.orders import new_order_code
from matinee.boxoffice.sales import sell_seats
from matinee.boxoffice.tickets import new_ticket_id
from matinee.db.base import UtcDateTime
from matinee.db.direct import DirectConnections
from matinee.db.transaction import Transactions
from matinee.db.version import DataVersion
from matinee.kernel.codes import hash_secret
from matinee.kernel.counts import count
from matinee.kernel.errors import DomainError
from matinee.kernel.natural import natural_key
from matinee.outbox.webhooks.events import new_event_id
from matinee.programme.errors import CinemaNotFound

CHANNEL = "given"
_for_psycopg = cache(statements.for_psycopg)
# Who deletes his account while he buys.
_BUYER_IS_GONE = "fk_sale_order_user_id_users"
_ALL_OR_NONE = ("ck_sale_order_all_seats_claimed", "uq_ticket_valid_seat")


@dataclass(frozen=True, slots=True)
class Purchase:
    """What a buyer asks for. `day` is None for what is no date; `time` is the wall clock's HH:MM; `cinema` a slug."""

    username: str
    token: str
    cinema: str | None
    day: date | None
    title: str
    time: str
    labels: Sequence[str]


class Sold(NamedTuple):
    """One seat that was sold."""

    label: str
    ticket_id: str


class _Facts(NamedTuple):
    """A row of `statements.FACTS`."""

    user_id: int
    username: str
    language: str
    email_confirmed_at: datetime | None
    token_hash: str | None
    session_expires_at: datetime | None
    cinema_id: int | None
    currency: str
    sells_priced_unpaid: bool
    day_is_shown: bool
    screening_id: int | None
    time: str
    starts_at: datetime
    sales_end_at: datetime | None
    price_list_id: int | None
    hall_name: str


def purchase_seats(
    transactions: Transactions,
    direct: DirectConnections | None,
    version: DataVersion,
    *,
    purchase: Purchase,
    now: datetime,
) -> list[Sold]:
    """Sell the seats to the buyer and store the mail with the tickets; return them in the order in which they were asked.

    Raises, in this order: UserNotFound, SessionNotValid, EmailNotConfirmed, CinemaNotFound, NothingOnThatDay,
    FilmNotOnThatDay, NoScreeningAtThatTime, SoldOnWebsiteOnly, SeatsNotFree; and DatabaseUnavailable.
    """
    if direct is None:
        sold = _in_turn_through_halls(
            lambda hall: transactions.write(lambda session: _sell_in_session(session, purchase, hall, now))
        )
    else:
        try:
            sold = _sell_directly(direct, purchase, now)
        except DomainError as refusal:
            count("refusals", code=refusal.code)
            raise
        version.move()
    by_label = {seat.label: seat for seat in sold}
    return [by_label[label] for label in purchase.labels]


class _OtherHall(Exception):
    """The seats are not free in this hall; the same film begins at the same time in another."""


def _in_turn_through_halls(sell: Any) -> list[Sold]:
    hall = 0
    while True:
        try:
            sold: list[Sold] = sell(hall)
        except _OtherHall:
            hall += 1
        else:
            return sold


def _facts_statement(purchase: Purchase) -> tuple[str, dict[str, Any]]:
    values = {
        "username": purchase.username,
        "token_hash": hash_secret(purchase.token),
        "day": purchase.day,
        "title": purchase.title,
    }
    if purchase.cinema is None:
        return statements.FACTS_OF_DEFAULT_CINEMA, values
    return statements.FACTS_OF_NAMED_CINEMA, {**values, "cinema": purchase.cinema}


def _screenings_on_sale(facts: Iterable[_Facts], purchase: Purchase, now: datetime) -> list[_Facts]:
    """The screenings that are meant, by hall. The order of the checks is the contract's."""
    rows = list(facts)
    if not rows:
        raise UserNotFound
    first = rows[0]
    if (
        first.token_hash is None
        or not hmac.compare_digest(first.token_hash, hash_secret(purchase.token))
        or first.session_expires_at is None
        or first.session_expires_at <= now
    ):
        raise SessionNotValid
    if first.email_confirmed_at is None:
        raise EmailNotConfirmed
    if first.cinema_id is None and purchase.cinema:
        raise CinemaNotFound
    if not first.day_is_shown:
        raise NothingOnThatDay
    if first.screening_id is None:
        raise FilmNotOnThatDay
    on_sale = [
        row
        for row in rows
        if row.time == purchase.time
        and row.starts_at > now
        and (row.sales_end_at is None or row.sales_end_at > now)
    ]
    if not on_sale:
        raise NoScreeningAtThatTime
    sold_here = [row for row in on_sale if row.price_list_id is None or row.sells_priced_unpaid]
    if not sold_here:
        raise SoldOnWebsiteOnly
    return sorted(sold_here, key=lambda row: natural_key(row.hall_name))


def _sell_in_session(session: Session, purchase: Purchase, hall: int, now: datetime) -> list[Sold]:
    statement, values = _facts_statement(purchase)
    rows = session.execute(
        text(statement)
        .bindparams(bindparam("day", type_=Date()))
        .columns(
            email_confirmed_at=UtcDateTime(),
            session_expires_at=UtcDateTime(),
            starts_at=UtcDateTime(),
            sales_end_at=UtcDateTime(),
        ),
        values,
    )
    candidates = _screenings_on_sale((_Facts._make(row) for row in rows), purchase, now)
    if hall >= len(candidates):
        # It was taken off the programme since the hall before was tried.
        raise SeatsNotFree
    wanted = candidates[hall]
    buyer = session.get_one(User, wanted.user_id)
    try:
        tickets = sell_seats(
            session,
            screening_id=wanted.screening_id or 0,
            labels=purchase.labels,
            buyer=buyer,
            currency=wanted.currency,
            channel=CHANNEL,
            now=now,
        )
    except SeatsNotFree:
        # Raised so that this try leaves nothing behind; the next hall is tried in a transaction of its own.
        if hall + 1 < len(candidates):
            raise _OtherHall from None
        raise
    return [Sold(ticket.seat.label, ticket.id) for ticket in tickets]


def _sell_directly(direct: DirectConnections, purchase: Purchase, now: datetime) -> list[Sold]:
    statement, values = _facts_statement(purchase)
    rows = direct.fetch_all(_for_psycopg(statement), values, may_repeat=True)
    for wanted in _screenings_on_sale((_Facts._make(row) for row in rows), purchase, now):
        try:
            sold = direct.fetch_all(
                statements.PURCHASE,
                {
                    "screening_id": wanted.screening_id,
                    "labels": list(purchase.labels),
                    "seats_asked": len(purchase.labels),
                    "ticket_ids": [new_ticket_id() for _ in purchase.labels],
                    "code": new_order_code(),
                    "user_id": wanted.user_id,
                    "channel": CHANNEL,
                    "currency": wanted.currency,
                    "language": wanted.language,
                    "actor": wanted.username,
                    "recipient": wanted.username,
                    "event_id": new_event_id(),
                    "now": now,
                },
                may_repeat=False,
            )
        except psycopg.errors.IntegrityError as error:
            if error.diag.constraint_name == _BUYER_IS_GONE:
                raise SessionNotValid from error
            if error.diag.constraint_name not in _ALL_OR_NONE:
                raise
            continue
        _count(state=sold[0][2], tickets=len(sold))
        return [Sold(label, ticket_id) for label, ticket_id, _ in sold]
    raise SeatsNotFree


def _count(*, state: str, tickets: int) -> None:
    # What the rooms count in a session where there is one: `orders.record_start`, `tickets.issue_tickets`.
    count("order_steps", from_state="new", to_state=state, channel=CHANNEL)
    if state == "paid":
        count("tickets_sold", tickets, channel=CHANNEL)
