"""What all lists have in common, tried with the audit log."""

from __future__ import annotations

import csv
import io

import pytest

from matinee.accounts.audit import record_audit
from matinee.web.shared.services import Services
from tests.building import NOW, on_one_database
from tests.web.backoffice.conftest import OpenOffice

AUDIT = "/backoffice/audit"


@pytest.fixture(autouse=True)
def _rows(services: Services) -> None:
    def write(session: object) -> None:
        for number in range(60):
            record_audit(
                session,  # type: ignore[arg-type]
                actor="anna@example.org" if number % 2 else "=cmd()",
                action="hall.change",
                subject=f"hall:{number:02}",
                summary=f"Row {number}",
                now=NOW,
            )

    services.transactions.write(write)


def test_a_list_shows_a_page_and_leads_to_the_next(office: OpenOffice) -> None:
    auditor = office("auditor")
    first = auditor.get(f"{AUDIT}?sort=at").text
    assert "hall:00" in first
    assert "hall:49" in first
    assert "hall:50" not in first
    assert "page=2" in first
    second = auditor.get(f"{AUDIT}?sort=at&page=2").text
    assert "hall:50" in second
    assert "page=3" not in second


def test_a_list_sorts_both_ways_and_narrows(office: OpenOffice) -> None:
    auditor = office("auditor")
    newest = auditor.get(AUDIT).text
    assert newest.index("hall:59") < newest.index("hall:58")
    found = auditor.get(f"{AUDIT}?subject=hall:07").text
    assert "hall:07" in found
    assert "hall:08" not in found
    assert "Nobody did anything" in auditor.get(f"{AUDIT}?first_day=2030-05-18").text
    assert "hall:59" in auditor.get(f"{AUDIT}?first_day=2030-05-17&last_day=2030-05-17").text


def test_a_file_has_every_row_and_no_formula(office: OpenOffice) -> None:
    answer = office("auditor").get(f"{AUDIT}?format=csv&sort=at&page=2")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == 61
    assert rows[1][1] == "'=cmd()"


def test_htmx_gets_the_list_without_the_page(office: OpenOffice) -> None:
    part = office("auditor").get(AUDIT, headers={"HX-Request": "true", "HX-Target": "list"}).text
    assert "hall:59" in part
    assert "<html" not in part


@on_one_database
@pytest.mark.parametrize(
    "query",
    ["sort=nothing", "sort=--at", "page=0", "page=x", "page=99999999999", "first_day=yesterday", "last_day=0001-01-01"],
)  # fmt: skip
def test_what_cannot_be_wanted_is_refused(office: OpenOffice, query: str) -> None:
    assert office("auditor").get(f"{AUDIT}?{query}").status_code == 400
