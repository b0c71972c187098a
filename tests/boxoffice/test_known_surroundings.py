"""Holds that are made with what was read of the screening's surroundings a moment ago"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.boxoffice.errors import SeatsNotFree
from matinee.boxoffice.holds import BestWish, Holder, MadeHold, hold_best_seats, hold_seats
from matinee.boxoffice.lines import lines_of
from matinee.boxoffice.made_holds import details_of_made
from matinee.boxoffice.models import Order, SeatClaim
from matinee.boxoffice.order_details import details_of
from matinee.boxoffice.surroundings import Surroundings, surroundings_of
from matinee.programme.models import Cinema, Price, PriceList, Screening, Seat
from tests.boxoffice.selling import ANY_CHOICE, TERMS, Sale, choices_of
from tests.building import LETTERED, NOW, PRICE_A, count_rows, seat_id


@pytest.fixture
def known(sale: Sale) -> Surroundings:
    return sale.read(lambda s: surroundings_of(s, screening=s.get_one(Screening, sale.house.lettered)))


def make(session: Session, sale: Sale, known: Surroundings, *labels: str, types: Any = None) -> MadeHold:
    return hold_seats(
        session, screening_id=sale.house.lettered, choices=choices_of(labels, types), holder=Holder("site", secret="s"),
        terms=TERMS, rules=ANY_CHOICE, now=NOW, known=known,
    )  # fmt: skip


def change_seat(sale: Sale, label: str, **values: Any) -> None:
    sale.write(
        lambda s: s.execute(
            update(Seat).where(Seat.id == seat_id(s, sale.house.lettered, label)).values(**values)
        )
    )


@pytest.mark.parametrize(
    "values",
    [{"hall_id": None}, {"kind": "wheelchair"}, {"zone": "balcony"}, {"row": "Z"}, {"place": "99"}, {"x": 77}, {"y": 77}],
)  # fmt: skip
def test_a_seat_that_became_another_is_not_held(
    sale: Sale, known: Surroundings, values: dict[str, Any]
) -> None:
    change_seat(sale, "A2", **values)
    with pytest.raises(SeatsNotFree) as refusal:
        sale.write(lambda s: make(s, sale, known, "A1", "A2"))
    assert refusal.value.labels == ("A2",)
    assert sale.read(lambda s: (count_rows(s, Order), count_rows(s, SeatClaim))) == (0, 0)
    assert sale.write(lambda s: make(s, sale, known, "A1", "A3").order.seats_claimed) == 2


def test_the_best_seats_are_looked_for_again_with_what_is_true_now(sale: Sale, known: Surroundings) -> None:
    def best(session: Session) -> set[int]:
        made = hold_best_seats(
            session, screening_id=sale.house.lettered, wish=BestWish([None] * 2), holder=Holder("site", secret="s"),
            terms=TERMS, now=NOW, known=known,
        )  # fmt: skip
        return {line.seat_id for line in lines_of(session, order=made.order)}

    for label in LETTERED[:-2]:
        change_seat(sale, label, hall_id=None)
    left = sale.read(lambda s: {seat_id(s, sale.house.lettered, label) for label in LETTERED[-2:]})
    assert sale.write(best) == left
    assert sale.read(lambda s: count_rows(s, Order)) == 1


def test_another_price_list_is_read_anew(sale: Sale, known: Surroundings) -> None:
    def replan(session: Session) -> None:
        dearer = PriceList(cinema_id=sale.house.cinema, name="dearer")
        session.add(dearer)
        session.flush()
        session.add_all(
            Price(price_list_id=dearer.id, zone=zone, ticket_type_id=type_id, amount=2 * amount)
            for (zone, type_id), amount in known.amounts.items()
        )
        session.get_one(Screening, sale.house.lettered).price_list_id = dearer.id

    sale.write(replan)
    assert sale.write(lambda s: make(s, sale, known, "A1").order.total_amount) == 2 * PRICE_A


def test_another_hall_is_read_anew(sale: Sale, known: Surroundings) -> None:
    def move(session: Session) -> int:
        screening = session.get_one(Screening, sale.house.lettered)
        screening.hall_id = session.get_one(Screening, sale.house.second_hall).hall_id
        return screening.hall_id

    hall_id = sale.write(move)
    with pytest.raises(SeatsNotFree):
        sale.write(lambda s: make(s, sale, known, "A1"))
    made = sale.write(lambda s: make(s, sale, known, "1").priced[0].seat.id)
    assert sale.read(lambda s: s.get_one(Seat, made).hall_id) == hall_id


@pytest.mark.parametrize("is_known", [True, False])
def test_what_is_told_of_it_is_what_is_read_of_it(sale: Sale, known: Surroundings, is_known: bool) -> None:
    def compare(session: Session) -> None:
        holder = Holder("v1", session.get_one(User, sale.buyer.id)) if is_known else Holder("v1", secret="s")
        made = hold_seats(
            session, screening_id=sale.house.lettered, choices=choices_of(["B2", "A1"], ["child", None]), holder=holder,
            terms=TERMS, rules=ANY_CHOICE, now=NOW, known=known,
        )  # fmt: skip
        told, (read,) = details_of_made(made), details_of(session, orders=[made.order])
        assert [(one.seat.label, one.ticket_type, one.amount) for one in told.seats] == [
            (one.seat.label, one.ticket_type, one.amount) for one in read.seats
        ]
        assert (told.order, told.email, told.promo_code, told.tickets, told.payments) == (
            (read.order, read.email, read.promo_code, read.tickets, read.payments)
        )
        assert told.at.screening is read.at.screening
        assert [each.id for each in (told.at.film, told.at.hall, told.at.cinema)] == [
            each.id for each in (read.at.film, read.at.hall, read.at.cinema)
        ]
        assert made.order.fee_amount == 2 * 75
        assert made.order.total_amount == sum(one.amount for one in told.seats) + 150

    known.cinema.booking_fee_amount = 75
    sale.write(lambda s: s.execute(update(Cinema).values(booking_fee_amount=75)))
    sale.write(compare)
