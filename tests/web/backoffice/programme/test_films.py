"""Films, their posters, their terms, and their distributors, as staff enters them."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from matinee.programme.film_terms import Terms, TermsStep, terms_of_film
from matinee.programme.models import Distributor, Film
from matinee.web.shared.services import Services
from matinee.web.shared.uploads import body_bytes_max
from tests.building import House, on_one_database
from tests.pictures import picture
from tests.programme.planning import film_titled, read
from tests.web.backoffice.conftest import Office, OpenOffice

FILMS = "/backoffice/films"
FAUST = {
    "title": " Faust ", "duration_minutes": "107", "certificate": "12", "synopsis": "A bargain.", "trailer_url": "",
    "formats": "35 mm,2D", "languages": "DE", "distributor": "",
}  # fmt: skip


def enter(office: Office, **more: str) -> int:
    """Enter a film; its id."""
    answer = office.post(f"{FILMS}/new", {**FAUST, **more})
    assert answer.status_code == 303, answer.text[-3000:]
    return int(answer.headers["Location"].rpartition("/")[2])


def film(services: Services, film_id: int) -> Film:
    return read(services, lambda s: s.get_one(Film, film_id))


def distributor(office: Office, services: Services, name: str = "Ufa") -> int:
    assert office.post("/backoffice/distributors/new", {"name": name}).status_code == 303
    return read(services, lambda s: s.scalars(select(Distributor.id).where(Distributor.name == name)).one())


def test_a_film_is_entered_changed_and_deleted(office: OpenOffice, services: Services, house: House) -> None:
    programmer = office("programmer")
    ufa = distributor(programmer, services)
    made = enter(programmer, distributor=str(ufa))
    kept = film(services, made)
    assert (kept.title, kept.duration_minutes, kept.formats, kept.languages) == (
        "Faust",
        107,
        "35 mm, 2D",
        "de",
    )
    assert kept.distributor_id == ufa
    page = programmer.get(f"{FILMS}/{made}").text
    assert 'value="35 mm, 2D"' in page
    assert programmer.post(f"{FILMS}/{made}", {**FAUST, "duration_minutes": "110"}).status_code == 303
    assert (film(services, made).duration_minutes, film(services, made).distributor_id) == (110, None)
    # The word must be typed.
    assert "was not typed" in programmer.post(f"{FILMS}/{made}/delete", {"typed": "no"}).text
    assert programmer.post(f"{FILMS}/{made}/delete", {"typed": " DELETE "}).status_code == 303
    assert programmer.get(f"{FILMS}/{made}").status_code == 404
    assert [action for action, _subject in programmer.trail()] == [
        "distributor.create", "film.create", "film.change", "film.delete",
    ]  # fmt: skip


@on_one_database
@pytest.mark.parametrize(
    ("wrong", "status", "said"),
    [
        ({"title": " "}, 422, "A title has"), ({"title": "a\0b"}, 422, "A title has"),
        ({"duration_minutes": "1h"}, 422, "A length is"), ({"duration_minutes": "0"}, 422, "A length is"),
        ({"duration_minutes": "9" * 40}, 422, "A length is"), ({"certificate": "x" * 21}, 422, "A certificate"),
        ({"trailer_url": "javascript:alert(1)"}, 422, "no address"), ({"languages": "English!"}, 422, "Languages are"),
        ({"formats": "x" * 200}, 422, "Formats are"), ({"distributor": "999"}, 404, "no such distributor"),
        ({"distributor": "9" * 30}, 404, "no such distributor"),
        ({"title": "Café", "duration_minutes": "90"}, 409, "already"),
    ],
)  # fmt: skip
def test_what_is_not_right_is_said_at_its_field_with_what_was_typed(
    office: OpenOffice, wrong: dict[str, str], status: int, said: str
) -> None:
    answer = office("programmer").post(f"{FILMS}/new", {**FAUST, **wrong})
    assert answer.status_code == status
    assert said in answer.text
    assert "A bargain." in answer.text


def test_a_film_that_would_reach_into_the_next_screening_keeps_its_length(
    office: OpenOffice, services: Services, house: House
) -> None:
    programmer = office("programmer")
    amelie = read(services, lambda s: film_titled(s, "Амели"))
    values = {**FAUST, "title": amelie.title, "duration_minutes": "400"}
    answer = programmer.post(f"{FILMS}/{amelie.id}", values)
    assert answer.status_code == 409
    assert "is taken" in answer.text
    assert film(services, amelie.id).duration_minutes == 122


def test_a_film_that_was_shown_stays(office: OpenOffice, services: Services, house: House) -> None:
    programmer = office("programmer")
    amelie = read(services, lambda s: film_titled(s, "Амели").id)
    answer = programmer.post(f"{FILMS}/{amelie}/delete", {"typed": "delete"}, follow_redirects=True)
    assert "has screenings, so it stays" in answer.text
    assert film(services, amelie)


def test_a_poster_is_uploaded_and_drawn_again(office: OpenOffice, services: Services, house: House) -> None:
    programmer = office("programmer")
    made = enter(programmer)
    data = {"poster": (io.BytesIO(picture("PNG", (200, 300))), "faust.png")}
    assert programmer.post(f"{FILMS}/{made}/poster", data).status_code == 303
    name = film(services, made).poster_name
    assert name
    assert f"/images/{name}" in programmer.get(f"{FILMS}/{made}").text
    wrong = {"poster": (io.BytesIO(b"no picture"), "x.png")}
    assert (
        "no picture that we can read"
        in programmer.post(f"{FILMS}/{made}/poster", wrong, follow_redirects=True).text
    )
    assert film(services, made).poster_name == name
    programmer.post(f"{FILMS}/{made}/poster", {"remove": "1"})
    assert film(services, made).poster_name is None
    assert "Choose a picture" in programmer.post(f"{FILMS}/{made}/poster", follow_redirects=True).text


def test_a_picture_in_a_form_may_be_as_large_as_one_alone(
    office: OpenOffice, services: Services, house: House
) -> None:
    programmer = office("programmer")
    made = enter(programmer)
    # It is read before it is refused: larger than other forms may be.
    data = {"poster": (io.BytesIO(b"x" * 3_000_000), "large.png")}
    answer = programmer.post(f"{FILMS}/{made}/poster", data, follow_redirects=True)
    assert "no picture that we can read" in answer.text
    assert programmer.post(f"{FILMS}/{made}", {**FAUST, "synopsis": "x" * 300_000}).status_code == 413
    assert body_bytes_max("POST", f"{FILMS}/{made}/poster", usual=1) > 4 * 1024 * 1024
    assert body_bytes_max("POST", f"{FILMS}/{made}", usual=1) == 1


def test_terms_are_typed_as_people_write_them(office: OpenOffice, services: Services, house: House) -> None:
    programmer = office("programmer")
    made = enter(programmer)
    terms = f"{FILMS}/{made}/terms"

    def kept() -> list[Terms]:
        return read(services, lambda s: terms_of_film(s, film_id=made))

    typed = {"week_from": "1", "kind": "percentage", "share": "52.5 %", "minimum": "350,00", "fixed": ""}
    assert programmer.post(terms, typed).status_code == 303
    typed = {"week_from": "2", "kind": "sliding", "share": "35", "minimum": "", "step-from-0": "5000",
             "step-share-0": "50 %", "step-from-1": "1000.50", "step-share-1": "40"}  # fmt: skip
    assert programmer.post(terms, typed).status_code == 303
    assert kept() == [
        Terms(1, "percentage", 5250, 0, 35000),
        Terms(2, "sliding", 3500, 0, 0, (TermsStep(100050, 4000), TermsStep(500000, 5000))),
    ]
    page = programmer.get(f"{FILMS}/{made}").text
    assert "52.5 % of the net takings, at least UAH" in page
    form = programmer.get(f"{terms}?week=2").text
    assert 'value="1000.50"' in form
    assert 'value="40 %"' in form
    assert (
        programmer.post(f"{terms}?week=2", {"week_from": "3", "kind": "fixed", "fixed": "700"}).status_code
        == 303
    )
    assert kept()[1] == Terms(3, "fixed", fixed_amount=70000)
    assert "the terms of Faust from week 3 on" in programmer.get(f"{terms}/delete?week=3").text
    assert programmer.post(f"{terms}/delete?week=3", {"typed": "delete"}).status_code == 303
    assert len(kept()) == 1
    assert programmer.get(f"{terms}?week=3").status_code == 404


@on_one_database
@pytest.mark.parametrize(
    "wrong",
    [
        {"share": "half"}, {"share": "101"}, {"minimum": "lots"}, {"kind": "barter"}, {"week_from": "x"},
        {"week_from": "0"}, {"week_from": "999"}, {"kind": "fixed", "fixed": ""}, {"kind": "sliding"},
        {"kind": "sliding", "step-from-0": "5", "step-share-0": ""},
        {"kind": "sliding", "step-from-0": "5", "step-share-0": "1", "step-from-1": "5.00", "step-share-1": "2"},
    ],
)  # fmt: skip
def test_terms_that_are_not_right_are_refused(
    office: OpenOffice, services: Services, house: House, wrong: dict[str, str]
) -> None:
    programmer = office("programmer")
    made = enter(programmer)
    typed = {"week_from": "1", "kind": "percentage", "share": "50", "minimum": ""}
    assert programmer.post(f"{FILMS}/{made}/terms", {**typed, **wrong}).status_code == 422
    assert read(services, lambda s: terms_of_film(s, film_id=made)) == []


def test_films_are_found_by_title_and_distributor(
    office: OpenOffice, services: Services, house: House
) -> None:
    programmer = office("programmer")
    enter(programmer, distributor=str(distributor(programmer, services)))
    assert "Амели" in programmer.get(f"{FILMS}?title=аМЕЛИ").text
    assert "Faust" not in programmer.get(f"{FILMS}?title=аМЕЛИ").text
    ufa = read(services, lambda s: s.scalars(select(Distributor.id)).one())
    shown = programmer.get(f"{FILMS}?distributor={ufa}").text
    assert "Faust" in shown
    assert "Амели" not in shown
    rows = programmer.get(f"{FILMS}?format=csv&sort=-minutes").data.decode("utf-8-sig").splitlines()
    assert rows[1].startswith("Амели,122,16")
    # Three of its screenings are to come.
    assert rows[1].split(",")[-2] == "3"


def test_a_distributor_is_changed_and_deleted_where_it_has_no_films(
    office: OpenOffice, services: Services, house: House
) -> None:
    programmer = office("programmer")
    ufa = distributor(programmer, services)
    page = f"/backoffice/distributors/{ufa}"
    values = {"name": "UFA", "email": "returns@ufa.example", "address": "Kochstrasse\nBerlin"}
    assert programmer.post(page, values).status_code == 303
    assert "returns@ufa.example" in programmer.get("/backoffice/distributors?name=uf").text
    assert programmer.post(page, {**values, "email": "nobody"}).status_code == 422
    distributor(programmer, services, "Decla")
    assert programmer.post(page, {**values, "name": "Decla"}).status_code == 409
    made = enter(programmer, distributor=str(ufa))
    refused = programmer.post(f"{page}/delete", {"typed": "delete"}, follow_redirects=True)
    assert "has films, so it stays" in refused.text
    programmer.post(f"{FILMS}/{made}/delete", {"typed": "delete"})
    assert programmer.post(f"{page}/delete", {"typed": "delete"}).status_code == 303
    assert programmer.get(page).status_code == 404
