"""Holding the best seats that are available"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import (
    NoSeats,
    NotEnoughSeats,
    SalesClosed,
    SeatsNotFree,
    TicketTypeNotSold,
    TooManySeats,
)
from matinee.boxoffice.holds import BEST_TRIES_MAX, BestWish, Holder, hold_best_seats
from matinee.boxoffice.models import Order, OrderLine, SeatClaim
from matinee.programme.errors import ScreeningNotFound
from matinee.programme.models import Hall, Screening, Seat
from tests.boxoffice.interleaving import at_once, beside
from tests.boxoffice.selling import END, TERMS, Sale
from tests.building import HOUSE_SEAT, NOW, NUMBERS, PRICE_A, PRICE_B


def best(sale: Sale, count: int, **more: object) -> list[str]:
    """The labels of the best seats of a row of twelve, in the order of their places."""
    order_id = sale.hold_best(count, screening=sale.house.second_hall, **more)  # type: ignore[arg-type]
    return sorted(sale.claimed(order_id), key=int)


def test_a_party_sits_together_in_the_middle(sale: Sale) -> None:
    assert best(sale, 4) == ["5", "6", "7", "8"]
    assert best(sale, 2) == ["3", "4"]
    assert best(sale, 3) == ["9", "10", "11"]


def test_it_is_a_hold_like_any_other_at_the_price_of_its_seats(sale: Sale) -> None:
    order = sale.order(sale.hold_best(6))
    assert (order.state, order.hold_expires_at, order.seats_asked) == ("held", END, 6)
    assert order.total_amount == 4 * PRICE_A + 2 * PRICE_B
    sale.pay(order.id)
    assert len(sale.tickets(order.id)) == 6


def test_the_middle_is_where_the_hall_says(sale: Sale) -> None:
    def say(session: Session) -> None:
        hall = session.get_one(Hall, session.get_one(Screening, sale.house.second_hall).hall_id)
        hall.focal_x, hall.focal_y = 1, 0

    sale.write(say)
    assert best(sale, 3) == ["1", "2", "3"]


def test_each_ticket_type_has_its_seat(sale: Sale) -> None:
    order_id = sale.hold_best(2, types=["child", "adult"])
    lines = sale.read(
        lambda s: s.scalars(
            select(OrderLine).where(OrderLine.order_id == order_id).order_by(OrderLine.seat_id)
        ).all()
    )
    assert [line.amount for line in lines] == [100, PRICE_A]


def test_a_wish_for_a_zone_is_kept(sale: Sale) -> None:
    assert sale.claimed(sale.hold_best(1, zone="sofa")).keys() <= {"B1", "B2"}
    with pytest.raises(NotEnoughSeats):
        sale.hold_best(2, zone="sofa")
    with pytest.raises(NotEnoughSeats):
        sale.hold_best(1, zone="balcony")


def test_a_party_is_split_only_if_it_wants_that(sale: Sale) -> None:
    sale.hold("3", "6", "9", screening=sale.house.second_hall)
    with pytest.raises(NotEnoughSeats):
        best(sale, 4)
    assert len(best(sale, 4, split=True)) == 4


def test_nobody_is_offered_what_is_not_for_everybody(sale: Sale) -> None:
    def make_a_wheelchair_place(session: Session) -> None:
        hall_id = session.get_one(Screening, sale.house.first_hall).hall_id
        session.scalars(
            select(Seat).where(Seat.hall_id == hall_id, Seat.label == "1")
        ).one().kind = "wheelchair"

    sale.write(make_a_wheelchair_place)
    with pytest.raises(NotEnoughSeats):
        sale.hold_best(11, screening=sale.house.first_hall, terms=replace(TERMS, seats_max=12))
    order_id = sale.hold_best(10, screening=sale.house.first_hall)
    assert sale.claimed(order_id).keys() == set(NUMBERS) - {"1", HOUSE_SEAT}


def test_what_ran_out_is_offered_again(sale: Sale) -> None:
    sale.hold_best(6)
    with pytest.raises(NotEnoughSeats):
        sale.hold_best(1)
    sale.hold_best(6, now=END)


def test_what_is_refused_leaves_nothing(sale: Sale) -> None:
    house = sale.house
    for error, count, more in (
        (NoSeats, 0, {}),
        (TooManySeats, 11, {}),
        (ScreeningNotFound, 1, {"screening": 10_000}),
        (SalesClosed, 1, {"screening": house.closed}),
        (SalesClosed, 1, {"screening": house.begun}),
        (NotEnoughSeats, 7, {}),
        (TicketTypeNotSold, 1, {"types": ["pensioner"]}),
    ):
        with pytest.raises(error):
            sale.hold_best(count, **more)  # type: ignore[arg-type]
    assert (sale.count(Order), sale.count(SeatClaim)) == (0, 0)


def test_parties_at_once_get_seats_of_their_own(sale: Sale) -> None:
    screening = sale.house.second_hall
    orders = at_once(sale.services, [lambda: sale.hold_best(3, screening=screening)] * 4)
    assert all(isinstance(order, int | NotEnoughSeats) for order in orders)
    held = [sale.claimed(order) for order in orders if isinstance(order, int)]
    # Four times three is all there is, but who came in between may have left gaps.
    assert len(held) >= 3
    assert len(set().union(*held)) == 3 * len(held)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
class TestBesideOthers:
    @staticmethod
    def slow_best(sale: Sale, count: int) -> Callable[[Session], int]:
        def hold(session: Session) -> int:
            return hold_best_seats(
                session, screening_id=sale.house.second_hall, wish=BestWish([None] * count),
                holder=Holder("site"), terms=TERMS, now=NOW,
            ).order.id  # fmt: skip

        return hold

    @staticmethod
    def refused(sale: Sale) -> Callable[[Session], bool]:
        hold = TestBesideOthers.slow_best(sale, 2)

        def is_refused(session: Session) -> bool:
            try:
                hold(session)
            except NotEnoughSeats:
                return True
            return False

        return is_refused

    def test_whoever_comes_second_takes_the_next_best_and_waits_for_nobody(self, sale: Sale) -> None:
        with beside(sale.services, self.slow_best(sale, 2), before="INSERT INTO seat_claim") as slow:
            slow.wait_until_it_stands_still()
            assert best(sale, 2) == ["4", "5"]
            # The first goes on only now.
        assert sale.claimed(slow.result()).keys() == {"6", "7"}
        assert sale.count(Order) == 2

    def test_whoever_loses_a_seat_that_was_chosen_gets_the_next_best(self, sale: Sale) -> None:
        with beside(sale.services, self.slow_best(sale, 2), before="INSERT INTO seat_claim") as slow:
            slow.wait_until_it_stands_still()
            sale.hold("6", "7", screening=sale.house.second_hall)
        assert sale.claimed(slow.result()).keys() == {"4", "5"}
        # What it tried in vain left no order behind.
        assert sale.count(Order) == 2

    def test_a_seat_that_was_lost_before_it_was_chosen_costs_no_try(self, sale: Sale) -> None:
        with beside(sale.services, self.slow_best(sale, 2), before="pg_try_advisory_xact_lock") as slow:
            slow.wait_until_it_stands_still()
            taken = sale.hold("6", "7", screening=sale.house.second_hall)
        assert sale.claimed(slow.result()).keys() == {"4", "5"}
        # A try in vain would have used a number up.
        assert slow.result() == taken + 1

    def test_who_finds_that_all_are_gone_by_now_is_told(self, sale: Sale) -> None:
        with beside(sale.services, self.refused(sale), before="pg_try_advisory_xact_lock") as slow:
            slow.wait_until_it_stands_still()
            sale.hold(*(str(number) for number in range(1, 11)), screening=sale.house.second_hall)
            eleventh = sale.hold("11", screening=sale.house.second_hall)
        assert slow.result()
        # It tried nothing in vain.
        assert sale.hold("12", screening=sale.house.second_hall) == eleventh + 1

    def test_nobody_is_told_that_there_are_none_as_long_as_others_may_not_get_them(self, sale: Sale) -> None:
        sale.hold(*(str(number) for number in range(1, 11)), screening=sale.house.second_hall)
        with beside(sale.services, self.slow_best(sale, 2), before="INSERT INTO seat_claim") as slow:
            slow.wait_until_it_stands_still()
            # It waits: the first may yet go away without the last two seats.
            with beside(sale.services, self.refused(sale), before="INSERT INTO seat_claim") as second:
                second.wait_until_it_stands_still()
                slow.result()
            assert second.result()


def test_it_gives_up_after_some_tries(sale: Sale, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []

    def always_taken(*_values: object, **_more: object) -> None:
        looks.append(1)
        raise SeatsNotFree

    monkeypatch.setattr("matinee.boxoffice.holds.claim_as_told", always_taken)
    with pytest.raises(SeatsNotFree):
        sale.hold_best(2)
    assert len(looks) == BEST_TRIES_MAX
    assert sale.count(Order) == 0
