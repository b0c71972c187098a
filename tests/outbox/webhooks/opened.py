"""Webhooks on a database of a test, without the rest of Matinee."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from matinee.db.transaction import Transactions
from matinee.kernel import clock
from matinee.outbox.models import WebhookEndpoint
from matinee.outbox.webhooks.composing import EventComposer, EventContext
from matinee.outbox.webhooks.delivery import WebhookDelivery
from matinee.outbox.webhooks.dispatch import EventDispatcher
from matinee.outbox.webhooks.endpoints import register_endpoint
from matinee.outbox.webhooks.events import announce_event
from matinee.outbox.webhooks.posting import Poster
from matinee.outbox.webhooks.visits import Visitor


def compose_plainly(_session: Session, payload: dict[str, Any], context: EventContext) -> dict[str, Any]:
    """Tells the id that it is about."""
    return {"order": payload["order_id"], "where": context.base_url}


PLAIN: dict[str, EventComposer] = {"order.paid": compose_plainly, "order.refunded": compose_plainly}


def open_webhooks(
    transactions: Transactions, *, seconds_max: float = 5.0, composers: Mapping[str, EventComposer] = PLAIN
) -> WebhookDelivery:
    """A delivery as the worker has one, which may go to this machine and is less patient."""
    poster = Poster(private_allowed=True, seconds_max=seconds_max)
    dispatcher = EventDispatcher(
        transactions=transactions,
        poster=poster,
        composers=composers,
        base_url="http://testserver",
        now=clock.now,
    )
    visitor = Visitor(
        transactions=transactions, dispatcher=dispatcher, post_seconds_max=seconds_max, now=clock.now
    )
    return WebhookDelivery(transactions=transactions, visitor=visitor, poster=poster, now=clock.now)


def add_endpoint(transactions: Transactions, url: str, *events: str) -> WebhookEndpoint:
    """An endpoint for these events, `order.paid` where none is named."""
    return transactions.write(
        lambda session: register_endpoint(
            session, url=url, events=events or ("order.paid",), private_allowed=True, now=clock.now()
        )
    )


def announce(transactions: Transactions, *order_ids: int, event: str = "order.paid") -> None:
    """The event for each of these orders."""

    def work(session: Session) -> None:
        for order_id in order_ids:
            announce_event(session, event=event, payload={"order_id": order_id}, now=clock.now())

    transactions.write(work)
