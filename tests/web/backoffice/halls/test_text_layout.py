"""The text layout of a hall in the back office."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest

from matinee.programme.halls import layout_of
from matinee.programme.layouts import HallLayout, parse_layout
from matinee.programme.models import Hall
from tests.boxoffice.selling import Sale
from tests.building import on_one_database
from tests.web.backoffice.conftest import CINEMA, OpenOffice
from tests.web.backoffice.halls.test_halls import hall_id

TEXT = "hall: Hall 10\nturnaround: 5\ncurve: 20\n\nA | 1 2 3 4 B:1\nC | 1\n\nzone sofa: B1\nbroken: A4\n"


def stored(sale: Sale, one: int) -> HallLayout:
    return sale.read(lambda session: layout_of(session, hall=session.get_one(Hall, one)))


def test_the_hall_comes_as_a_file_that_changes_nothing_when_it_comes_back(
    office: OpenOffice, sale: Sale
) -> None:
    manager, one = office("manager"), hall_id(sale, "Hall 10")
    answer = manager.get(f"{CINEMA}/halls/{one}/plan.txt")
    assert answer.mimetype == "text/plain"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert parse_layout(answer.data, file_name="x").name == "Hall 10"
    page = manager.post(f"{CINEMA}/halls/{one}/import", {"file": (io.BytesIO(answer.data), "hall.txt")})
    assert "the hall is like that already" in page.text


def test_a_text_is_shown_with_what_it_changes_before_it_is_saved(office: OpenOffice, sale: Sale) -> None:
    manager, one = office("programmer"), hall_id(sale, "Hall 10")
    before = stored(sale, one)
    page = manager.post(f"{CINEMA}/halls/{one}/import", {"text": TEXT}).text
    for said in (
        "Turnaround in minutes",
        "0 → 5",
        "1 new seat",
        "C1",
        "1 seat taken away",
        "B2",
        "kept back",
    ):
        assert said in page, said
    assert stored(sale, one) == before
    version = re.search(r'name="version" value="([^"]*)"', page)
    text = re.search(r'name="text" value="([^"]*)"', page)
    assert version
    assert text
    form = {"step": "save", "version": version[1], "text": unescape(text[1])}
    assert manager.post(f"{CINEMA}/halls/{one}/import", form).status_code == 303
    assert stored(sale, one) == parse_layout(TEXT.encode(), file_name="x")
    assert manager.trail() == [("hall.plan", f"hall:{one}")]
    # Meanwhile it is another one.
    again = manager.post(f"{CINEMA}/halls/{one}/import", form)
    assert again.status_code == 409
    assert "Somebody else changed this hall" in again.text


def test_seats_that_somebody_has_stand_against_a_text(office: OpenOffice, sale: Sale) -> None:
    code = sale.order(sale.sold("B2")).code
    manager, one = office("manager"), hall_id(sale, "Hall 10")
    page = manager.post(f"{CINEMA}/halls/{one}/import", {"text": TEXT})
    assert code in page.text
    assert "would be taken away" in page.text
    assert "Save it" not in page.text
    version = "x"
    answer = manager.post(f"{CINEMA}/halls/{one}/import", {"step": "save", "version": version, "text": TEXT})
    assert answer.status_code == 409
    assert len(stored(sale, one).seats) == 6


@on_one_database
@pytest.mark.parametrize("data", [b"", b"hall: X\nA | 1 1", b"\xff\xfe", b"\x00", b"hall: a\x00b\nA | 1"])
def test_what_is_no_layout_is_shown_again_with_every_fault(
    office: OpenOffice, sale: Sale, data: bytes
) -> None:
    manager, one = office("manager"), hall_id(sale, "Hall 10")
    answer = manager.post(f"{CINEMA}/halls/{one}/import", {"file": (io.BytesIO(data), "hall.txt")})
    assert answer.status_code == 422
    assert "hall.txt" in answer.text
