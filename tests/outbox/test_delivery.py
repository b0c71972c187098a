from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from matinee.db.errors import DatabaseUnavailable
from matinee.db.transaction import Transactions
from matinee.kernel import clock
from matinee.outbox.composing import ComposedMail, Composer, MailContext
from matinee.outbox.delivery import Delivery, DeliveryCounts
from matinee.outbox.errors import NothingToSend
from matinee.outbox.models import Message
from tests.databases import free_port
from tests.mail_server import BadServer, MailServer, running_mail_server, speak_until_data
from tests.outbox.opened import NOTE, compose_note, enqueue_notes, make_due, open_delivery, row, rows


@pytest.fixture
def delivery(transactions: Transactions, mail_server: MailServer, data_dir: Path) -> Delivery:
    return open_delivery(transactions, f"smtp://127.0.0.1:{mail_server.port}", data_dir)


def test_a_mail_arrives_and_its_payload_is_forgotten(
    transactions: Transactions, mail_server: MailServer, delivery: Delivery
) -> None:
    (message_id,) = enqueue_notes(transactions, "anna@example.org", text="A7K2")
    assert delivery.deliver_batch() == DeliveryCounts(sent=1)
    (received,) = mail_server.received
    assert received.sender == "tickets@odeon.example"
    assert received.recipients == ["anna@example.org"]
    assert "A7K2" in received.mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    kept = row(transactions, message_id)
    assert kept.sent_at is not None
    assert kept.payload == {}
    assert (kept.attempts, kept.lease, kept.leased_until, kept.last_error) == (1, None, None, None)
    assert delivery.deliver_batch() == DeliveryCounts()
    assert len(mail_server.received) == 1


def test_many_mails_travel_over_one_connection(
    transactions: Transactions, mail_server: MailServer, delivery: Delivery
) -> None:
    enqueue_notes(transactions, *[f"guest{number}@example.org" for number in range(45)])
    assert delivery.deliver_all_due() == DeliveryCounts(sent=45)
    assert sorted(received.recipients[0] for received in mail_server.received) == sorted(
        f"guest{number}@example.org" for number in range(45)
    )
    assert mail_server.conversations == 1


def test_a_connection_that_the_server_closed_is_opened_again(
    transactions: Transactions, data_dir: Path
) -> None:
    port = free_port()
    delivery = open_delivery(transactions, f"smtp://127.0.0.1:{port}", data_dir)
    for _ in range(2):
        with running_mail_server(port=port) as server:
            enqueue_notes(transactions, "anna@example.org")
            assert delivery.deliver_batch() == DeliveryCounts(sent=1)
            assert len(server.received) == 1


def test_a_leased_row_is_nobody_elses_until_the_lease_runs_out(
    transactions: Transactions, mail_server: MailServer, delivery: Delivery
) -> None:
    (message_id,) = enqueue_notes(transactions, "anna@example.org")

    def lease_until(moment: Any) -> None:
        transactions.write(
            lambda session: session.execute(update(Message).values(lease="another", leased_until=moment))
        )

    lease_until(clock.now() + timedelta(seconds=60))
    assert delivery.deliver_batch() == DeliveryCounts()
    lease_until(clock.now() - timedelta(seconds=1))
    assert delivery.deliver_batch() == DeliveryCounts(sent=1)
    assert len(mail_server.received) == 1
    assert row(transactions, message_id).sent_at is not None


def test_a_refused_recipient_is_given_up_at_once_and_the_others_get_theirs(
    transactions: Transactions, mail_server: MailServer, delivery: Delivery
) -> None:
    mail_server.recipient_answers["gone@example.org"] = "550 5.1.1 no such user here"
    first, gone, last = enqueue_notes(transactions, "anna@example.org", "gone@example.org", "ben@example.org")
    assert delivery.deliver_batch() == DeliveryCounts(sent=2, failed=1)
    assert [received.recipients for received in mail_server.received] == [
        ["anna@example.org"],
        ["ben@example.org"],
    ]
    refused = row(transactions, gone)
    assert refused.failed_at is not None
    assert refused.sent_at is None
    assert "550" in str(refused.last_error)
    assert "no such user here" in str(refused.last_error)
    assert row(transactions, first).sent_at is not None
    assert row(transactions, last).sent_at is not None


@pytest.mark.parametrize("how", ["refused", "lost its sense", "tried too long"])
def test_a_mail_that_is_given_up_keeps_what_it_was_about_and_no_code(
    transactions: Transactions, mail_server: MailServer, data_dir: Path, how: str
) -> None:
    def compose(session: Any, payload: dict[str, Any], context: MailContext) -> ComposedMail:
        if how == "lost its sense":
            raise NothingToSend("the code has expired")
        return compose_note(session, payload, context)

    delivery = open_delivery(
        transactions, f"smtp://127.0.0.1:{mail_server.port}", data_dir, {"note": compose}
    )
    answer = "550 no such user" if how == "refused" else "450 greylisted"
    mail_server.recipient_answers["anna@example.org"] = answer
    (message_id,) = enqueue_notes(transactions, "anna@example.org", text="x", code="A7K2", user_id=7)
    if how == "tried too long":
        long_ago = clock.now() - timedelta(days=3)
        transactions.write(
            lambda session: session.execute(update(Message).values(attempts=348, created_at=long_ago))
        )
        assert delivery.deliver_batch() == DeliveryCounts(postponed=1)
        # It is tried once more, so it needs its code.
        assert row(transactions, message_id).payload["code"] == "A7K2"
        make_due(transactions, clock.now())
    assert delivery.deliver_batch() == DeliveryCounts(failed=1)
    assert row(transactions, message_id).payload == {"text": "x", "user_id": 7, "secret_removed": True}


def test_refused_content_is_given_up_at_once(
    transactions: Transactions, mail_server: MailServer, delivery: Delivery
) -> None:
    mail_server.data_answer = lambda _received: "554 5.7.1 looks like spam"
    (message_id,) = enqueue_notes(transactions, "anna@example.org")
    assert delivery.deliver_batch() == DeliveryCounts(failed=1)
    assert "looks like spam" in str(row(transactions, message_id).last_error)


@pytest.mark.parametrize("answer", ["450 4.2.0 greylisted", "530 5.7.0 authentication required"])
def test_a_refusal_for_now_is_tried_again(
    transactions: Transactions, mail_server: MailServer, delivery: Delivery, answer: str
) -> None:
    mail_server.recipient_answers["anna@example.org"] = answer
    before = clock.now()
    (message_id,) = enqueue_notes(transactions, "anna@example.org")
    assert delivery.deliver_batch() == DeliveryCounts(postponed=1)
    waiting = row(transactions, message_id)
    assert (waiting.sent_at, waiting.failed_at, waiting.attempts) == (None, None, 1)
    assert answer[:3] in str(waiting.last_error)
    assert waiting.payload != {}
    assert before < waiting.next_attempt_at < clock.now() + timedelta(seconds=5)
    assert delivery.deliver_batch() == DeliveryCounts()

    mail_server.recipient_answers.clear()
    make_due(transactions, clock.now())
    assert delivery.deliver_batch() == DeliveryCounts(sent=1)
    assert row(transactions, message_id).last_error is None


def test_a_refused_sender_blames_no_mail(
    transactions: Transactions, mail_server: MailServer, delivery: Delivery
) -> None:
    mail_server.sender_answer = "550 5.7.1 not your address"
    enqueue_notes(transactions, "anna@example.org")
    assert delivery.deliver_batch() == DeliveryCounts(postponed=1)


def test_a_server_that_is_away_is_not_hammered_and_gets_everything_when_it_is_back(
    transactions: Transactions, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    delivery = open_delivery(transactions, f"smtp://127.0.0.1:{port}", data_dir)
    enqueue_notes(transactions, "anna@example.org", "ben@example.org", "eva@example.org")
    # One connection is tried; the rest of the batch is put off with it.
    assert delivery.deliver_batch() == DeliveryCounts(postponed=3)
    assert all("Connection refused" in str(message.last_error) for message in rows(transactions))
    enqueue_notes(transactions, "zoe@example.org")
    assert delivery.deliver_batch() == DeliveryCounts()
    assert [message.attempts for message in rows(transactions)] == [1, 1, 1, 0]

    with running_mail_server(port=port) as server:
        make_due(transactions, clock.now())
        monkeypatch.setattr(delivery, "_closed_until", 0.0)
        assert delivery.deliver_batch() == DeliveryCounts(sent=4)
        assert len(server.received) == 4


def test_a_conversation_that_breaks_off_costs_one_mail_then_the_server_counts_as_away(
    transactions: Transactions, data_dir: Path
) -> None:
    server = BadServer(speak_until_data)
    try:
        delivery = open_delivery(transactions, f"smtp://127.0.0.1:{server.port}", data_dir)
        enqueue_notes(transactions, *[f"guest{number}@example.org" for number in range(5)])
        assert delivery.deliver_batch() == DeliveryCounts(postponed=2)
        assert server.connections == 2
        kept = rows(transactions)
        assert [message.attempts for message in kept] == [1, 1, 0, 0, 0]
        assert all(message.lease is None for message in kept)
        assert delivery.deliver_batch() == DeliveryCounts()
    finally:
        server.close()


def test_a_mail_that_cannot_be_composed_does_not_keep_the_others(
    transactions: Transactions, mail_server: MailServer, data_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_session: Any, payload: dict[str, Any], _context: MailContext) -> ComposedMail:
        raise KeyError(payload["text"])

    composers: dict[str, Composer] = {**NOTE, "broken": broken}
    delivery = open_delivery(transactions, f"smtp://127.0.0.1:{mail_server.port}", data_dir, composers)
    (bad,) = enqueue_notes(transactions, "anna@example.org", kind="broken", text="S3CRET")
    (good,) = enqueue_notes(transactions, "ben@example.org")
    assert delivery.deliver_batch() == DeliveryCounts(sent=1, postponed=1)
    assert row(transactions, bad).last_error == "cannot be composed: KeyError"
    assert row(transactions, bad).attempts == 1
    assert row(transactions, good).sent_at is not None
    assert "cannot be composed" in caplog.text
    assert "S3CRET" not in caplog.text


def test_a_kind_that_nobody_composes_is_given_up_with_the_reason(
    transactions: Transactions, delivery: Delivery
) -> None:
    (message_id,) = enqueue_notes(transactions, "anna@example.org", kind="riddle")
    assert delivery.deliver_batch() == DeliveryCounts(failed=1)
    assert "riddle" in str(row(transactions, message_id).last_error)


def test_a_mail_that_lost_its_sense_is_given_up_with_the_reason(
    transactions: Transactions, mail_server: MailServer, data_dir: Path
) -> None:
    def late(_session: Any, _payload: dict[str, Any], _context: MailContext) -> ComposedMail:
        raise NothingToSend("the code has expired")

    delivery = open_delivery(transactions, f"smtp://127.0.0.1:{mail_server.port}", data_dir, {"note": late})
    (message_id,) = enqueue_notes(transactions, "anna@example.org")
    assert delivery.deliver_batch() == DeliveryCounts(failed=1)
    assert row(transactions, message_id).last_error == "not sent: the code has expired"
    assert mail_server.received == []


@pytest.mark.parametrize(
    "recipient", ["no address", "eve@example.org\r\nBcc: all@example.org", "", "a@b, c@d"]
)
def test_what_is_no_address_never_reaches_the_server(
    transactions: Transactions, mail_server: MailServer, delivery: Delivery, recipient: str
) -> None:
    enqueue_notes(transactions, recipient)
    assert delivery.deliver_batch().sent == 0
    assert mail_server.received == []


def test_the_same_row_is_sent_with_the_same_message_id(
    transactions: Transactions, mail_server: MailServer, delivery: Delivery
) -> None:
    enqueue_notes(transactions, "anna@example.org")
    delivery.deliver_batch()
    # As after a crash between the mail and its record.
    transactions.write(
        lambda session: session.execute(update(Message).values(sent_at=None, payload={"text": "again"}))
    )
    delivery.deliver_batch()
    first, second = (received.mail["Message-ID"] for received in mail_server.received)
    assert first == second
    assert first.endswith("@odeon.example>")


def test_different_rows_have_different_message_ids(
    transactions: Transactions, mail_server: MailServer, delivery: Delivery
) -> None:
    enqueue_notes(transactions, "anna@example.org", "anna@example.org")
    delivery.deliver_batch()
    assert len({received.mail["Message-ID"] for received in mail_server.received}) == 2


def test_an_outcome_that_the_database_did_not_take_is_recorded_when_it_is_back(
    transactions: Transactions, mail_server: MailServer, delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    (message_id,) = enqueue_notes(transactions, "anna@example.org")
    write = transactions.write
    calls = 0

    def away_after_the_lease(work: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > 1:
            raise DatabaseUnavailable("away")
        return write(work)

    with monkeypatch.context() as patched:
        patched.setattr(transactions, "write", away_after_the_lease)
        with pytest.raises(DatabaseUnavailable):
            delivery.deliver_batch()
    assert len(mail_server.received) == 1
    assert row(transactions, message_id).sent_at is None
    assert delivery.deliver_batch() == DeliveryCounts()
    assert row(transactions, message_id).sent_at is not None
    assert len(mail_server.received) == 1


def test_a_request_to_stop_ends_after_the_mail_in_hand_and_frees_the_rest(
    transactions: Transactions, mail_server: MailServer, delivery: Delivery
) -> None:
    enqueue_notes(transactions, *[f"guest{number}@example.org" for number in range(6)])
    counts = delivery.deliver_batch(should_stop=lambda: len(mail_server.received) >= 2)
    assert counts == DeliveryCounts(sent=2)
    assert all(message.lease is None for message in rows(transactions))
    assert delivery.deliver_batch() == DeliveryCounts(sent=4)


def test_a_worker_that_is_broken_off_before_it_connects_does_not_blame_the_mail_server(
    transactions: Transactions, mail_server: MailServer, data_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def compose(session: Session, payload: dict[str, Any], context: MailContext) -> ComposedMail:
        delivery.abort()
        return compose_note(session, payload, context)

    delivery = open_delivery(
        transactions, f"smtp://127.0.0.1:{mail_server.port}", data_dir, {"note": compose}
    )
    enqueue_notes(transactions, *[f"guest{number}@example.org" for number in range(3)])
    assert delivery.deliver_batch() == DeliveryCounts()
    assert [(kept.attempts, kept.lease, kept.last_error) for kept in rows(transactions)] == [
        (0, None, None)
    ] * 3
    assert mail_server.received == []
    assert "no mail leaves" not in caplog.text
