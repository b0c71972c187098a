"""What is said before a screening is cancelled or moved is what then happens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.cancellations import CancellationPreview, preview_cancellation
from matinee.boxoffice.errors import HallTooSmall, ScreeningCancelled
from matinee.boxoffice.models import Order
from matinee.boxoffice.moves import Reseated, preview_move
from matinee.programme.errors import HallNotFound, HallTaken, ScreeningNotFound
from matinee.programme.models import Hall, Screening
from tests.boxoffice.selling import HOLD, Sale
from tests.building import NOW, PRICE_A, PRICE_B, cancel
from tests.programme.planning import hall_named


def bought(sale: Sale, *labels: str) -> int:
    order = sale.hold(*labels)
    sale.settle(sale.intend(order))
    return order


def cancellation(sale: Sale) -> CancellationPreview:
    return sale.read(lambda s: preview_cancellation(s, screening_id=sale.house.lettered))


def hall_id(sale: Sale, name: str) -> int:
    return sale.read(lambda s: hall_named(s, name).id)


def move(sale: Sale, name: str, screening: int | None = None) -> list[Reseated]:
    return sale.read(
        lambda s: preview_move(
            s, screening_id=screening or sale.house.lettered, hall=hall_named(s, name), now=NOW
        )
    )


def test_the_money_and_the_tickets_that_go_back_are_told_before(sale: Sale) -> None:
    assert cancellation(sale) == CancellationPreview(orders=0, tickets=0, amount=0, holds=0)
    bought(sale, "A1", "B1")
    partly = bought(sale, "A2", "A3")
    sale.write(lambda s: _give_one_back(s, partly))
    sale.hold("B2")
    told = cancellation(sale)
    assert told == CancellationPreview(orders=2, tickets=3, amount=2 * PRICE_A + PRICE_B, holds=1)
    refunded = sum(amount for amount, _state in sale.refunds())
    report = sale.cancel(sale.house.lettered)
    assert (report.orders, report.holds) == (told.orders, told.holds)
    assert sum(amount for amount, _state in sale.refunds()) - refunded == told.amount
    sale.check_books()


def _give_one_back(session: Session, order_id: int) -> None:
    from matinee.boxoffice.refunds import refund_tickets, valid_tickets_of

    order = session.get_one(Order, order_id)
    first = valid_tickets_of(session, order=order)[0]
    refund_tickets(session, order=order, ticket_ids=[first.id], actor="staff", reason="", now=NOW)


def test_the_seats_that_are_told_are_those_that_people_get(sale: Sale) -> None:
    bought(sale, "A1", "A2")
    sale.hold("B1")
    told = move(sale, "Hall 1", _in_the_morning(sale))
    assert len(told) == 3
    assert sale.move(sale.house.lettered, hall_id(sale, "Hall 1")) == told


def test_holds_that_ran_out_move_nowhere(sale: Sale) -> None:
    sale.hold("B1", now=NOW - HOLD - timedelta(minutes=1))
    kept = sale.hold("A1")
    codes = {each.order_code for each in move(sale, "Hall 1", _in_the_morning(sale))}
    assert codes == {sale.order(kept).code}


def test_what_cannot_be_moved_is_refused_before(sale: Sale) -> None:
    with pytest.raises(ScreeningNotFound):
        move(sale, "Hall 1", 10**6)
    # "Амели" at 21:30.
    with pytest.raises(HallTaken):
        move(sale, "Hall 2")
    elsewhere = sale.read(lambda s: s.get_one(Screening, sale.house.elsewhere).hall_id)
    with pytest.raises(HallNotFound):
        sale.read(
            lambda s: preview_move(
                s, screening_id=sale.house.lettered, hall=s.get_one(Hall, elsewhere), now=NOW
            )
        )
    assert move(sale, "Hall 10") == []
    sale.write(lambda s: cancel(s, sale.house.lettered))
    with pytest.raises(ScreeningCancelled):
        move(sale, "Hall 1")


def test_a_hall_that_is_too_small_is_refused_before(sale: Sale) -> None:
    morning = _in_the_morning(sale, sale.house.second_hall)
    for number in range(1, 8):
        sale.hold(str(number), screening=morning)
    with pytest.raises(HallTooSmall):
        move(sale, "Hall 10", morning)


def _in_the_morning(sale: Sale, screening: int | None = None) -> int:
    """The screening at another time, when all halls are free."""
    chosen = screening or sale.house.lettered

    def work(session: Session) -> None:
        found = session.scalars(select(Screening).where(Screening.id == chosen)).one()
        found.starts_at -= timedelta(hours=11)
        found.ends_at -= timedelta(hours=11)

    sale.write(work)
    return chosen
