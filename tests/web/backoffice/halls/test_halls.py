"""/backoffice/at/<cinema>/halls: the list, what halls are called, and taking one away."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from matinee.programme.models import Hall
from tests.boxoffice.selling import Sale
from tests.building import House, on_one_database
from tests.web.backoffice.conftest import CINEMA, OpenOffice

HALLS = f"{CINEMA}/halls"


def hall_id(sale: Sale, name: str) -> int:
    return sale.read(lambda session: session.scalars(select(Hall.id).where(Hall.name == name)).one())


def test_the_list_shows_seats_kinds_and_what_is_coming(office: OpenOffice, house: House) -> None:
    page = office("programmer").get(f"{HALLS}?format=csv").text.splitlines()
    assert [line.split(",")[0] for line in page[1:]] == ["Hall 1", "Hall 2", "Hall 10"]
    # Hall 1: one tomorrow, one after midnight, and one that runs now; the one of yesterday is over.
    assert page[1].split(",") == ["Hall 1", "12", "Standard 12", "–", "0", "3"]
    by_seats = office("manager").get(f"{HALLS}?sort=seats").text
    assert by_seats.index("Hall 10") < by_seats.index("Hall 2")


def test_a_hall_is_made_without_seats_and_drawn_next(office: OpenOffice, sale: Sale) -> None:
    manager = office("manager")
    answer = manager.post(f"{HALLS}/new", {"name": " Red ", "turnaround": "20"})
    made = hall_id(sale, "Red")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{HALLS}/{made}")
    assert manager.trail() == [("hall.create", f"hall:{made}")]
    assert 'role="grid"' in manager.get(f"{HALLS}/{made}").text


@on_one_database
@pytest.mark.parametrize(
    ("name", "turnaround", "said"),
    [
        ("", "15", "at most 100 characters"),
        ("x" * 101, "15", "at most 100 characters"),
        ("a\x00b", "15", "at most 100 characters"),
        ("Red", "soon", "from 0 to 240"),
        ("Red", "241", "from 0 to 240"),
        ("Red", "²", "from 0 to 240"),
        ("Hall 1", "15", "Another hall is called so."),
    ],
)
def test_a_hall_that_cannot_be_is_shown_with_why(
    office: OpenOffice, sale: Sale, name: str, turnaround: str, said: str
) -> None:
    manager = office("manager")
    answer = manager.post(f"{HALLS}/new", {"name": name, "turnaround": turnaround})
    assert answer.status_code == 422
    assert said in answer.text
    settings = manager.post(
        f"{HALLS}/{hall_id(sale, 'Hall 2')}/settings", {"name": name, "turnaround": turnaround}
    )
    assert settings.status_code == 422
    assert said in settings.text
    assert manager.trail() == []


def test_a_hall_is_renamed_with_its_turnaround(office: OpenOffice, sale: Sale) -> None:
    manager, one = office("manager"), hall_id(sale, "Hall 2")
    assert 'value="Hall 2"' in manager.get(f"{HALLS}/{one}/settings").text
    answer = manager.post(f"{HALLS}/{one}/settings", {"name": "Blue", "turnaround": "25"})
    assert answer.status_code == 303
    hall = sale.read(lambda session: session.get_one(Hall, one))
    assert (hall.name, hall.turnaround_minutes) == ("Blue", 25)
    assert manager.trail() == [("hall.settings", f"hall:{one}")]


def test_a_hall_goes_when_its_name_is_typed_and_nothing_was_planned_in_it(
    office: OpenOffice, sale: Sale
) -> None:
    manager = office("manager")
    manager.post(f"{HALLS}/new", {"name": "Red", "turnaround": "20"})
    red = hall_id(sale, "Red")
    assert "Type “Red”" in manager.get(f"{HALLS}/{red}/delete").text
    assert "was not typed" in manager.post(f"{HALLS}/{red}/delete", {"typed": "Blue"}).text
    assert manager.post(f"{HALLS}/{red}/delete", {"typed": "red"}).status_code == 303
    assert manager.get(f"{HALLS}/{red}").status_code == 404
    assert manager.trail()[-1] == ("hall.delete", f"hall:{red}")
    used = hall_id(sale, "Hall 1")
    answer = manager.post(f"{HALLS}/{used}/delete", {"typed": "Hall 1"}, follow_redirects=True)
    assert "Something was planned in this hall" in answer.text
    assert hall_id(sale, "Hall 1") == used


@on_one_database
@pytest.mark.parametrize("path", ["", "/settings", "/delete", "/import", "/plan.txt"])
def test_halls_of_other_cinemas_and_unknown_ones_are_not_found(
    office: OpenOffice, sale: Sale, path: str
) -> None:
    manager = office("manager")
    for one in (hall_id(sale, "Saal"), 999, 10**12):
        assert manager.get(f"{HALLS}/{one}{path}").status_code == 404
