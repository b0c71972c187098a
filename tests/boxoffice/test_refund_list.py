"""Refunds with the orders that they belong to: what staff does about those that failed"""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order
from matinee.boxoffice.money_back import parts_back
from matinee.boxoffice.refund_list import ask_refund_of_order_again, refunds_in_order
from matinee.payments.errors import RefundNotFailed, RefundNotFound
from matinee.payments.models import PaymentRefund
from matinee.payments.protocol import ProviderNotice
from tests.boxoffice.selling import Sale
from tests.building import NOW, PRICE_A, PRICE_B
from tests.query_plans import tables_read_whole


@pytest.fixture
def failed(sale: Sale) -> str:
    """A refund that its provider could not make; its public id."""
    sale.refund(sale.sold("A1"))

    def fail(session: Session) -> str:
        session.execute(update(PaymentRefund).values(state="failed", last_error="the card is lost"))
        return session.scalars(select(PaymentRefund.public_id)).one()

    return sale.write(fail)


def test_the_trail_of_the_order_keeps_who_asked_again_and_why_it_had_failed(sale: Sale, failed: str) -> None:
    refund, code = sale.write(lambda s: ask_refund_of_order_again(s, public_id=failed, actor="ann", now=NOW))
    [order] = sale.read(lambda s: list(s.scalars(select(Order))))
    note = sale.events(order.id)[-1]
    assert (code, note.actor) == (order.code, "ann")
    assert "the card is lost" in note.note
    assert failed in note.note
    assert refund.public_id in note.note
    assert sale.refunds() == [(PRICE_A, "pending")]
    sale.check_books()


def test_refunds_in_a_state_are_found_without_reading_all(sale: Sale, failed: str) -> None:
    def failures(session: Session) -> list[str]:
        return [
            refund.public_id for refund, _ in refunds_in_order(session, state="failed", behind=None, limit=9)
        ]

    assert sale.read(failures) == [failed]
    assert not tables_read_whole(sale.services, failures)


@pytest.mark.parametrize("public_id", ["NOBODY", "\0", "ж"])
def test_a_refund_that_nobody_knows_is_not_found(sale: Sale, public_id: str) -> None:
    with pytest.raises(RefundNotFound):
        sale.write(lambda s: ask_refund_of_order_again(s, public_id=public_id, actor="ann", now=NOW))


def test_a_refund_is_asked_for_again_once(sale: Sale, failed: str) -> None:
    refund, _ = sale.write(lambda s: ask_refund_of_order_again(s, public_id=failed, actor="ann", now=NOW))
    with pytest.raises(RefundNotFailed):
        sale.write(lambda s: ask_refund_of_order_again(s, public_id=refund.public_id, actor="ann", now=NOW))


def test_a_late_notice_of_the_first_try_changes_nothing(sale: Sale, failed: str) -> None:
    sale.write(lambda s: ask_refund_of_order_again(s, public_id=failed, actor="ann", now=NOW))
    sale.notice(ProviderNotice("evt_1", "refund_failed", failed, reason="the card is lost"))
    assert sale.refunds() == [(PRICE_A, "pending")]


def test_by_which_ways_money_would_go_back_is_known_before(sale: Sale) -> None:
    code = sale.voucher(PRICE_B)
    order_id = sale.hold("A1", "B1")
    sale.use_voucher(order_id, code)
    sale.pay(order_id)

    def ways(amount: int) -> list[tuple[str, int]]:
        return sale.read(
            lambda s: [
                (payment.provider, part)
                for payment, part in parts_back(s, order=s.get_one(Order, order_id), amount=amount)
            ]
        )

    assert ways(0) == []
    assert ways(PRICE_A) == [("stripe", PRICE_A)]
    assert ways(PRICE_A + PRICE_B) == [("stripe", PRICE_A), ("voucher", PRICE_B)]
