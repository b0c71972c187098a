"""What becomes of a refund, in whatever order it is told."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from matinee.db.transaction import Transactions
from matinee.payments.errors import RefundNotByHand, RefundNotFailed, RefundNotFound, RefundTooHigh
from matinee.payments.protocol import ProviderNotice, RefundOutcome
from matinee.payments.refunds import (
    ask_refund_again,
    find_refund,
    hand_out_refund,
    record_refund_notice,
    record_refund_outcome,
)
from tests.building import NOW, on_one_database
from tests.payments.opened import ask_refund, settled_payment, stored_refund

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def refund_id(transactions: Transactions) -> str:
    """7.00 EUR of a payment by card that are to go back."""
    return ask_refund(transactions, settled_payment(transactions, "stripe", provider_ref="cs_1"), 700)


def tell(transactions: Transactions, refund_id: str, kind: str) -> bool:
    """A notice of the provider about the refund."""
    notice = ProviderNotice(
        event_id="evt_1",
        kind=kind,  # type: ignore[arg-type]
        subject_id=refund_id,
        provider_ref="re_1",
        reason="lost_or_stolen_card" if kind == "refund_failed" else "",
    )
    return transactions.write(lambda session: record_refund_notice(session, notice=notice, now=NOW))


def answer(transactions: Transactions, refund_id: str, outcome: RefundOutcome) -> bool:
    """The provider's answer to the call."""

    def work(session: Session) -> bool:
        return record_refund_outcome(find_refund(session, public_id=refund_id), outcome=outcome, now=NOW)

    return transactions.write(work)


def test_a_notice_finishes_a_refund_once(transactions: Transactions, refund_id: str) -> None:
    assert [tell(transactions, refund_id, "refund_succeeded") for _ in range(3)] == [True, False, False]
    refund = stored_refund(transactions, refund_id)
    assert (refund.state, refund.provider_ref, refund.finished_at) == ("succeeded", "re_1", NOW)


@pytest.mark.parametrize(
    "told",
    set(itertools.permutations(["refund_succeeded", "refund_failed", "refund_succeeded", "refund_failed"])),
)
def test_a_refund_that_failed_has_failed_in_whatever_order_it_is_told(
    transactions: Transactions, refund_id: str, told: tuple[str, ...]
) -> None:
    for kind in told:
        tell(transactions, refund_id, kind)
    refund = stored_refund(transactions, refund_id)
    assert (refund.state, refund.last_error) == ("failed", "lost_or_stolen_card")


@pytest.mark.parametrize("notice", ["refund_succeeded", "refund_failed"])
@pytest.mark.parametrize("outcome", ["succeeded", "pending"])
def test_a_notice_that_overtakes_the_answer_has_the_word(
    transactions: Transactions, refund_id: str, notice: str, outcome: str
) -> None:
    tell(transactions, refund_id, notice)
    answer(transactions, refund_id, RefundOutcome(outcome, provider_ref="re_1"))  # type: ignore[arg-type]
    assert stored_refund(transactions, refund_id).state == notice.removeprefix("refund_")


@pytest.mark.parametrize("state", ["by_hand", "failed"])
def test_what_a_person_handed_out_is_done_and_no_late_word_undoes_it(
    transactions: Transactions, refund_id: str, state: str
) -> None:
    answer(transactions, refund_id, RefundOutcome(state, reason="lost" * (state == "failed")))  # type: ignore[arg-type]
    assert stored_refund(transactions, refund_id).state == state
    transactions.write(lambda session: hand_out_refund(session, public_id=refund_id, now=LATER))
    refund = stored_refund(transactions, refund_id)
    assert (refund.state, refund.finished_at) == ("succeeded", LATER)
    if state == "failed":
        tell(transactions, refund_id, "refund_failed")
    assert stored_refund(transactions, refund_id).state == "succeeded"


@pytest.mark.parametrize("state", ["pending", "succeeded"])
def test_only_money_that_waits_for_a_person_is_handed_out(
    transactions: Transactions, refund_id: str, state: str
) -> None:
    answer(transactions, refund_id, RefundOutcome(state))  # type: ignore[arg-type]
    with pytest.raises(RefundNotByHand):
        transactions.write(lambda session: hand_out_refund(session, public_id=refund_id, now=NOW))


def test_no_more_goes_back_than_was_paid(transactions: Transactions) -> None:
    payment_id = settled_payment(transactions, "counter")
    ask_refund(transactions, payment_id, 2000)
    with pytest.raises(RefundTooHigh):
        ask_refund(transactions, payment_id, 501)
    ask_refund(transactions, payment_id, 500)


@on_one_database
def test_a_notice_about_no_refund_of_ours_is_not_found(transactions: Transactions) -> None:
    with pytest.raises(RefundNotFound):
        tell(transactions, "NOBODY", "refund_failed")


def test_a_refund_that_failed_is_asked_for_again_under_another_id(
    transactions: Transactions, refund_id: str
) -> None:
    answer(transactions, refund_id, RefundOutcome("failed", provider_ref="re_1", reason="lost"))
    again = transactions.write(lambda session: ask_refund_again(session, public_id=refund_id, now=LATER))
    assert again.public_id != refund_id
    assert (again.state, again.provider_ref, again.last_error) == ("pending", None, "")
    assert (again.next_attempt_at, again.finished_at, again.attempts) == (LATER, None, 0)
    # The failure of the first try comes too late to be that of the second.
    with pytest.raises(RefundNotFound):
        tell(transactions, refund_id, "refund_failed")
    tell(transactions, again.public_id, "refund_failed")
    assert stored_refund(transactions, again.public_id).state == "failed"


@pytest.mark.parametrize("state", ["pending", "by_hand", "succeeded"])
def test_a_refund_that_did_not_fail_is_not_asked_for_again(
    transactions: Transactions, refund_id: str, state: str
) -> None:
    answer(transactions, refund_id, RefundOutcome(state))  # type: ignore[arg-type]
    with pytest.raises(RefundNotFailed):
        transactions.write(lambda session: ask_refund_again(session, public_id=refund_id, now=NOW))
    assert stored_refund(transactions, refund_id).state == state


def test_what_was_handed_out_is_not_asked_for_again(transactions: Transactions, refund_id: str) -> None:
    answer(transactions, refund_id, RefundOutcome("failed", reason="lost"))
    transactions.write(lambda session: hand_out_refund(session, public_id=refund_id, now=NOW))
    with pytest.raises(RefundNotFailed):
        transactions.write(lambda session: ask_refund_again(session, public_id=refund_id, now=NOW))
