"""Rows of the outbox that staff has tried again, or gives up"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from matinee.db.transaction import Transactions
from matinee.outbox.errors import (
    MessageGivenUp,
    MessageNotFound,
    MessageSent,
    MessageUnderWay,
    MessageWithoutSecret,
)
from matinee.outbox.messages import SECRET_REMOVED, without_secrets
from matinee.outbox.models import Message
from matinee.outbox.second_chances import (
    count_failed_alike,
    give_up_message,
    plain_error,
    try_again,
    try_all_again,
)
from tests.building import NOW, clock_at
from tests.mail_server import MailServer
from tests.outbox.opened import enqueue_notes, open_delivery, row

LATER = NOW + timedelta(hours=1)
ERROR = "550 no such user here"


@pytest.fixture(autouse=True)
def _clock_stands() -> Iterator[None]:
    with clock_at(NOW):
        yield


def change(transactions: Transactions, message_id: int, **values: Any) -> None:
    def work(session: Session) -> None:
        message = session.get_one(Message, message_id)
        for name, value in values.items():
            setattr(message, name, value)

    transactions.write(work)


def again(transactions: Transactions, message_id: int) -> Message:
    return transactions.write(lambda session: try_again(session, message_id=message_id, now=NOW))


@pytest.mark.parametrize("failed_at", [None, NOW])
def test_a_row_that_is_tried_again_is_due_at_once(
    transactions: Transactions, mail_server: MailServer, data_dir: Path, failed_at: Any
) -> None:
    [mail] = enqueue_notes(transactions, "anna@example.org")
    change(transactions, mail, attempts=350, failed_at=failed_at, last_error=ERROR, next_attempt_at=LATER)
    delivery = open_delivery(transactions, f"smtp://127.0.0.1:{mail_server.port}", data_dir)
    assert delivery.deliver_all_due().total == 0
    again(transactions, mail)
    assert row(transactions, mail).attempts == 0
    assert delivery.deliver_all_due().sent == 1
    delivery.finish()


def test_what_was_sent_what_a_worker_has_and_what_is_not_there_are_not_tried_again(
    transactions: Transactions,
) -> None:
    sent, leased, over = enqueue_notes(transactions, "a@example.org", "b@example.org", "c@example.org")
    change(transactions, sent, sent_at=NOW)
    change(transactions, leased, lease="x", leased_until=LATER)
    change(transactions, over, lease="x", leased_until=NOW)
    with pytest.raises(MessageSent):
        again(transactions, sent)
    with pytest.raises(MessageUnderWay):
        again(transactions, leased)
    with pytest.raises(MessageNotFound):
        again(transactions, 4711)
    again(transactions, over)


def test_a_mail_whose_code_is_gone_is_not_sent_without_it(transactions: Transactions) -> None:
    [mail] = enqueue_notes(transactions, "anna@example.org", code="SECRET1", text="x")
    transactions.write(lambda session: give_up_message(session, message_id=mail, by="ann", now=NOW))
    assert row(transactions, mail).payload == {"text": "x", SECRET_REMOVED: True}
    with pytest.raises(MessageWithoutSecret):
        again(transactions, mail)
    assert transactions.write(
        lambda s: try_all_again(s, channel="mail", error="given up by ann", now=NOW)
    ) == 0  # fmt: skip


def test_a_payload_without_a_secret_stays_as_it_is() -> None:
    assert without_secrets({"order_id": 7}) == {"order_id": 7}


def test_all_that_failed_alike_are_tried_again_and_no_others(transactions: Transactions) -> None:
    ids = enqueue_notes(transactions, *(f"user{number}@example.org" for number in range(7)))
    told = [
        {"last_error": ERROR},
        {"last_error": f"given up after 350 tries; at last: {ERROR}", "failed_at": NOW},
        {"last_error": f"given up after 9 tries; at last: {ERROR}", "failed_at": NOW},
        {"last_error": "another"},
        {"last_error": f"not so: {ERROR}"},
        {"last_error": ERROR, "sent_at": NOW},
        {"last_error": ERROR, "leased_until": LATER},
    ]
    for message_id, values in zip(ids, told, strict=True):
        change(transactions, message_id, attempts=5, next_attempt_at=LATER, **values)
    assert plain_error(str(row(transactions, ids[1]).last_error)) == ERROR
    assert transactions.read(lambda s: count_failed_alike(s, channel="mail", error=ERROR)) == 4
    assert transactions.read(lambda s: count_failed_alike(s, channel="webhook", error=ERROR)) == 0
    assert transactions.write(lambda s: try_all_again(s, channel="webhook", error=ERROR, now=NOW)) == 0
    assert transactions.write(lambda s: try_all_again(s, channel="mail", error=ERROR, now=NOW)) == 3
    assert [row(transactions, one).next_attempt_at == NOW for one in ids] == [True] * 3 + [False] * 4


def test_signs_in_an_error_mean_themselves(transactions: Transactions) -> None:
    [mail] = enqueue_notes(transactions, "anna@example.org")
    change(transactions, mail, last_error="given up after 3 tries; at last: 100 % full", failed_at=NOW)
    for error, count in (("100 _ full", 0), ("%", 0), ("100 % full", 1)):
        assert transactions.read(lambda s, e=error: count_failed_alike(s, channel="mail", error=e)) == count


def test_what_is_given_up_is_tried_no_more_and_says_who(transactions: Transactions) -> None:
    [mail] = enqueue_notes(transactions, "anna@example.org")
    change(transactions, mail, last_error=ERROR, attempts=3)

    def give_up() -> None:
        transactions.write(lambda session: give_up_message(session, message_id=mail, by="ann", now=NOW))

    give_up()
    given_up = row(transactions, mail)
    assert (given_up.failed_at, given_up.last_error) == (NOW, f"given up by ann; at last: {ERROR}")
    with pytest.raises(MessageGivenUp):
        give_up()
    again(transactions, mail)
    assert row(transactions, mail).failed_at is None
