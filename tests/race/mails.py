"""Which tickets arrived by mail."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import func, select, update

from matinee.boxoffice.models import TICKET_ID_LENGTH
from matinee.kernel import clock
from matinee.outbox.models import Message
from tests.mail_server import Received
from tests.race.ledger import Sales, opened

_TICKET = re.compile(rf"/tickets/([A-Z0-9]{{{TICKET_ID_LENGTH}}})")


def count_unsent(url: str) -> int:
    """How many mails still wait."""
    with opened(url) as session:
        return session.scalar(select(func.count()).select_from(Message).where(Message.sent_at.is_(None))) or 0


def end_leases(url: str) -> None:
    """As though the minutes had passed after which what a dead worker had taken is free again."""
    with opened(url) as session:
        session.execute(
            update(Message).where(Message.leased_until.is_not(None)).values(leased_until=clock.now())
        )


def check_mails(received: Iterable[Received], sales: Sales) -> None:
    """Every order's tickets are in a mail to its buyer; what came twice says so by its Message-ID."""
    told: dict[str, tuple[frozenset[str], str]] = {}
    for arrived in received:
        mail = arrived.mail
        body = mail.get_body(("plain",))
        assert body is not None
        content = (frozenset(_TICKET.findall(body.get_content())), arrived.recipients[0])
        assert told.setdefault(mail["Message-ID"], content) == content
    assert sorted((sorted(tickets), to) for tickets, to in told.values()) == sorted(
        (sorted(tickets), sales.buyers[order_id]) for order_id, tickets in sales.orders.items()
    )
