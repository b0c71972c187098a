"""A purchase by name on PostgreSQL: by the driver's own connections, in as few statements as it takes.

The facts are read first and then everything is written by one statement, which is a transaction by itself; nothing that was
read in between is relied upon for the promise, since the claims and the checks on the order are made by that statement.
Single seats, which most ask for, are first tried by a statement that looks at the facts itself and serves several buyers at
once. See docs/decisions/direct-connections.md.
"""

from __future__ import annotations

from datetime import datetime

import psycopg

from matinee.accounts.errors import SessionNotValid
from matinee.boxoffice import purchase_statements as statements
from matinee.boxoffice.errors import SeatsNotFree
from matinee.boxoffice.orders import new_order_code
from matinee.boxoffice.purchase_facts import Facts, Purchase, Sold, facts_statement, screenings_on_sale
from matinee.boxoffice.tickets import new_ticket_id
from matinee.db.direct import DirectConnections
from matinee.db.together import NotTogether
from matinee.kernel.codes import hash_secret
from matinee.kernel.counts import count
from matinee.outbox.webhooks.events import new_event_id

# Who deletes his account while he buys.
_BUYER_IS_GONE = "fk_sale_order_user_id_users"
_ALL_OR_NONE = ("ck_sale_order_all_seats_claimed", "uq_ticket_valid_seat")


def sell_directly(direct: DirectConnections, purchase: Purchase, now: datetime) -> list[Sold] | None:
    """Sell the seats and store the mail; None, with nothing done, where the screening was changed while this waited for it.

    Raises as `purchases.purchase_seats` does.
    """
    if len(purchase.labels) == 1:
        sold = _sell_together(direct, purchase, now)
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
        _count(state=rows[0][2], tickets=len(rows))
        return [Sold(label, ticket_id) for label, ticket_id, _ in rows]
    raise SeatsNotFree


def _sell_together(direct: DirectConnections, purchase: Purchase, now: datetime) -> Sold | None:
    """Buy one seat, in one statement with whoever buys at the same moment.

    None where something stands in the way and has to be found out, or where it could not be done together. Raises
    SeatsNotFree, and DatabaseUnavailable.
    """
    (label,) = purchase.labels
    ticket_id = new_ticket_id()
    values = {
        "username": purchase.username,
        "token_hash": hash_secret(purchase.token),
        "cinema": purchase.cinema,
        "day": purchase.day,
        "title": purchase.title,
        "time": purchase.time,
        "label": label,
        "code": new_order_code(),
        "ticket_id": ticket_id,
        "event_id": new_event_id(),
        "now": now,
    }
    together = (
        statements.TOGETHER_IN_DEFAULT_CINEMA
        if purchase.cinema is None
        else statements.TOGETHER_IN_NAMED_CINEMA
    )
    try:
        rows = direct.fetch_together(together, values)
    except NotTogether:
        return None
    if not rows:
        return None
    ((state,),) = rows
    if state is None:
        raise SeatsNotFree
    _count(state=state, tickets=1)
    return Sold(label, ticket_id)


def _count(*, state: str, tickets: int) -> None:
    # What the rooms count in a session where there is one: `orders.record_start`, `tickets.issue_tickets`.
    count("order_steps", from_state="new", to_state=state, channel=statements.CHANNEL)
    if state == "paid":
        count("tickets_sold", tickets, channel=statements.CHANNEL)
