from __future__ import annotations

import re

import pytest

from matinee.accounts.audit import record_audit
from matinee.web.shared.services import Services
from tests.building import NOW, House
from tests.web.backoffice.conftest import OpenOffice

AUDIT = "/backoffice/audit"


@pytest.fixture(autouse=True)
def _rows(services: Services, house: House) -> None:
    def write(session) -> None:
        for cinema_id, subject, details in (
            (house.cinema, "cinema:odeon", {"before": {"name": "A"}, "after": {"name": "<B>", "phone": "1"}}),
            (house.cinema, "nothing:7", {"before": ["usher"], "after": []}),
            (None, "user:1", {"through": "api", "sent": {"a": 1}}),
            (None, "odd", {}),
            (None, "film:1", {"title": ["Old", "New"], "minutes": [90, 91]}),
        ):
            record_audit(
                session, actor="anna@example.org", action="a.b", subject=subject, summary=f"Did {subject}",
                cinema_id=cinema_id, details=details, now=NOW,
            )  # fmt: skip

    services.transactions.write(write)


def test_it_is_narrowed_by_cinema(office: OpenOffice, house: House) -> None:
    auditor = office("auditor")
    of_cinema = auditor.get(f"{AUDIT}?cinema={house.cinema}").text
    assert "Did cinema:odeon" in of_cinema
    assert "Did user:1" not in of_cinema
    of_none = auditor.get(f"{AUDIT}?cinema=none").text
    assert "Did user:1" in of_none
    assert "Did cinema:odeon" not in of_none
    assert auditor.get(f"{AUDIT}?cinema=77").status_code == 400


def test_what_has_a_page_is_a_link_for_whoever_may_see_it(office: OpenOffice) -> None:
    page = office("manager").get(AUDIT).text
    assert 'href="/backoffice/at/odeon/settings">cinema:odeon</a>' in page
    assert re.search(r'href="/backoffice/(people|customers)/1">user:1</a>', page)
    assert ">nothing:7</a>" not in page
    assert ">cinema:odeon</a>" not in office("auditor").get(AUDIT).text


def test_an_entry_says_what_it_was_and_what_it_became(office: OpenOffice) -> None:
    auditor = office("auditor")
    first = auditor.get(f"{AUDIT}/1").text
    assert "&lt;B&gt;" in first
    assert ">A</td>" in first
    assert ">–</td>" in first, "what was not there before"
    assert "usher" in auditor.get(f"{AUDIT}/2").text
    assert "through" in auditor.get(f"{AUDIT}/3").text
    assert "no more to tell" in auditor.get(f"{AUDIT}/4").text
    assert ">Old</td>" in auditor.get(f"{AUDIT}/5").text
    assert auditor.get(f"{AUDIT}/99").status_code == 404
    assert office("usher").get(f"{AUDIT}/1").status_code == 403
