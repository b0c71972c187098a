from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from matinee.db.transaction import Transactions
from matinee.kernel import clock
from matinee.outbox.delivery import DeliveryCounts
from matinee.outbox.errors import DeliveryNotFound, EndpointNotActive
from matinee.outbox.messages import enqueue_message
from matinee.outbox.models import Message, WebhookEndpoint
from matinee.outbox.webhooks.delivery import WebhookDelivery
from matinee.outbox.webhooks.endpoints import deactivate_endpoint
from matinee.outbox.webhooks.log import LoggedDelivery, list_deliveries, redeliver
from tests.outbox.opened import make_due
from tests.outbox.webhooks.opened import add_endpoint, announce
from tests.webhook_receiver import Answer, Receiver


def logged(transactions: Transactions, endpoint: WebhookEndpoint, **more: int) -> list[LoggedDelivery]:
    asked = {"limit": 100, **more}
    return transactions.read(
        lambda session: list_deliveries(
            session, endpoint=endpoint, limit=asked["limit"], before_id=asked.get("before_id")
        )
    )


def tell_again(transactions: Transactions, endpoint: WebhookEndpoint, delivery_id: int) -> LoggedDelivery:
    def work(session: Session) -> LoggedDelivery:
        mine = session.get_one(WebhookEndpoint, endpoint.id)
        return redeliver(session, endpoint=mine, delivery_id=delivery_id, now=clock.now())

    return transactions.write(work)


def test_the_log_tells_what_became_of_each_delivery(
    transactions: Transactions, receiver: Receiver, webhooks: WebhookDelivery
) -> None:
    endpoint = add_endpoint(transactions, receiver.url)
    other = add_endpoint(transactions, receiver.url, "order.refunded")
    announce(transactions, 1, 2, 3)
    announce(transactions, 4, event="order.refunded")
    statuses = {1: 200, 2: 410, 3: 500, 4: 204}
    receiver.answer = lambda request: Answer(statuses[request.json["data"]["order"]])
    # In an order that is known: the one that ends it all comes last.
    for number in (1, 3, 2):
        transactions.write(
            lambda session, number=number: session.execute(
                update(Message)
                .where(Message.payload["order_id"].as_integer() == number)
                .values(next_attempt_at=clock.now() - timedelta(minutes=10 - (1, 3, 2).index(number)))
            )
        )
    webhooks.deliver_all_due()
    third, second, first = logged(transactions, endpoint)
    assert (first.state, first.answer_status, first.error, first.attempts) == ("delivered", 200, None, 1)
    assert (first.event, first.next_attempt_at) == ("order.paid", None)
    assert first.ended_at is not None
    assert first.happened_at == first.created_at
    assert (second.state, second.answer_status, second.next_attempt_at) == ("given_up", 410, None)
    assert (third.state, third.answer_status, third.ended_at) == ("waiting", 500, None)
    assert third.next_attempt_at is not None
    assert "500" in str(third.error)
    assert len({one.event_id for one in (first, second, third)}) == 3
    assert [one.event for one in logged(transactions, other)] == ["order.refunded"]


def test_the_log_is_read_in_pages_from_the_newest(transactions: Transactions) -> None:
    endpoint = add_endpoint(transactions, "https://shop.example/")
    announce(transactions, *range(5))
    ids = [one.id for one in logged(transactions, endpoint)]
    assert ids == sorted(ids, reverse=True)
    assert [one.id for one in logged(transactions, endpoint, limit=2)] == ids[:2]
    assert [one.id for one in logged(transactions, endpoint, limit=2, before_id=ids[1])] == ids[2:4]
    assert logged(transactions, endpoint, before_id=ids[-1]) == []


def test_an_event_is_told_again_as_the_same_event(
    transactions: Transactions, receiver: Receiver, webhooks: WebhookDelivery
) -> None:
    endpoint = add_endpoint(transactions, receiver.url)
    announce(transactions, 7)
    long_ago = clock.now() - timedelta(days=3)
    transactions.write(lambda session: session.execute(update(Message).values(created_at=long_ago)))
    webhooks.deliver_all_due()
    (told,) = logged(transactions, endpoint)
    again = tell_again(transactions, endpoint, told.id)
    assert (again.state, again.attempts, again.event_id) == ("waiting", 0, told.event_id)
    assert again.happened_at == long_ago < again.created_at
    assert webhooks.deliver_all_due() == DeliveryCounts(sent=1)
    # And once more, from the one that was told again.
    third = tell_again(transactions, endpoint, again.id)
    assert third.happened_at == long_ago
    make_due(transactions, clock.now())
    assert webhooks.deliver_all_due() == DeliveryCounts(sent=1)
    assert len({request.body for request in receiver.received}) == 1
    assert [request.headers["Matinee-Delivery"] for request in receiver.received] == [
        str(one.id) for one in (told, again, third)
    ]


def test_only_an_endpoints_own_deliveries_are_told_again(transactions: Transactions) -> None:
    endpoint = add_endpoint(transactions, "https://shop.example/")
    other = add_endpoint(transactions, "https://other.example/", "order.refunded")
    announce(transactions, 7)
    mail = transactions.write(
        lambda session: enqueue_message(
            session, kind="note", recipient="anna@example.org", payload={"code": "A7K2"}, now=clock.now()
        )
    )
    (told,) = logged(transactions, endpoint)
    for whose, delivery_id in ((other, told.id), (endpoint, mail.id), (endpoint, mail.id + 1000)):
        with pytest.raises(DeliveryNotFound):
            tell_again(transactions, whose, delivery_id)


def test_an_endpoint_that_is_not_active_is_told_nothing_again(transactions: Transactions) -> None:
    endpoint = add_endpoint(transactions, "https://shop.example/")
    announce(transactions, 7)
    (told,) = logged(transactions, endpoint)
    transactions.write(
        lambda session: deactivate_endpoint(session, endpoint=session.get_one(WebhookEndpoint, endpoint.id))
    )
    with pytest.raises(EndpointNotActive):
        tell_again(transactions, endpoint, told.id)
