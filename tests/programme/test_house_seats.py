from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.programme.errors import SeatNotFound
from matinee.programme.house_seats import set_house_seats
from matinee.programme.models import HouseSeat, Screening, Seat
from tests.building import HOUSE_SEAT, House
from tests.programme.planning import read, write

if TYPE_CHECKING:
    from matinee.web.shared.services import Services


def keep(services: Services, screening_id: int, *labels: str) -> None:
    write(
        services,
        lambda session: set_house_seats(
            session, screening=session.get_one(Screening, screening_id), labels=labels
        ),
    )


def kept(services: Services, screening_id: int) -> set[str]:
    wanted = select(Seat.label).join(HouseSeat, HouseSeat.seat_id == Seat.id)

    def work(session: Session) -> set[str]:
        return set(session.scalars(wanted.where(HouseSeat.screening_id == screening_id)))

    return read(services, work)


def test_the_house_keeps_these_seats_and_no_others(services: Services, house: House) -> None:
    assert kept(services, house.first_hall) == {HOUSE_SEAT}
    keep(services, house.first_hall, "1", "2")
    assert kept(services, house.first_hall) == {"1", "2"}
    keep(services, house.first_hall, "2", "3")
    assert kept(services, house.first_hall) == {"2", "3"}
    keep(services, house.first_hall)
    assert kept(services, house.first_hall) == set()
    assert kept(services, house.begun) == set()


def test_a_seat_that_the_hall_does_not_have_is_named(services: Services, house: House) -> None:
    with pytest.raises(SeatNotFound, match=r"no seat 99, A1\."):
        keep(services, house.first_hall, "99", "1", "A1")
    assert kept(services, house.first_hall) == {HOUSE_SEAT}
