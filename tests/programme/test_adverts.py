"""Adverts before the film: in the time from its start to its end, whatever plans or changes it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.programme.csv_format import read_csv
from matinee.programme.errors import HallTaken, InvalidScreening
from matinee.programme.film_records import change_film
from matinee.programme.hall_book import TURNAROUND_MINUTES_MAX, Booking, PlannedHall
from matinee.programme.lengths import LASTS_MAX
from matinee.programme.models import Cinema, Screening
from matinee.programme.programme_import import import_programme
from matinee.programme.screenings import change_screening, reschedule_screening
from tests.building import KYIV, NOW, House
from tests.programme.planning import film_titled, read, schedule, write

if TYPE_CHECKING:
    from matinee.web.shared.services import Services

NOSFERATU_MINUTES = 94


def set_adverts(services: Services, house: House, minutes: int) -> None:
    def work(session: Session) -> None:
        session.get_one(Cinema, house.cinema).adverts_minutes = minutes

    write(services, work)


def plan(services: Services, **more: Any) -> int:
    return write(services, lambda session: schedule(session, **more).id)


def minutes_of(services: Services, screening_id: int) -> tuple[int, int]:
    """How long it takes from start to end, and how much of it are adverts."""

    def look(session: Session) -> tuple[int, int]:
        found = session.get_one(Screening, screening_id)
        return (found.ends_at - found.starts_at) // timedelta(minutes=1), found.adverts_minutes

    return read(services, look)


def change(services: Services, screening_id: int, **what: Any) -> None:
    write(
        services,
        lambda s: change_screening(s, screening=s.get_one(Screening, screening_id), now=NOW, **what),
    )


def test_a_new_screening_has_the_cinemas_adverts_unless_it_says_others(
    services: Services, house: House
) -> None:
    set_adverts(services, house, 15)
    assert minutes_of(services, plan(services)) == (NOSFERATU_MINUTES + 15, 15)
    assert minutes_of(services, plan(services, time="15:00", adverts_minutes=0)) == (NOSFERATU_MINUTES, 0)
    set_adverts(services, house, 30)
    assert minutes_of(services, plan(services, hall="Hall 2")) == (NOSFERATU_MINUTES + 30, 30)


def test_the_hall_is_taken_while_adverts_are_shown(services: Services, house: House) -> None:
    # Until 18:00, when the next one begins.
    plan(services, time="16:00", adverts_minutes=26)
    with pytest.raises(HallTaken) as refused:
        plan(services, hall="Hall 2", time="16:00", adverts_minutes=27)
    assert (refused.value.title, refused.value.time) == ("Амели", "18:00")


def test_other_adverts_move_the_end(services: Services, house: House) -> None:
    made = plan(services)
    change(services, made, adverts_minutes=20)
    assert minutes_of(services, made) == (NOSFERATU_MINUTES + 20, 20)
    # The file of another film comes with the same adverts.
    change(services, made, film=read(services, lambda s: film_titled(s, "Café")))
    assert minutes_of(services, made) == (90 + 20, 20)


def test_adverts_that_reach_into_the_next_screening_are_refused(services: Services, house: House) -> None:
    made = plan(services, time="16:00")
    with pytest.raises(HallTaken):
        change(services, made, adverts_minutes=27)
    assert minutes_of(services, made) == (NOSFERATU_MINUTES, 0)


def test_the_longest_film_keeps_its_hall_until_it_is_cleaned() -> None:
    turnaround = timedelta(minutes=TURNAROUND_MINUTES_MAX)
    hall = PlannedHall("Hall 1", turnaround)
    longest = Booking(NOW, NOW + LASTS_MAX, "The longest")
    hall.book(longest)
    free = longest.ends_at + turnaround
    assert hall.conflict_with(free - timedelta(minutes=1), free + timedelta(hours=1)) == longest
    assert hall.conflict_with(free, free + timedelta(hours=1)) is None


@pytest.mark.parametrize("minutes", [-1, 121])
def test_adverts_that_cannot_be_are_refused(services: Services, house: House, minutes: int) -> None:
    with pytest.raises(InvalidScreening, match="adverts take"):
        plan(services, adverts_minutes=minutes)


def test_they_stay_when_the_film_gets_another_length_or_the_screening_moves(
    services: Services, house: House
) -> None:
    made = plan(services, adverts_minutes=10)
    write(
        services,
        lambda s: change_film(s, film=film_titled(s, "Nosferatu"), now=NOW, duration_minutes=100),
    )
    assert minutes_of(services, made) == (110, 10)
    write(
        services,
        lambda s: reschedule_screening(s, screening=s.get_one(Screening, made), time="12:30", now=NOW),
    )
    assert minutes_of(services, made) == (110, 10)


def test_an_import_plans_with_the_cinemas_adverts_and_keeps_those_that_are_there(
    services: Services, house: House
) -> None:
    made = plan(services, adverts_minutes=10)
    set_adverts(services, house, 15)
    table = "date,time,title,hall\n2030-05-18,12:00,Nosferatu,Hall 1\n2030-05-19,12:00,Nosferatu,Hall 1\n"

    def work(session: Session) -> tuple[int, int]:
        file = read_csv(table.encode(), file_name="plan.csv")
        report = import_programme(
            session, files=[file], cinema_slug="odeon", timezone=KYIV, currency="UAH", now=NOW
        )
        return report.screenings_new, report.screenings_same

    assert write(services, work) == (1, 1)
    assert minutes_of(services, made) == (NOSFERATU_MINUTES + 10, 10)
    wanted = select(Screening.id).order_by(Screening.id.desc()).limit(1)
    new = read(services, lambda s: s.scalars(wanted).one())
    assert minutes_of(services, new) == (NOSFERATU_MINUTES + 15, 15)
