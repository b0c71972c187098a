"""The rules of choosing seats, as they are asked of holds"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import CompanionAlone, OrphanLeft, SeatsNotFree
from matinee.boxoffice.models import Order
from matinee.boxoffice.rules import COUNTER_RULES, PUBLIC_RULES
from matinee.programme.models import Screening, Seat
from tests.boxoffice.selling import END, Sale
from tests.building import HOUSE_SEAT, NOW

# In Kyiv it is 20:30 then.
START = datetime(2030, 5, 18, 17, 30, tzinfo=UTC)
# In the hall of twelve seats it begins at 18:00 in Kyiv.
EARLIER = datetime(2030, 5, 18, 15, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def hold(sale: Sale) -> Callable[..., int]:
    """Holds seats of a row of twelve, as the public must."""

    def as_the_public(*labels: str, now: datetime = NOW) -> int:
        return sale.hold(*labels, screening=sale.house.second_hall, rules=PUBLIC_RULES, now=now)

    return as_the_public


def seats_are(sale: Sale, screening: int, **kinds: str) -> None:
    """Let seats of the screening's hall be of another kind: `A1="wheelchair"`."""

    def change(session: Session) -> None:
        hall_id = session.get_one(Screening, screening).hall_id
        for seat in session.scalars(select(Seat).where(Seat.hall_id == hall_id, Seat.label.in_(kinds))):
            seat.kind = kinds[seat.label]

    sale.write(change)


def test_a_choice_that_leaves_a_single_seat_is_refused_and_told_which(hold: Callable[..., int]) -> None:
    for labels, left in (
        (["2", "3"], ("1",)),
        (["11"], ("12",)),
        (["4", "6"], ("5",)),
        (["2", "11"], ("1", "12")),
    ):
        with pytest.raises(OrphanLeft) as refused:
            hold(*labels)
        assert refused.value.labels == left
    hold("1", "2")
    hold("6", "7")
    with pytest.raises(OrphanLeft, match="3, 5"):
        hold("4")


def test_a_choice_that_has_no_other_way_may_leave_one(sale: Sale, hold: Callable[..., int]) -> None:
    hold("3", "4", "5", "6", "7", "8", "9", "10", "11", "12")
    # One of two: whichever it is, the other stays single.
    hold("2")


def test_a_seat_that_was_single_before_is_nobodys_fault(sale: Sale, hold: Callable[..., int]) -> None:
    sale.hold("2", screening=sale.house.second_hall)
    hold("3", "4")


def test_a_hold_that_ran_out_is_company_for_a_seat_again(sale: Sale, hold: Callable[..., int]) -> None:
    sale.hold("1", "2", screening=sale.house.second_hall)
    with pytest.raises(OrphanLeft):
        hold("4")
    with pytest.raises(OrphanLeft):
        hold("4", now=END - timedelta(microseconds=1))
    hold("4", now=END)


def test_whoever_changes_a_hold_has_its_seats_to_choose_from(sale: Sale, hold: Callable[..., int]) -> None:
    screening = sale.house.second_hall
    order_id = hold("1", "2")
    sale.change(order_id, "1", rules=PUBLIC_RULES)
    sale.change(order_id, "3", rules=PUBLIC_RULES)
    with pytest.raises(OrphanLeft, match="1"):
        sale.change(order_id, "2", rules=PUBLIC_RULES)
    sale.hold("2", screening=screening)
    assert sale.claimed(order_id).keys() == {"3"}


def test_a_cinema_may_do_without_the_orphan_rule(sale: Sale, hold: Callable[..., int]) -> None:
    sale.change_cinema(orphan_rule=False)
    hold("2", "3")


def test_the_counter_and_best_available_may_leave_single_seats(sale: Sale) -> None:
    sale.hold("2", "3", screening=sale.house.second_hall, rules=COUNTER_RULES, channel="counter")
    sale.hold("5", "6", "7", "8", "9", "10", "11", "12", screening=sale.house.second_hall)
    # One is single already; of what is left one is taken all the same.
    sale.hold_best(1, screening=sale.house.second_hall)


def test_a_companion_seat_goes_with_its_wheelchair_place_until_shortly_before_the_start(sale: Sale) -> None:
    seats_are(sale, sale.house.lettered, A1="wheelchair", A2="companion")
    sale.change_cinema(companion_until_minutes=45)
    for labels in (["A2"], ["A2", "A3"]):
        with pytest.raises(CompanionAlone) as refused:
            sale.hold(*labels, rules=PUBLIC_RULES, now=START - 45 * MINUTE - timedelta(seconds=1))
        assert refused.value.labels == ("A2",)
    sale.release(sale.hold("A1", "A2", rules=PUBLIC_RULES))
    sale.release(sale.hold("A1", rules=PUBLIC_RULES))
    sale.hold("A2", rules=PUBLIC_RULES, now=START - 45 * MINUTE)


def test_the_wheelchair_place_must_be_in_the_same_choice(sale: Sale) -> None:
    seats_are(sale, sale.house.lettered, A1="wheelchair", A2="companion")
    order_id = sale.hold("A1", rules=PUBLIC_RULES)
    with pytest.raises(CompanionAlone):
        sale.hold("A2", rules=PUBLIC_RULES)
    sale.change(order_id, "A1", "A2", rules=PUBLIC_RULES)
    with pytest.raises(CompanionAlone):
        sale.change(order_id, "A2", rules=PUBLIC_RULES)
    assert sale.claimed(order_id).keys() == {"A1", "A2"}
    sale.release(order_id)
    sale.hold("A2", rules=COUNTER_RULES, channel="counter")


def test_whoever_needs_a_wheelchair_place_may_leave_a_single_seat(sale: Sale) -> None:
    seats_are(sale, sale.house.lettered, A3="wheelchair", A4="companion")
    sale.hold("A1", rules=COUNTER_RULES, channel="counter")
    # A2 stays single between the two.
    sale.hold("A3", "A4", "B1", rules=PUBLIC_RULES)
    seats_are(sale, sale.house.second_hall, **{"3": "wheelchair", "4": "companion"})
    sale.hold("3", "6", screening=sale.house.second_hall, rules=PUBLIC_RULES)
    # Shortly before the start a companion seat is anybody's; it is a place for whoever comes along, still.
    sale.hold("4", "8", screening=sale.house.second_hall, rules=PUBLIC_RULES, now=EARLIER - 30 * MINUTE)


def test_what_the_house_keeps_back_is_sold_at_the_counter_alone(sale: Sale) -> None:
    screening = sale.house.first_hall
    with pytest.raises(SeatsNotFree) as refused:
        sale.hold(HOUSE_SEAT, screening=screening, rules=PUBLIC_RULES)
    assert refused.value.labels == (HOUSE_SEAT,)
    order_id = sale.hold(HOUSE_SEAT, screening=screening, rules=COUNTER_RULES, channel="counter")
    with pytest.raises(SeatsNotFree):
        sale.hold(HOUSE_SEAT, screening=screening, rules=COUNTER_RULES, channel="counter")
    assert sale.count(Order) == 1
    assert sale.claimed(order_id) == {HOUSE_SEAT: END}


def test_a_house_seat_is_no_company_for_the_seat_beside_it(sale: Sale) -> None:
    with pytest.raises(OrphanLeft, match="11"):
        sale.hold("9", "10", screening=sale.house.first_hall, rules=PUBLIC_RULES)
