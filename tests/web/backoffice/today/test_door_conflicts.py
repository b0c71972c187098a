"""Conflicts at the door, and the line that tells managers of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.boxoffice.selling import Sale
from tests.building import NOW
from tests.door.scanners import Gate
from tests.web.backoffice.conftest import CINEMA, OpenOffice
from tests.web.backoffice.today.test_dashboard import words_of

PAGE = "/backoffice/door/conflicts"
LINE = "1 ticket was let in twice, or should not have been."


@pytest.fixture
def north(sale: Sale) -> Gate:
    """A scanner that was away, and let somebody in whom another door had let in."""
    ticket = sale.tickets(sale.sold("A1"))["A1"]
    Gate(sale, device="gate-2", door="South", by="<anna>").show(ticket.id, now=NOW - timedelta(minutes=9))
    north = Gate(sale, device="gate-1", door="North", by="boris@example.org")
    north.tell(north.scan(ticket.id, ago=timedelta(minutes=4), offline=True))
    return north


def test_it_says_which_ticket_came_in_at_both_doors_and_when(
    office: OpenOffice, sale: Sale, north: Gate
) -> None:
    code = sale.order(1).code
    page = office("manager").get(PAGE)
    assert page.status_code == 200
    said = words_of(page.text)
    for words in (
        "Let in twice", code, "A1", "Café, 2030-05-18 20:30, Hall 10", "North, 2030-05-17 11:56:00", north.by,
        "South, 2030-05-17 11:51:00, &lt;anna&gt;",
    ):  # fmt: skip
        assert words in said or words in page.text, words
    assert f'href="/backoffice/orders/{code}"' in page.text


def test_looking_at_it_leaves_an_audit_row_once(office: OpenOffice, north: Gate) -> None:
    manager, number = office("manager"), north.row(1).id
    for said in ("It counts as looked at.", "Somebody has looked at it already."):
        answer = manager.post(f"{PAGE}/{number}/seen", follow_redirects=True)
        assert said in answer.text
    assert manager.trail() == [("door.see_conflict", f"door_conflict:{number}")]
    assert (north.row(1).seen_by, north.row(1).seen_at) == (manager.name, NOW)
    assert f"{manager.name}, 2030-05-17 12:00:00" in manager.get(PAGE).text


def test_what_nobody_looked_at_comes_first(office: OpenOffice, north: Gate) -> None:
    manager = office("manager")
    north.show("nonsense", offline=True, now=NOW + timedelta(minutes=1))
    manager.post(f"{PAGE}/{north.row(2).id}/seen")
    for sort in ("received", "-received"):
        said = words_of(manager.get(f"{PAGE}?sort={sort}").text)
        assert said.index("Let in twice") < said.index("Let in, though it is no ticket")
    assert "Let in twice" not in words_of(manager.get(f"{PAGE}?state=seen").text)
    assert "Let in, though it is no ticket" not in words_of(manager.get(f"{PAGE}?state=open").text)
    file = manager.get(f"{PAGE}?format=csv").text
    assert len(file.strip().splitlines()) == 3
    assert "csrf_token" not in file


def test_managers_are_told_on_every_page_until_it_was_looked_at(office: OpenOffice, north: Gate) -> None:
    manager = office("manager")
    assert LINE in manager.get(f"{CINEMA}/today").text
    assert LINE in manager.get("/backoffice/audit").text
    assert LINE not in manager.get(PAGE).text
    assert LINE not in office("programmer").get(f"{CINEMA}/today").text
    manager.post(f"{PAGE}/{north.row(1).id}/seen")
    assert LINE not in manager.get(f"{CINEMA}/today").text


@pytest.mark.parametrize("role", ["usher", "counter", "auditor", "programmer"])
def test_it_is_for_managers(office: OpenOffice, role: str, north: Gate) -> None:
    member = office(role)
    assert member.get(PAGE).status_code == 403
    assert member.post(f"{PAGE}/{north.row(1).id}/seen").status_code == 403
    assert north.row(1).seen_at is None


def test_what_is_no_conflict_is_not_found(office: OpenOffice, north: Gate) -> None:
    manager = office("manager")
    for number in ("99", "9" * 30, "x"):
        assert manager.post(f"{PAGE}/{number}/seen").status_code == 404
    assert manager.trail() == []


def test_where_there_is_none_it_says_so(office: OpenOffice, sale: Sale) -> None:
    assert "No door let anybody in twice." in office("manager").get(PAGE).text
