from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from matinee.programme.film_records import change_film
from matinee.programme.models import Price, PriceList, Screening
from matinee.programme.usual_manner import UsualManner, usual_manner
from tests.building import NOW, House
from tests.programme.planning import film_titled, hall_named, read, schedule, write

if TYPE_CHECKING:
    from matinee.web.shared.services import Services


def usual(services: Services, title: str, hall: str) -> UsualManner:
    return read(
        services,
        lambda s: usual_manner(s, film=film_titled(s, title), hall=hall_named(s, hall)),
    )


def test_prices_are_those_of_the_hall_and_languages_those_of_the_film(
    services: Services, house: House
) -> None:
    def plan(session: Session) -> None:
        schedule(session, hall="Hall 10", time="12:00", format="3D", language="de", subtitles="uk",
                 access_features="hearing_loop captions", price_list="auto")  # fmt: skip

    evening = usual(services, "Nosferatu", "Hall 10").price_list
    assert isinstance(evening, int)
    write(services, plan)
    # The last one there is "Café" at 20:30.
    found = usual(services, "Nosferatu", "Hall 10")
    assert (found.format, found.language, found.subtitles, found.access_features) == ("3D", "de", "uk", "")
    assert found.price_list == evening
    assert usual(services, "Nosferatu", "Hall 1").price_list is None

    def later(session: Session) -> None:
        schedule(session, hall="Hall 1", time="23:59", access_features="hearing_loop", price_list="auto",
                 day=session.get_one(Screening, house.first_hall).day.replace(day=25))  # fmt: skip

    write(services, later)
    found = usual(services, "Амели", "Hall 1")
    assert (found.price_list, found.access_features) == ("auto", "hearing_loop")


def test_a_film_that_was_never_shown_begins_with_the_first_of_its_copies(
    services: Services, house: House
) -> None:
    def copies(session: Session, **what: Any) -> None:
        change_film(session, film=film_titled(session, "Nosferatu"), now=NOW, **what)

    assert usual(services, "Nosferatu", "Hall 1").format == ""
    write(services, lambda s: copies(s, formats=" 35 mm, 2D,2D ", languages="DE, pt-br"))
    assert read(services, lambda s: film_titled(s, "Nosferatu").formats) == "35 mm, 2D"
    found = usual(services, "Nosferatu", "Hall 1")
    assert (found.format, found.language) == ("35 mm", "de")


def test_without_any_price_list_it_is_free(services: Services, house: House) -> None:
    def empty(session: Session) -> None:
        session.get_one(Screening, house.lettered).price_list_id = None
        session.flush()
        for row in (Price, PriceList):
            session.execute(delete(row))

    write(services, empty)
    assert usual(services, "Nosferatu", "Hall 10").price_list is None
