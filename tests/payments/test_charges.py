"""Payments in the database: notices that count once, and what a crash leaves behind."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matinee.db.transaction import Transactions
from matinee.payments.charges import (
    find_payment,
    is_first_copy,
    record_failed,
    record_settled,
)
from matinee.payments.errors import PaymentNotFound
from matinee.payments.models import ProviderEvent
from matinee.payments.queries import look_up_payment
from tests.building import NOW, on_one_database
from tests.payments.opened import store_payment

SECONDS_MAX = 20


def first_copy(session: Session, event_id: str = "evt_1", provider: str = "stripe") -> bool:
    return is_first_copy(session, provider=provider, event_id=event_id, kind="settled", now=NOW)


def test_only_the_first_copy_of_a_notice_counts(transactions: Transactions) -> None:
    assert [transactions.write(first_copy) for _ in range(3)] == [True, False, False]
    assert transactions.write(lambda session: first_copy(session, "evt_2"))
    assert transactions.write(lambda session: first_copy(session, "evt_1", "demo"))


def test_a_notice_that_could_not_be_dealt_with_comes_as_new_again(transactions: Transactions) -> None:
    def fail(session: Session) -> None:
        assert first_copy(session)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        transactions.write(fail)
    assert transactions.write(first_copy)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_of_two_copies_at_the_same_time_the_second_waits_and_is_none(transactions: Transactions) -> None:
    stored, answers = threading.Event(), []

    def slowly(session: Session) -> bool:
        first = first_copy(session)
        stored.set()
        # The other copy is on its way by then.
        waiting = threading.Event()
        waiting.wait(0.5)
        return first

    one = threading.Thread(target=lambda: answers.append(transactions.write(slowly)))
    one.start()
    assert stored.wait(SECONDS_MAX)
    second = transactions.write(first_copy)
    one.join(SECONDS_MAX)
    assert (answers, second) == ([True], False)
    count = select(func.count()).select_from(ProviderEvent)
    assert transactions.read(lambda session: session.scalar(count)) == 1


def test_a_notice_brings_the_reference_that_a_lost_answer_had(transactions: Transactions) -> None:
    payment_id = transactions.write(lambda session: store_payment(session, provider="stripe").public_id)

    def notice(session: Session) -> bool:
        return record_settled(find_payment(session, public_id=payment_id), now=NOW, provider_ref="cs_1")

    assert [transactions.write(notice) for _ in range(2)] == [True, False]
    payment = transactions.read(lambda session: look_up_payment(session, public_id=payment_id))
    assert (payment.state, payment.provider_ref) == ("settled", "cs_1")


@pytest.mark.parametrize("failed_first", [False, True])
def test_money_that_is_there_is_there_whatever_came_before_or_after(
    transactions: Transactions, failed_first: bool
) -> None:
    def work(session: Session) -> str:
        payment = store_payment(session, provider="stripe")
        steps = [
            lambda: record_settled(payment, now=NOW),
            lambda: record_failed(payment, reason="the time to pay has run out"),
        ]
        for step in reversed(steps) if failed_first else steps:
            step()
        return payment.state

    assert transactions.write(work) == "settled"


@on_one_database
def test_a_payment_that_nobody_made_is_not_found(transactions: Transactions) -> None:
    with pytest.raises(PaymentNotFound):
        transactions.read(lambda session: look_up_payment(session, public_id="NOBODY"))
