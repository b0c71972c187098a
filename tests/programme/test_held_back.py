"""What a hall keeps back: at screenings that are planned, imported and moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matinee.programme.house_seats import set_house_seats
from matinee.programme.models import Hall, HouseSeat, Screening, Seat
from matinee.programme.screenings import reschedule_screening
from tests.building import NOW, House
from tests.programme.files import days, film, import_days, import_text
from tests.programme.planning import hall_named, read, schedule, write
from tests.programme.test_halls import FILM, store

if TYPE_CHECKING:
    from matinee.web.shared.services import Services

PLAN = "hall: Red\nA | 1 2 3 4\nhouse: A1\nbroken: A4"


def kept(services: Services, screening_id: int | None = None) -> dict[str, str]:
    """Label -> why, of the screening or of all there are."""
    wanted = select(Seat.label, HouseSeat.reason).join(HouseSeat, HouseSeat.seat_id == Seat.id)
    if screening_id is not None:
        wanted = wanted.where(HouseSeat.screening_id == screening_id)
    return read(services, lambda session: dict(session.execute(wanted).all()))


def hold_back(session: Session, hall: str, **labels: str) -> None:
    for reason, label in labels.items():
        of_hall = Seat.hall_id == hall_named(session, hall).id
        session.execute(update(Seat).where(of_hall, Seat.label == label).values(held_back=reason))


def test_a_new_screening_keeps_back_what_its_hall_does(services: Services, house: House) -> None:
    write(services, lambda session: hold_back(session, "Hall 1", house="1", broken="2"))
    made = write(services, lambda session: schedule(session).id)
    assert kept(services, made) == {"1": "house", "2": "broken"}
    assert kept(services, house.begun) == {}


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("", "", {"A1": "house", "A4": "broken"}),
        (",house_seats", ",A2 A4", {"A2": "house", "A4": "broken"}),
        (",house_seats", ",", {"A4": "broken"}),
    ],
)
def test_an_imported_screening_does_unless_its_file_says_which(
    services: Services, column: str, cell: str, expected: dict[str, str]
) -> None:
    store(services, PLAN)
    text = f"date,time,title,hall{column}\n2026-12-05,14:00,Faust,Red{cell}\n"
    import_text(services, FILM, text)
    assert kept(services) == expected
    assert not import_text(services, text).changed_anything


def test_a_schedule_frees_no_broken_seat(services: Services) -> None:
    store(services, PLAN)
    data = days(film(hall="Red", free=["A1", "A2", "A4"], houseSeats=["A3"]))
    import_days(services, data)
    assert kept(services) == {"A3": "house", "A4": "broken"}
    assert not import_days(services, data).changed_anything
    import_days(services, days(film(hall="Red", free=["A1", "A2", "A3", "A4"], houseSeats=[])))
    assert kept(services) == {"A4": "broken"}


def test_the_other_hall_keeps_back_its_own_seats(services: Services, house: House) -> None:
    def prepare(session: Session) -> int:
        hold_back(session, "Hall 1", house="1", broken="2")
        hold_back(session, "Hall 2", house="5", broken="6")
        screening = schedule(session)
        for label, reason in (("3", "house"), ("4", "blocked"), ("6", "house")):
            seat = select(Seat.id).where(Seat.hall_id == screening.hall_id, Seat.label == label)
            session.add(
                HouseSeat(
                    screening_id=screening.id,
                    seat_id=session.scalars(seat).one(),
                    reason=reason,
                    note="ask Anna",
                )
            )
        return screening.id

    made = write(services, prepare)
    write(
        services,
        lambda session: reschedule_screening(
            session,
            screening=session.get_one(Screening, made),
            hall=hall_named(session, "Hall 2"),
            now=NOW,
        ),
    )
    assert kept(services, made) == {"3": "house", "4": "blocked", "5": "house", "6": "broken"}
    notes = select(HouseSeat.note).where(HouseSeat.screening_id == made, HouseSeat.reason == "blocked")
    assert read(services, lambda session: session.scalars(notes).all()) == ["ask Anna"]
    assert read(services, lambda session: session.get_one(Screening, made).hall_id) == read(
        services, lambda session: session.scalars(select(Hall.id).where(Hall.name == "Hall 2")).one()
    )


def test_whoever_says_which_seats_the_house_keeps_leaves_broken_ones(
    services: Services, house: House
) -> None:
    def prepare(session: Session) -> int:
        hold_back(session, "Hall 1", house="1", broken="2")
        return schedule(session).id

    made = write(services, prepare)

    def keep(*labels: str) -> None:
        write(
            services,
            lambda session: set_house_seats(
                session, screening=session.get_one(Screening, made), labels=labels
            ),
        )

    keep("2", "3")
    assert kept(services, made) == {"2": "broken", "3": "house"}
    keep()
    assert kept(services, made) == {"2": "broken"}
