"""The mail that opens an order for whoever has lost the way to it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from matinee.boxoffice.access_codes import LIFETIME
from matinee.outbox.composing import ComposedMail, Composer, MailContext
from matinee.outbox.errors import NothingToSend
from matinee.outbox.rendering import render_mail
from matinee.tickets.facts import screening_facts
from matinee.tickets.queries import order_with_screening


def compose_order_access(session: Session, payload: dict[str, Any], context: MailContext) -> ComposedMail:
    """The code that opens an order; without one, that its account opens it. Raises NothingToSend.

    The link carries no code: it would open the order to whoever sees the address, in a history or a log.
    """
    order = order_with_screening(session, order_id=payload["order_id"])
    if order is None:
        raise NothingToSend("the order does not exist any more")
    if "code" not in payload:
        # Somebody has a mail tried again that was given up.
        raise NothingToSend("its code was forgotten when it was given up")
    code = str(payload["code"])
    link = (
        f"{context.base_url}/orders/open?code={order.code}"
        if code
        else f"{context.base_url}/orders/{order.code}"
    )
    return render_mail(
        "matinee.tickets",
        "order_access",
        subject=f"Your order {order.code}",
        values={
            **screening_facts(order),
            "code": code,
            "link": link,
            "minutes": int(LIFETIME.total_seconds() // 60),
            "order_code": order.code,
            "host": urlsplit(context.base_url).netloc,
        },
    )


COMPOSERS: dict[str, Composer] = {"order_access": compose_order_access}
