from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from matinee.db.transaction import Transactions
from matinee.kernel import clock
from matinee.outbox import tidying
from matinee.outbox.models import Message
from matinee.outbox.tidying import delete_old_messages
from tests.outbox.opened import enqueue_notes, rows
from tests.outbox.webhooks.opened import add_endpoint, announce


def test_what_was_sent_thirty_days_ago_is_forgotten(transactions: Transactions) -> None:
    now = clock.now()
    old, young = now - timedelta(days=30), now - timedelta(days=30) + timedelta(seconds=1)
    add_endpoint(transactions, "https://shop.example/")
    announce(transactions, *range(4))
    enqueue_notes(transactions, *["anna@example.org"] * 4)
    events, mails = ([row.id for row in rows(transactions) if row.channel == c] for c in ("webhook", "mail"))
    ends = [{"sent_at": old}, {"sent_at": young}, {"failed_at": old}, {}]

    def end_all(session: object) -> None:
        for ids in (events, mails):
            for message_id, end in zip(ids, ends, strict=True):
                values = {"created_at": old - timedelta(days=9), **end}
                session.execute(update(Message).where(Message.id == message_id).values(values))

    transactions.write(end_all)
    assert transactions.write(lambda session: delete_old_messages(session, now=now)) == 3
    # A mail that was given up stays, for the operator. What waits stays in any case.
    assert [row.id for row in rows(transactions)] == [events[1], events[3], *mails[1:]]
    assert transactions.write(lambda session: delete_old_messages(session, now=now)) == 0


def test_one_portion_is_deleted_at_a_time(
    transactions: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tidying, "PORTION_COUNT_MAX", 2)
    enqueue_notes(transactions, *["anna@example.org"] * 5)
    long_ago = clock.now() - timedelta(days=40)
    transactions.write(lambda session: session.execute(update(Message).values(sent_at=long_ago)))
    counts = [
        transactions.write(lambda session: delete_old_messages(session, now=clock.now())) for _ in range(4)
    ]
    assert counts == [2, 2, 1, 0]
