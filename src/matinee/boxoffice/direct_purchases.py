"""A purchase by name on PostgreSQL: by the driver's own connections, in as few statements as it takes.

The facts are read first and then everything is written by one statement, which is a transaction by itself; nothing that was
read in between is relied upon for the promise, since the claims and the checks on the order are made by that statement.
Single seats, which most ask for, are first tried by a statement that looks at the facts itself and serves several buyers at
once. See docs/decisions/direct-connections.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import psycopg

from matinee.accounts.errors import SessionNotValid
from matinee.boxoffice import purchase_statements as statements
from matinee.boxoffice.errors import SeatsNotFree
from matinee.boxoffice.orders import new_order_code
from matinee.boxoffice.purchase_facts import Facts, Purchase, Sold, facts_statement, screenings_on_sale
from matinee.boxoffice.tickets import new_ticket_id
from matinee.db.direct import DirectConnections, NoConnection, Rows
from matinee.db.together import NotTogether
from matinee.db.version import Change, DataVersion
from matinee.kernel.codes import hash_secret
from matinee.kernel.counts import count
from matinee.outbox.webhooks.events import new_event_id

# Who deletes his account while he buys.
_BUYER_IS_GONE = "fk_sale_order_user_id_users"
_ALL_OR_NONE = ("ck_sale_order_all_seats_claimed", "uq_ticket_valid_seat")


def sell_directly(
    direct: DirectConnections,
    version: DataVersion,
    purchase: Purchase,
    now: datetime,
    *,
    together: bool,
) -> list[Sold] | None:
    """Sell the seats and store the mail; None, with nothing done, where the screening was changed while this waited for it.

    `together`: a single seat is tried with those of others first. Raises as `purchases.purchase_seats` does.
    """
    if together and len(purchase.labels) == 1:
        sold = _sell_together(direct, version, purchase, now)
        if sold is not None:
            return [sold]
    statement, values = facts_statement(purchase)
    rows = direct.fetch_all(statement, values, may_repeat=True)
    for wanted in screenings_on_sale((Facts._make(row) for row in rows), purchase, now):
        try:
            rows = direct.fetch_all(
                statements.PURCHASE,
                {
                    "screening_id": wanted.screening_id,
                    "labels": list(purchase.labels),
                    "seats_asked": len(purchase.labels),
                    "ticket_ids": [new_ticket_id() for _ in purchase.labels],
                    "code": new_order_code(),
                    "user_id": wanted.user_id,
                    "username": wanted.username,
                    "language": wanted.language,
                    "currency": wanted.currency,
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
        if not rows:
            return None
        version.move(Change.CLAIMS)
        _count(state=rows[0][2], tickets=len(rows))
        return [Sold(label, ticket_id) for label, ticket_id, _ in rows]
    raise SeatsNotFree


def sell_one_later(
    direct: DirectConnections,
    version: DataVersion,
    purchase: Purchase,
    now: datetime,
    then: Callable[[Sold | Exception | None], object],
) -> None:
    """Begin to sell a single seat together with those of others, and return at once.

    Another thread calls `then` with what was sold; with None where something stands in the way and has to be found out, or
    where it could not be done together; with SeatsNotFree; or with DatabaseUnavailable.
    """
    asked = _asked(purchase, now)

    def tell(found: Rows | Exception) -> None:
        try:
            became = found if isinstance(found, Exception) else _what_became_of(asked, found)
        except Exception as error:  # noqa: BLE001 - raised by whoever is told
            became = error
        # Threads have connections of their own: where there was none to be had, they may sell it all the same.
        then(None if isinstance(became, (NotTogether, NoConnection)) else became)

    direct.fetch_together_later(_statement(purchase), asked, tell, committed=partial(_announce, version))


def _sell_together(
    direct: DirectConnections, version: DataVersion, purchase: Purchase, now: datetime
) -> Sold | None:
    """Buy one seat, in one statement with whoever buys at the same moment.

    None where something stands in the way and has to be found out, or where it could not be done together. Raises
    SeatsNotFree, and DatabaseUnavailable.
    """
    asked = _asked(purchase, now)
    try:
        rows = direct.fetch_together(_statement(purchase), asked, committed=partial(_announce, version))
    except NotTogether:
        return None
    became = _what_became_of(asked, rows)
    if isinstance(became, SeatsNotFree):
        raise SeatsNotFree
    return became


def _statement(purchase: Purchase) -> str:
    if purchase.cinema is None:
        return statements.TOGETHER_IN_DEFAULT_CINEMA
    return statements.TOGETHER_IN_NAMED_CINEMA


def _asked(purchase: Purchase, now: datetime) -> dict[str, Any]:
    (label,) = purchase.labels
    return {
        "username": purchase.username,
        "token_hash": hash_secret(purchase.token),
        "cinema": purchase.cinema,
        "day": purchase.day,
        "title": purchase.title,
        "time": purchase.time,
        "label": label,
        "code": new_order_code(),
        "ticket_id": new_ticket_id(),
        "event_id": new_event_id(),
        "now": now,
    }


def _announce(version: DataVersion, all_rows: Sequence[Rows]) -> None:
    """Of a purchase that several made together. A seat that was another's changes nothing."""
    if any(state is not None for rows in all_rows for (state,) in rows):
        version.move(Change.CLAIMS)


def _what_became_of(asked: dict[str, Any], rows: Rows) -> Sold | SeatsNotFree | None:
    """Of one who bought with others. None where something stands in the way."""
    if not rows:
        return None
    ((state,),) = rows
    if state is None:
        return SeatsNotFree()
    _count(state=state, tickets=1)
    return Sold(asked["label"], asked["ticket_id"])


def _count(*, state: str, tickets: int) -> None:
    # What the rooms count in a session where there is one: `orders.record_start`, `tickets.issue_tickets`.
    count("order_steps", from_state="new", to_state=state, channel=statements.CHANNEL)
    if state == "paid":
        count("tickets_sold", tickets, channel=statements.CHANNEL)
