"""GET /door/screenings, GET /door/counts"""

from __future__ import annotations

import pytest

from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import House, cancel, on_one_database
from tests.web.door.conftest import OpenDoor


def test_screenings_are_told_with_how_many_are_in(
    at_door: OpenDoor, house: House, codes: list[str], services: Services
) -> None:
    usher = at_door("usher")
    usher.tell({"sequence": 1, "code": codes[0]})
    services.transactions.write(lambda session: cancel(session, house.closed))
    answer = usher.get("screenings")
    assert answer.json["now"] == "2030-05-18T17:00:00Z"
    found = {one["id"]: one for one in answer.json["screenings"]}
    assert found[house.lettered] == {
        "id": house.lettered, "film": "Café", "hall": "Hall 10", "cinema": "Одеон",
        "starts_at": "2030-05-18T20:30:00+03:00", "ends_at": "2030-05-18T22:00:00+03:00",
        "timezone": "Europe/Kyiv", "cancelled": False, "tickets": 3, "inside": 1,
    }  # fmt: skip
    assert found[house.closed]["cancelled"] is True
    assert found[house.elsewhere]["cinema"] == "Lux"
    assert house.begun not in found, "it was yesterday"


def test_counts_are_of_the_screenings_that_were_asked_for(
    at_door: OpenDoor, house: House, codes: list[str], sale: Sale
) -> None:
    usher = at_door("usher")
    sale.sold("1", "2", screening=house.first_hall)
    usher.tell({"sequence": 1, "code": codes[0]}, {"sequence": 2, "code": codes[1]})
    asked = f"{house.first_hall},{house.lettered},2147483647"
    assert usher.get("counts", screenings=asked).json == {
        "counts": {
            str(house.first_hall): {"tickets": 2, "inside": 0},
            str(house.lettered): {"tickets": 3, "inside": 2},
            "2147483647": {"tickets": 0, "inside": 0},
        }
    }


@on_one_database
@pytest.mark.parametrize("path", ["counts", "list", "search"])
@pytest.mark.parametrize(
    "screenings",
    [
        "",
        "0",
        "-1",
        "x",
        "1,",
        ",1",
        "1;2",
        "1.5",
        "1\0",
        "2147483648",
        "9" * 5000,
        ",".join(["1"] * 51),
        "١",
    ],
)
def test_what_names_no_screenings_is_refused_with_a_sentence(
    at_door: OpenDoor, path: str, screenings: str
) -> None:
    answer = at_door("usher").get(path, screenings=screenings, salt="A" * 22, q="A1")
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_values")
    assert answer.json["message"] == "This is not what a scanner sends."
    assert [fault["field"] for fault in answer.json["errors"]] == ["screenings"]


@on_one_database
def test_fifty_screenings_may_be_named(at_door: OpenDoor) -> None:
    asked = ",".join(map(str, range(1, 51)))
    assert len(at_door("usher").get("counts", screenings=asked).json["counts"]) == 50
