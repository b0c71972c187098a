"""A purchase by name: who, which film, when, which seats. The one path that must be fast.

The same decisions on both databases. On SQLite they are taken inside a write transaction, on PostgreSQL by statements that
are transactions by themselves (`direct_purchases`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Date, bindparam, text
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.boxoffice.direct_purchases import sell_directly, sell_one_later
from matinee.boxoffice.errors import SeatsNotFree
from matinee.boxoffice.purchase_facts import Facts, Purchase, Sold, facts_statement, screenings_on_sale
from matinee.boxoffice.purchase_statements import CHANNEL
from matinee.boxoffice.sales import sell_seats
from matinee.db.base import UtcDateTime
from matinee.db.direct import DirectConnections
from matinee.db.transaction import Transactions
from matinee.db.version import DataVersion
from matinee.kernel.counts import count
from matinee.kernel.errors import DomainError


def purchase_seats(
    transactions: Transactions,
    direct: DirectConnections | None,
    version: DataVersion,
    *,
    purchase: Purchase,
    now: datetime,
    together: bool = True,
) -> list[Sold]:
    """Sell the seats to the buyer and store the mail with the tickets; return them in the order in which they were asked.

    `together`: whether a single seat is to be tried with those of others, as `purchase_seat_later` does.

    Raises, in this order: UserNotFound, SessionNotValid, EmailNotConfirmed, CinemaNotFound, NothingOnThatDay,
    FilmNotOnThatDay, NoScreeningAtThatTime, SoldOnWebsiteOnly, SeatsNotFree; and DatabaseUnavailable.
    """
    sold = None
    if direct is not None:
        try:
            sold = sell_directly(direct, version, purchase, now, together=together)
        except DomainError as refusal:
            count("refusals", code=refusal.code)
            raise
    if sold is None:
        # Also where the screening was changed in the meantime: in a session it is locked before it is looked at for good.
        sold = _in_turn_through_halls(
            lambda hall: transactions.write(lambda session: _sell_in_session(session, purchase, hall, now))
        )
    by_label = {seat.label: seat for seat in sold}
    return [by_label[label] for label in purchase.labels]


def purchase_seat_later(
    direct: DirectConnections,
    version: DataVersion,
    *,
    purchase: Purchase,
    now: datetime,
    then: Callable[[Sold | Exception | None], object],
) -> None:
    """Begin to sell a single seat, together with those that others buy at the same moment, and return at once.

    Another thread calls `then` with what was sold; with what `purchase_seats` would raise; or with None where it has to be
    asked, not `together`, because something stands in the way.
    """

    def tell(became: Sold | Exception | None) -> None:
        try:
            if isinstance(became, DomainError):
                count("refusals", code=became.code)
        finally:
            then(became)

    sell_one_later(direct, version, purchase, now, tell)


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


def _sell_in_session(session: Session, purchase: Purchase, hall: int, now: datetime) -> list[Sold]:
    statement, values = facts_statement(purchase)
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
    candidates = screenings_on_sale((Facts._make(row) for row in rows), purchase, now)
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
