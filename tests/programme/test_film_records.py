from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.orm import Session

from matinee.programme.catalogue import find_film
from matinee.programme.errors import FilmExists, FilmInUse, FilmNotFound, HallTaken, InvalidFilm
from matinee.programme.film_records import change_film, create_film, delete_film
from matinee.programme.models import Film, Screening
from tests.building import NOW, House, cancel
from tests.programme.planning import film_titled, read, schedule, write

if TYPE_CHECKING:
    from matinee.web.shared.services import Services

FAUST = {"title": " Faust ", "duration_minutes": 107, "certificate": "12", "synopsis": "A bargain.\nA fall."}


def change(services: Services, film: str, **changes: Any) -> None:
    write(services, lambda session: change_film(session, film=film_titled(session, film), now=NOW, **changes))


def minutes(session: Session, screening_id: int) -> float:
    found = session.get_one(Screening, screening_id)
    return (found.ends_at - found.starts_at) / timedelta(minutes=1)


def test_a_film_is_stored_and_found(services: Services) -> None:
    made = write(services, lambda session: create_film(session, **FAUST).id)

    found = read(services, lambda session: find_film(session, film_id=made))
    assert (found.title, found.duration_minutes, found.certificate) == ("Faust", 107, "12")
    with pytest.raises(FilmNotFound):
        read(services, lambda session: find_film(session, film_id=made + 1))


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "}, {"title": "Faust\nII"}, {"duration_minutes": 0}, {"duration_minutes": 1441},
        {"trailer_url": "javascript:alert(1)"}, {"poster_url": "poster.jpg"}, {"certificate": "x" * 21},
        {"synopsis": "x" * 10_001},
    ],
)  # fmt: skip
def test_a_film_with_a_wrong_property_is_refused(services: Services, wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidFilm, match="The film is not acceptable: its "):
        write(services, lambda session: create_film(session, **(FAUST | wrong)))
    write(services, lambda session: create_film(session, **FAUST))
    with pytest.raises(InvalidFilm):
        change(services, "Faust", **wrong)


def test_title_duration_and_trailer_make_it_one_film(services: Services) -> None:
    write(services, lambda session: create_film(session, **FAUST))
    write(services, lambda session: create_film(session, title="Faust", duration_minutes=90))

    with pytest.raises(FilmExists):
        write(services, lambda session: create_film(session, title="Faust", duration_minutes=107))
    with pytest.raises(FilmExists):
        write(
            services,
            lambda session: change_film(
                session, film=session.get_one(Film, 2), duration_minutes=107, now=NOW
            ),
        )


def test_a_change_changes_what_is_given(services: Services) -> None:
    write(services, lambda session: create_film(session, **FAUST))
    change(services, "Faust", certificate="", poster_url="https://example.org/faust.jpg")

    found = read(services, lambda session: film_titled(session, "Faust"))
    assert (found.certificate, found.poster_url) == ("", "https://example.org/faust.jpg")
    assert (found.duration_minutes, found.synopsis) == (107, FAUST["synopsis"])


def test_screenings_to_come_end_when_the_new_duration_says(services: Services, house: House) -> None:
    change(services, "Амели", duration_minutes=130)

    assert read(services, lambda session: minutes(session, house.first_hall)) == 130
    assert read(services, lambda session: minutes(session, house.begun)) == 122


def test_a_film_that_becomes_too_long_for_its_place_is_refused(services: Services, house: House) -> None:
    # Hall 2 shows it at 18:00, and at 21:30 again.
    with pytest.raises(HallTaken, match="It overlaps in 'Hall 2' with 'Амели' on 2030-05-18 at 21:30"):
        change(services, "Амели", duration_minutes=211)
    assert read(services, lambda session: minutes(session, house.first_hall)) == 122

    write(services, lambda session: cancel(session, house.closed))
    change(services, "Амели", duration_minutes=211)
    assert read(services, lambda session: minutes(session, house.closed)) == 122


def test_a_film_goes_unless_it_has_a_screening(services: Services, house: House) -> None:
    def delete(title: str) -> None:
        write(services, lambda session: delete_film(session, film=film_titled(session, title)))

    write(services, lambda session: create_film(session, **FAUST))
    delete("Faust")
    with pytest.raises(FilmInUse):
        delete("Nosferatu")

    screening_id = write(services, lambda session: schedule(session).id)
    write(services, lambda session: cancel(session, screening_id))
    with pytest.raises(FilmInUse):
        delete("Nosferatu")
    assert read(services, lambda session: film_titled(session, "Nosferatu").title) == "Nosferatu"


def test_a_film_that_somebody_deleted_meanwhile_is_not_found(services: Services) -> None:
    film = write(services, lambda session: create_film(session, **FAUST))
    write(services, lambda session: delete_film(session, film=film_titled(session, "Faust")))

    with pytest.raises(FilmNotFound):
        write(services, lambda session: delete_film(session, film=film))
