"""Claims: the promise that a seat is sold once"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matinee.boxoffice.claims import choose_seats, claim_seats, release_claims, renew_claims
from matinee.boxoffice.errors import HoldExpired, SeatsNotFree
from matinee.boxoffice.models import Order, OrderLine, SeatClaim, Ticket
from matinee.boxoffice.queries import claimed_seats
from matinee.boxoffice.sales import new_order
from matinee.boxoffice.tickets import new_ticket_id
from matinee.web.shared.services import Services
from tests.building import HOUSE_SEAT, NOW, PRICE_A, PRICE_B, House, cancel, count_rows, seat_id

MINUTE = timedelta(minutes=1)


def order_for(session: Session, screening_id: int, seats: int) -> Order:
    return new_order(
        session, screening_id=screening_id, buyer=None, state="paid", amounts=[0] * seats, currency="UAH",
        channel="counter", now=NOW,
    )  # fmt: skip


def claim(session: Session, screening_id: int, *labels: str, until=None, now=NOW) -> int:
    order = order_for(session, screening_id, len(labels))
    seats = [seat_id(session, screening_id, label) for label in labels]
    claim_seats(session, order=order, seat_ids=seats, expires_at=until, now=now)
    return order.id


def holders(session: Session) -> dict[tuple[int, int], int]:
    return {(one.screening_id, one.seat_id): one.order_id for one in session.scalars(select(SeatClaim))}


def test_the_second_claim_of_a_seat_is_refused_and_the_first_stays(services: Services, house: House) -> None:
    first = services.transactions.write(lambda session: claim(session, house.first_hall, "1", "2"))
    for labels in (("1",), ("2", "3"), ("3", "2"), ("1", "2")):
        with pytest.raises(SeatsNotFree):
            services.transactions.write(
                lambda session, labels=labels: claim(session, house.first_hall, *labels)
            )
    kept = services.transactions.read(holders)
    assert len(kept) == 2
    assert set(kept.values()) == {first}


def test_the_same_seat_of_another_screening_is_another_seat(services: Services, house: House) -> None:
    services.transactions.write(lambda session: claim(session, house.first_hall, "1"))
    services.transactions.write(lambda session: claim(session, house.begun, "1"))
    assert len(services.transactions.read(holders)) == 2


def test_a_hold_that_ran_out_is_taken_over_at_that_instant(services: Services, house: House) -> None:
    services.transactions.write(lambda session: claim(session, house.first_hall, "1", until=NOW + MINUTE))
    just_before = NOW + MINUTE - timedelta(microseconds=1)
    with pytest.raises(SeatsNotFree):
        services.transactions.write(lambda session: claim(session, house.first_hall, "1", now=just_before))
    second = services.transactions.write(
        lambda session: claim(session, house.first_hall, "1", now=NOW + MINUTE)
    )
    assert list(services.transactions.read(holders).values()) == [second]


def test_what_is_sold_never_runs_out(services: Services, house: House) -> None:
    services.transactions.write(lambda session: claim(session, house.first_hall, "1"))
    with pytest.raises(SeatsNotFree):
        services.transactions.write(
            lambda session: claim(session, house.first_hall, "1", now=NOW + timedelta(days=10_000))
        )


def test_the_database_itself_refuses_a_second_claim_and_a_second_valid_ticket(
    services: Services, house: House
) -> None:
    def make(session: Session) -> tuple[int, int]:
        order_id = claim(session, house.first_hall, "1")
        seat = seat_id(session, house.first_hall, "1")
        session.execute(insert(Ticket).values(ticket_values(order_id, seat)))
        return order_id, seat

    def ticket_values(order_id: int, seat: int, state: str = "valid") -> dict[str, object]:
        return {
            "id": new_ticket_id(), "order_id": order_id, "screening_id": house.first_hall, "seat_id": seat,
            "state": state, "amount": 0, "created_at": NOW,
        }  # fmt: skip

    order_id, seat = services.transactions.write(make)
    again = insert(SeatClaim).values(screening_id=house.first_hall, seat_id=seat, order_id=order_id)
    for statement in (again, insert(Ticket).values(ticket_values(order_id, seat))):
        with pytest.raises(IntegrityError):
            services.transactions.write(lambda session, statement=statement: session.execute(statement))
    services.transactions.write(
        lambda s: s.execute(insert(Ticket).values(ticket_values(order_id, seat, "refunded")))
    )


def test_an_order_with_fewer_seats_than_asked_for_cannot_be_stored(services: Services, house: House) -> None:
    def fewer(session: Session) -> None:
        order = order_for(session, house.first_hall, 2)
        order.seats_claimed = 1
        session.flush()

    with pytest.raises(IntegrityError, match="all_seats_claimed"):
        services.transactions.write(fewer)


def test_only_seats_that_are_for_sale_can_be_chosen(services: Services, house: House) -> None:
    def choose(screening_id: int, *labels: str) -> list[int]:
        # On PostgreSQL it locks the screening, shared with other buyers.
        return services.transactions.write(
            lambda session: sorted(choose_seats(session, screening_id=screening_id, labels=labels).values())
        )

    assert choose(house.first_hall, "1", "2") == [0, 0]
    assert choose(house.second_hall, HOUSE_SEAT) == [0]
    # The zone's own price, and that of the first ticket type, not the cheapest.
    assert choose(house.lettered, "A1", "B1") == [PRICE_A, PRICE_B]
    for labels in ((HOUSE_SEAT,), ("1", HOUSE_SEAT), ("99",), ("1", "99"), ("a1",), ("' OR 1=1 --",)):
        with pytest.raises(SeatsNotFree):
            choose(house.first_hall, *labels)
    with pytest.raises(SeatsNotFree):
        choose(10_000, "1")
    # Cancelled after the buyer's facts were read.
    services.transactions.write(lambda session: cancel(session, house.second_hall))
    with pytest.raises(SeatsNotFree):
        choose(house.second_hall, "1")


def test_an_order_claims_its_own_seats_anew(services: Services, house: House) -> None:
    def claim_twice(session: Session) -> int:
        order_id = claim(session, house.first_hall, "1", until=NOW + MINUTE)
        seats = [seat_id(session, house.first_hall, label) for label in ("1", "2")]
        order = session.get_one(Order, order_id)
        claim_seats(session, order=order, seat_ids=seats, expires_at=None, now=NOW)
        return order_id

    order_id = services.transactions.write(claim_twice)
    kept = services.transactions.read(lambda session: session.scalars(select(SeatClaim)).all())
    assert [(one.order_id, one.expires_at) for one in kept] == [(order_id, None)] * 2


def renewable(session: Session, house: House, *labels: str) -> int:
    """A hold of seats with its lines."""
    order_id = claim(session, house.first_hall, *labels, until=NOW + MINUTE)
    session.add_all(
        OrderLine(order_id=order_id, seat_id=seat_id(session, house.first_hall, label), amount=0)
        for label in labels
    )
    return order_id


def test_claims_are_renewed_with_those_that_were_lost_and_are_free(services: Services, house: House) -> None:
    order_id = services.transactions.write(lambda session: renewable(session, house, "1", "2"))

    def lose_one_and_renew(session: Session, until) -> None:
        order = session.get_one(Order, order_id)
        release_claims(session, order=order, seat_ids=[seat_id(session, house.first_hall, "1")])
        renew_claims(session, order=order, expires_at=until, now=NOW)

    for until in (NOW + 2 * MINUTE, None):
        services.transactions.write(lambda session, until=until: lose_one_and_renew(session, until))
        ends = services.transactions.read(lambda session: session.scalars(select(SeatClaim.expires_at)).all())
        assert ends == [until, until]


def test_claims_are_renewed_all_or_none(services: Services, house: House) -> None:
    order_id = services.transactions.write(lambda session: renewable(session, house, "1", "2"))
    other = services.transactions.write(lambda s: claim(s, house.first_hall, "2", now=NOW + MINUTE))

    def renew(session: Session) -> None:
        order = session.get_one(Order, order_id)
        with pytest.raises(HoldExpired), session.begin_nested():
            renew_claims(session, order=order, expires_at=None, now=NOW + MINUTE)

    services.transactions.write(renew)
    kept = services.transactions.read(
        lambda s: s.scalars(select(SeatClaim).order_by(SeatClaim.seat_id)).all()
    )
    assert [(one.order_id, one.expires_at) for one in kept] == [(order_id, NOW + MINUTE), (other, None)]


def test_letting_go_frees_only_what_is_still_the_orders_own(services: Services, house: House) -> None:
    first = services.transactions.write(lambda s: claim(s, house.first_hall, "1", "2", until=NOW + MINUTE))
    second = services.transactions.write(lambda s: claim(s, house.first_hall, "1", now=NOW + MINUTE))
    freed = services.transactions.write(lambda s: release_claims(s, order=s.get_one(Order, first)))
    assert freed == 1
    assert list(services.transactions.read(holders).values()) == [second]


def test_what_is_shown_as_taken_ends_with_the_hold(services: Services, house: House) -> None:
    services.transactions.write(lambda s: claim(s, house.first_hall, "1", until=NOW + MINUTE))
    services.transactions.write(lambda s: claim(s, house.first_hall, "2"))
    screenings = [house.first_hall, house.second_hall]

    def taken(now) -> list[int]:
        found = services.transactions.read(lambda s: claimed_seats(s, screening_ids=screenings, now=now))
        return [len(found[screening]) for screening in screenings]

    assert taken(NOW + MINUTE - timedelta(microseconds=1)) == [2, 0]
    assert taken(NOW + MINUTE) == [1, 0]


def test_a_claim_moves_the_version_of_the_data(services: Services, house: House) -> None:
    before = services.version.current()
    services.transactions.write(lambda session: claim(session, house.first_hall, "1"))
    assert services.version.current() != before
    assert services.transactions.read(lambda session: count_rows(session, SeatClaim)) == 1
