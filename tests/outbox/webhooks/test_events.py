from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from matinee.db.transaction import Transactions
from matinee.kernel import clock
from matinee.outbox.webhooks.endpoints import deactivate_endpoint
from matinee.outbox.webhooks.events import announce_event, is_asked_for
from tests.outbox.opened import rows
from tests.outbox.webhooks.opened import add_endpoint

URL = "https://shop.example/hook"


def test_each_active_endpoint_that_asked_is_told_of_the_same_event(transactions: Transactions) -> None:
    first = add_endpoint(transactions, URL, "order.paid", "order.refunded")
    add_endpoint(transactions, URL, "order.refunded", "screening.sold_out")
    second = add_endpoint(transactions, URL, "order.paid")
    asleep = add_endpoint(transactions, URL, "order.paid")
    now = clock.now()

    def work(session: Session) -> int:
        deactivate_endpoint(session, endpoint=session.merge(asleep))
        return announce_event(session, event="order.paid", payload={"order_id": 7}, now=now)

    assert transactions.write(work) == 2
    told = rows(transactions)
    assert [(row.channel, row.kind, row.endpoint_id, row.recipient) for row in told] == [
        ("webhook", "order.paid", first.id, first.public_id),
        ("webhook", "order.paid", second.id, second.public_id),
    ]
    assert told[0].payload == told[1].payload
    assert told[0].payload["order_id"] == 7
    assert told[0].payload["event_id"].startswith("evt_")
    assert {row.created_at for row in told} == {row.next_attempt_at for row in told} == {now}


def test_two_events_are_told_apart(transactions: Transactions) -> None:
    add_endpoint(transactions, URL)
    for _ in range(2):
        transactions.write(
            lambda session: announce_event(
                session, event="order.paid", payload={"order_id": 7}, now=clock.now()
            )
        )
    first, second = rows(transactions)
    assert first.payload["event_id"] != second.payload["event_id"]


def test_nobody_is_told_where_nobody_asked(transactions: Transactions) -> None:
    add_endpoint(transactions, URL, "order.refunded")

    def work(session: Session) -> int:
        assert is_asked_for(session, event="order.refunded")
        assert not is_asked_for(session, event="order.paid")
        return announce_event(session, event="order.paid", payload={"order_id": 7}, now=clock.now())

    assert transactions.write(work) == 0
    assert rows(transactions) == []


def test_an_event_that_is_in_no_list_is_a_fault(transactions: Transactions) -> None:
    with pytest.raises(AssertionError):
        transactions.write(
            lambda session: announce_event(session, event="order.lost", payload={}, now=clock.now())
        )
