from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import update

from matinee.db.transaction import Transactions
from matinee.kernel import clock
from matinee.outbox.models import Message
from matinee.outbox.queries import WaitingMail, outbox_summary, waiting_mail
from tests.outbox.opened import enqueue_notes, rows
from tests.outbox.webhooks.opened import add_endpoint, announce


def test_an_empty_outbox_has_nothing_waiting(transactions: Transactions) -> None:
    now = clock.now()
    assert transactions.read(lambda session: waiting_mail(session, now=now)) == WaitingMail(0, None)


def test_the_summary_tells_waiting_from_sent_and_failed(transactions: Transactions) -> None:
    now = clock.now()
    first, second, third, fourth = enqueue_notes(transactions, *["anna@example.org"] * 4)

    def change(message_id: int, **values: Any) -> None:
        transactions.write(
            lambda session: session.execute(update(Message).where(Message.id == message_id).values(**values))
        )

    change(first, sent_at=now)
    change(second, failed_at=now, last_error="no such user")
    change(third, created_at=now - timedelta(minutes=10))
    change(fourth, created_at=now - timedelta(minutes=2))
    summary = transactions.read(lambda session: outbox_summary(session, now=now))
    assert (summary.waiting, summary.failed, summary.last_error) == (2, 1, "no such user")
    assert summary.oldest_waiting_age == timedelta(minutes=10)


def test_webhooks_do_not_count_as_mail(transactions: Transactions) -> None:
    now = clock.now()
    add_endpoint(transactions, "https://shop.example/")
    announce(transactions, 1, 2)
    first = rows(transactions)[0]
    transactions.write(
        lambda session: session.execute(
            update(Message)
            .where(Message.id == first.id)
            .values(failed_at=now, last_error="the endpoint answered 500")
        )
    )
    summary = transactions.read(lambda session: outbox_summary(session, now=now))
    assert (summary.waiting, summary.failed, summary.last_error) == (0, 0, None)
    assert transactions.read(lambda session: waiting_mail(session, now=now)) == WaitingMail(0, None)
