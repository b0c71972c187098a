"""The steps of an order"""

from __future__ import annotations

from itertools import product

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import StepNotAllowed
from matinee.boxoffice.models import ORDER_STATES, Order, OrderEvent
from matinee.boxoffice.orders import ALLOWED_STEPS, new_order_code, record_start, record_step
from matinee.boxoffice.sales import new_order
from matinee.kernel.codes import TYPEABLE
from matinee.web.shared.services import Services
from tests.building import NOW, House

# As the design has it; and `due` for what is paid at the counter, or was exchanged for something dearer.
STEPS = {
    ("held", "paying"), ("held", "due"), ("held", "paid"), ("held", "cancelled"), ("held", "expired"),
    ("paying", "held"), ("paying", "paid"), ("paying", "cancelled"), ("paying", "expired"),
    ("due", "paid"), ("due", "refunded"), ("due", "cancelled"), ("paid", "due"), ("paid", "refunded"),
    ("paid", "cancelled"), ("expired", "paid"), ("expired", "cancelled"),
}  # fmt: skip


def order_in(session: Session, house: House, state: str) -> Order:
    return new_order(
        session, screening_id=house.first_hall, buyer=None, state=state, amounts=[0], currency="UAH", channel="site",
        now=NOW, hold_expires_at=NOW if state in ("held", "paying") else None,
    )  # fmt: skip


def test_every_state_has_its_steps() -> None:
    assert set(ALLOWED_STEPS) == {None, *ORDER_STATES}


def test_only_the_known_steps_are_taken_and_each_is_written_down(services: Services, house: House) -> None:
    def try_all(session: Session) -> None:
        for before, after in product(ORDER_STATES, ORDER_STATES):
            order = order_in(session, house, before)
            if (before, after) not in STEPS:
                with pytest.raises(StepNotAllowed):
                    record_step(session, order=order, to_state=after, actor="somebody", now=NOW)
                assert order.state == before
                continue
            if after in ("held", "paying"):
                order.hold_expires_at = NOW
            record_step(session, order=order, to_state=after, actor="somebody", now=NOW, note="why")
            event = session.scalars(select(OrderEvent).where(OrderEvent.order_id == order.id)).one()
            assert (event.from_state, event.to_state) == (before, after)
            assert (event.actor, event.at, event.note) == ("somebody", NOW, "why")

    services.transactions.write(try_all)


def test_an_order_begins_as_a_hold_or_as_a_sale(services: Services, house: House) -> None:
    def begin(session: Session) -> None:
        for state in ORDER_STATES:
            order = order_in(session, house, state)
            if state in ("held", "due", "paid"):
                record_start(session, order=order, actor="somebody", now=NOW)
            else:
                with pytest.raises(StepNotAllowed):
                    record_start(session, order=order, actor="somebody", now=NOW)

    services.transactions.write(begin)


def test_a_code_can_be_read_out() -> None:
    code = new_order_code()
    assert len(code) == 10
    assert set(code) <= set(TYPEABLE)
    assert code != new_order_code()
