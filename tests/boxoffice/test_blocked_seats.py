"""Seats of one screening that nobody shall get"""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import update

from matinee.boxoffice.blocked_seats import KeptSeat, block_seats, kept_seats, unblock_seats
from matinee.boxoffice.errors import NoSeats, SeatsNotBlocked, SeatsNotFree
from matinee.programme.errors import SeatNotFound
from matinee.programme.models import HouseSeat
from tests.boxoffice.counter import Clerk
from tests.boxoffice.selling import END, Sale
from tests.building import HOUSE_SEAT, NOW


def block(sale: Sale, *labels: str, note: str = "lamp", screening: int | None = None) -> None:
    chosen = screening or sale.house.lettered
    sale.write(lambda s: block_seats(s, screening_id=chosen, labels=labels, note=note, now=NOW))


def unblock(sale: Sale, *labels: str, screening: int | None = None) -> list[str]:
    chosen = screening or sale.house.lettered
    return sale.write(lambda s: unblock_seats(s, screening_id=chosen, labels=labels))


def kept(sale: Sale, screening: int | None = None) -> Sequence[KeptSeat]:
    return sale.read(lambda s: kept_seats(s, screening_id=screening or sale.house.lettered))


def test_a_blocked_seat_is_sold_online_to_nobody_until_it_is_unblocked(sale: Sale) -> None:
    block(sale, "A1", "A2")
    assert kept(sale) == [KeptSeat("A1", "blocked", "lamp"), KeptSeat("A2", "blocked", "lamp")]
    with pytest.raises(SeatsNotFree):
        sale.hold("A1")
    block(sale, "A2", note="the mayor")
    assert unblock(sale, "A1", "A4") == ["A1"]
    assert kept(sale) == [KeptSeat("A2", "blocked", "the mayor")]
    sale.hold("A1")


def test_a_seat_that_somebody_has_is_never_blocked(sale: Sale) -> None:
    sale.sold("A1")
    sale.hold("A2")
    with pytest.raises(SeatsNotFree, match="A1, A2"):
        block(sale, "A1", "A2", "A3")
    assert kept(sale) == []
    # A hold that ran out is nobody's.
    sale.write(lambda s: block_seats(s, screening_id=sale.house.lettered, labels=["A2"], note="", now=END))


def test_what_the_house_keeps_for_another_reason_stays_so(sale: Sale) -> None:
    first = sale.house.first_hall
    with pytest.raises(SeatsNotFree):
        block(sale, HOUSE_SEAT, screening=first)
    with pytest.raises(SeatsNotBlocked):
        unblock(sale, HOUSE_SEAT, screening=first)
    assert [(one.label, one.reason) for one in kept(sale, first)] == [(HOUSE_SEAT, "house")]


def test_seats_that_there_are_not_are_refused(sale: Sale) -> None:
    with pytest.raises(SeatNotFound):
        block(sale, "Z9")
    with pytest.raises(NoSeats):
        block(sale)


def test_the_counter_may_sell_a_blocked_seat_but_no_broken_one(sale: Sale) -> None:
    clerk = Clerk.joining(sale).open()
    block(sale, "A1", "A2")
    assert sale.state(clerk.sell("A1")) == "paid"
    sale.write(lambda s: s.execute(update(HouseSeat).values(reason="broken")))
    with pytest.raises(SeatsNotFree):
        clerk.hold("A2")
