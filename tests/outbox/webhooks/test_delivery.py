from __future__ import annotations

import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from matinee.db.transaction import Transactions
from matinee.kernel import clock
from matinee.outbox.delivery import DeliveryCounts
from matinee.outbox.errors import NothingToSend
from matinee.outbox.models import Message, WebhookEndpoint
from matinee.outbox.webhooks.composing import EventComposer
from matinee.outbox.webhooks.delivery import WebhookDelivery
from matinee.outbox.webhooks.signing import signature_header
from tests.databases import free_port
from tests.outbox.opened import enqueue_notes, make_due, open_delivery, rows
from tests.outbox.webhooks.opened import add_endpoint, announce, open_webhooks
from tests.webhook_receiver import Answer, Receiver, Request, running_receiver


def change_rows(transactions: Transactions, **values: Any) -> None:
    transactions.write(lambda session: session.execute(update(Message).values(**values)))


def is_active(transactions: Transactions, endpoint: WebhookEndpoint) -> bool:
    return transactions.read(lambda session: session.get_one(WebhookEndpoint, endpoint.id).active)


def test_an_event_arrives_signed_and_stays_in_the_log(
    transactions: Transactions, receiver: Receiver, webhooks: WebhookDelivery
) -> None:
    endpoint = add_endpoint(transactions, receiver.url)
    announce(transactions, 7)
    assert webhooks.deliver_all_due() == DeliveryCounts(sent=1)
    (kept,) = rows(transactions)
    (request,) = receiver.received
    assert request.json == {
        "id": kept.payload["event_id"],
        "type": "order.paid",
        "created": f"{kept.created_at:%Y-%m-%dT%H:%M:%SZ}",
        "data": {"order": 7, "where": "http://testserver"},
    }
    headers = request.headers
    assert headers["Matinee-Event"] == "order.paid"
    assert headers["Matinee-Delivery"] == str(kept.id)
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert headers["User-Agent"].startswith("Matinee/")
    timestamp = int(headers["Matinee-Signature"].split(",")[0].removeprefix("t="))
    assert abs(timestamp - clock.now().timestamp()) < 60
    assert headers["Matinee-Signature"] == signature_header(
        secret=endpoint.secret, timestamp=timestamp, body=request.body
    )
    assert (kept.answer_status, kept.attempts, kept.last_error, kept.lease) == (200, 1, None, None)
    assert kept.sent_at is not None
    assert kept.payload["order_id"] == 7
    assert webhooks.deliver_all_due() == DeliveryCounts()
    assert len(receiver.received) == 1


@pytest.mark.parametrize("status", [400, 401, 404, 500, 599])
def test_an_answer_that_is_no_success_is_tried_again_with_the_same_event(
    transactions: Transactions, receiver: Receiver, webhooks: WebhookDelivery, status: int
) -> None:
    add_endpoint(transactions, receiver.url)
    announce(transactions, 7, 8)
    receiver.answer = lambda request: Answer(status if request.json["data"]["order"] == 7 else 202)
    before = clock.now()
    # It says nothing of the other event.
    assert webhooks.deliver_all_due() == DeliveryCounts(sent=1, postponed=1)
    waiting, sent = rows(transactions)
    assert (waiting.answer_status, waiting.attempts, waiting.sent_at, waiting.failed_at) == (
        status,
        1,
        None,
        None,
    )
    assert f"answered {status}" in str(waiting.last_error)
    assert before < waiting.next_attempt_at < clock.now() + timedelta(seconds=5)
    assert sent.answer_status == 202

    receiver.answer = lambda request: Answer(201)
    make_due(transactions, clock.now())
    assert webhooks.deliver_all_due() == DeliveryCounts(sent=1)
    assert rows(transactions)[0].last_error is None
    first, *_, last = receiver.received
    assert first.json["id"] == last.json["id"]
    assert first.json["created"] == last.json["created"]


def test_a_redirect_counts_as_a_failure_and_is_not_followed(
    transactions: Transactions, receiver: Receiver, webhooks: WebhookDelivery
) -> None:
    add_endpoint(transactions, receiver.url)
    announce(transactions, 7)
    receiver.answer = lambda request: Answer(302, {"Location": "/elsewhere"})
    assert webhooks.deliver_all_due() == DeliveryCounts(postponed=1)
    assert [request.path for request in receiver.received] == ["/hook"]
    assert "redirects are not followed" in str(rows(transactions)[0].last_error)


def test_gone_makes_the_endpoint_inactive(
    transactions: Transactions, receiver: Receiver, webhooks: WebhookDelivery
) -> None:
    endpoint = add_endpoint(transactions, receiver.url)
    announce(transactions, 7, 8)
    receiver.answer = lambda request: Answer(410)
    assert webhooks.deliver_all_due() == DeliveryCounts(failed=2)
    assert not is_active(transactions, endpoint)
    gone, other = rows(transactions)
    assert (gone.answer_status, gone.failed_at is None) == (410, False)
    assert "410 Gone" in str(gone.last_error)
    # What waited is told to nobody.
    assert other.last_error == "not sent: the endpoint is not active"
    assert len(receiver.received) == 1


def test_after_two_days_an_event_is_given_up_with_the_reason(
    transactions: Transactions, receiver: Receiver, webhooks: WebhookDelivery
) -> None:
    add_endpoint(transactions, receiver.url)
    announce(transactions, 7)
    receiver.answer = lambda request: Answer(500)
    change_rows(transactions, created_at=clock.now() - timedelta(hours=49), attempts=36)
    assert webhooks.deliver_all_due() == DeliveryCounts(postponed=1)
    make_due(transactions, clock.now())
    assert webhooks.deliver_all_due() == DeliveryCounts(failed=1)
    (kept,) = rows(transactions)
    assert kept.failed_at is not None
    assert str(kept.last_error) == (
        "given up after 38 tries; at last: the endpoint answered 500 Internal Server Error"
    )
    assert kept.answer_status == 500
    assert kept.payload["order_id"] == 7


@pytest.mark.parametrize("status", [429, 502, 503, 504, None])
def test_an_endpoint_that_is_away_is_asked_once_and_then_left_in_peace(
    transactions: Transactions, receiver: Receiver, webhooks: WebhookDelivery, status: int | None
) -> None:
    url = receiver.url if status else f"http://127.0.0.1:{free_port()}/"
    receiver.answer = lambda request: Answer(status or 200)
    add_endpoint(transactions, url)
    announce(transactions, *range(30))
    assert webhooks.deliver_all_due() == DeliveryCounts(postponed=30)
    assert len(receiver.received) == (1 if status else 0)
    kept = rows(transactions)
    assert all(row.attempts == 1 and row.lease is None and row.last_error for row in kept)
    # Only the one that was sent has an answer.
    assert [row.answer_status for row in kept] == [status, *[None] * 29]
    announce(transactions, 31)
    assert webhooks.deliver_all_due() == DeliveryCounts()
    assert rows(transactions)[-1].attempts == 0


def test_an_endpoint_that_is_back_gets_everything(
    transactions: Transactions, receiver: Receiver, webhooks: WebhookDelivery
) -> None:
    add_endpoint(transactions, receiver.url)
    announce(transactions, 1, 2, 3)
    receiver.answer = lambda request: Answer(503)
    webhooks.deliver_all_due()
    receiver.answer = lambda request: Answer()
    make_due(transactions, clock.now())
    ends = time.monotonic() + 10
    while any(row.sent_at is None for row in rows(transactions)) and time.monotonic() < ends:
        webhooks.deliver_all_due()
        time.sleep(0.05)
    assert sorted(request.json["data"]["order"] for request in receiver.received[1:]) == [1, 2, 3]


def test_a_slow_endpoint_keeps_no_other_waiting(transactions: Transactions, receiver: Receiver) -> None:
    released = threading.Event()

    def slowly(_request: Request) -> Answer:
        released.wait(20)
        return Answer()

    webhooks = open_webhooks(transactions, seconds_max=20)
    with running_receiver() as slow:
        slow.answer = slowly
        add_endpoint(transactions, slow.url, "order.refunded")
        add_endpoint(transactions, receiver.url, "order.paid")
        # More than a lane, a visit and all of the lanes together could hide.
        announce(transactions, *range(50), event="order.refunded")
        announce(transactions, *range(25))
        counts = DeliveryCounts()
        ends = time.monotonic() + 15
        while counts.sent < 25 and time.monotonic() < ends:
            counts += webhooks.deliver_some()
            time.sleep(0.02)
        assert counts == DeliveryCounts(sent=25)
        assert len(receiver.received) == 25
        # The slow one has a single request under way.
        assert len(slow.received) == 1
        released.set()
        assert webhooks.deliver_all_due() == DeliveryCounts(sent=50)
    webhooks.finish()


def test_two_workers_tell_every_event_once(transactions: Transactions, receiver: Receiver) -> None:
    with running_receiver() as other:
        add_endpoint(transactions, receiver.url)
        add_endpoint(transactions, other.url)
        announce(transactions, *range(60))
        workers = [open_webhooks(transactions) for _ in range(2)]
        counts: list[DeliveryCounts] = []
        threads = [
            threading.Thread(target=lambda worker=worker: counts.append(worker.deliver_all_due()))
            for worker in workers
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for worker in workers:
            worker.finish()
        assert sum(count.sent for count in counts) == 120
        for received in (receiver.received, other.received):
            assert sorted(request.json["data"]["order"] for request in received) == list(range(60))


def test_a_leased_event_is_nobody_elses_until_the_lease_runs_out(
    transactions: Transactions, receiver: Receiver, webhooks: WebhookDelivery
) -> None:
    add_endpoint(transactions, receiver.url)
    announce(transactions, 7)
    change_rows(transactions, lease="another", leased_until=clock.now() + timedelta(seconds=60))
    assert webhooks.deliver_all_due() == DeliveryCounts()
    change_rows(transactions, leased_until=clock.now() - timedelta(seconds=1))
    assert webhooks.deliver_all_due() == DeliveryCounts(sent=1)


def test_an_event_that_cannot_be_composed_does_not_keep_the_others(
    transactions: Transactions, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_session: Any, payload: dict[str, Any], _context: Any) -> dict[str, Any]:
        if payload["order_id"] == 7:
            raise KeyError(payload["event_id"])
        return {}

    def late(_session: Any, _payload: Any, _context: Any) -> dict[str, Any]:
        raise NothingToSend("the order does not exist any more")

    composers: dict[str, EventComposer] = {"order.paid": broken, "order.refunded": late}
    add_endpoint(transactions, receiver.url, "order.paid", "order.refunded", "screening.changed")
    announce(transactions, 7, 8)
    announce(transactions, 9, event="order.refunded")
    announce(transactions, 10, event="screening.changed")
    webhooks = open_webhooks(transactions, composers=composers)
    assert webhooks.deliver_all_due() == DeliveryCounts(sent=1, postponed=1, failed=2)
    webhooks.finish()
    assert [row.last_error for row in rows(transactions)] == [
        "cannot be composed: KeyError",
        None,
        "not sent: the order does not exist any more",
        "nothing composes events of the kind 'screening.changed'",
    ]
    assert rows(transactions)[0].payload["event_id"] not in caplog.text


def test_a_change_of_the_endpoint_counts_for_what_waits(
    transactions: Transactions, receiver: Receiver, webhooks: WebhookDelivery
) -> None:
    endpoint = add_endpoint(transactions, f"http://127.0.0.1:{free_port()}/")
    announce(transactions, 7)
    transactions.write(
        lambda session: session.execute(update(WebhookEndpoint).values(url=receiver.url, secret="whsec_new"))
    )
    assert webhooks.deliver_all_due() == DeliveryCounts(sent=1)
    (request,) = receiver.received
    timestamp = int(request.headers["Matinee-Signature"].split(",")[0].removeprefix("t="))
    assert request.headers["Matinee-Signature"] == signature_header(
        secret="whsec_new", timestamp=timestamp, body=request.body
    )
    assert endpoint.secret != "whsec_new"


def test_a_request_to_stop_ends_after_what_is_in_hand_and_frees_the_rest(
    transactions: Transactions, receiver: Receiver, webhooks: WebhookDelivery
) -> None:
    add_endpoint(transactions, receiver.url)
    announce(transactions, *range(10))
    webhooks.deliver_all_due(should_stop=lambda: len(receiver.received) >= 3)
    webhooks.finish()
    kept = rows(transactions)
    assert sum(row.sent_at is not None for row in kept) == 3
    assert all(row.lease is None for row in kept)


def test_mail_and_events_are_delivered_by_different_hands(
    transactions: Transactions, receiver: Receiver, webhooks: WebhookDelivery, data_dir: Path
) -> None:
    add_endpoint(transactions, receiver.url)
    announce(transactions, 7)
    enqueue_notes(transactions, "anna@example.org")
    mail = open_delivery(transactions, "", data_dir)
    assert mail.deliver_batch() == DeliveryCounts(sent=1)
    assert receiver.received == []
    assert webhooks.deliver_all_due() == DeliveryCounts(sent=1)
