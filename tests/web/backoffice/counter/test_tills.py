"""The pages of tills"""

from __future__ import annotations

import csv
import io

import pytest

from tests.building import PRICE_A, on_one_database
from tests.web.backoffice.conftest import CINEMA
from tests.web.backoffice.counter.conftest import COUNTER, FLOAT, Desk, OpenDesk

TILL = f"{CINEMA}/till"


def test_without_a_till_the_counter_leads_to_opening_one(open_desk: OpenDesk) -> None:
    desk = open_desk(till=False)
    for path in (COUNTER, desk.screening()):
        assert desk.office.get(path).headers["Location"].endswith("/till")
    for path in ("/sales/XXXXXXXXXX/pay", f"/screenings/{desk.house.lettered}/best"):
        assert desk.send(COUNTER + path, count="1").headers["Location"].endswith("/till")
    assert "Open a till" in desk.get(TILL)
    assert "500.00" in desk.get(TILL + "?typed=500.00")


def test_a_till_is_opened_counted_and_closed_with_a_report(desk: Desk) -> None:
    desk.sell(2, received="400")
    desk.send(f"{TILL}/move", way="out", amount="100", note="to the safe")
    page = desk.get(TILL)
    assert "to the safe" in page
    assert "UAH 700" in page.replace("\xa0", " ") or "700.00" in page
    till = desk.till()
    counted = desk.send(f"{TILL}/{till.id}/count", n50000="1", n20000="1", n100="")
    assert counted.headers["Location"].endswith("cash=70000")
    sure = desk.get(counted.headers["Location"])
    assert "Difference" in sure
    assert "Count once more" in desk.get(f"{TILL}/{till.id}/count?cash=69000")
    refused = desk.send(f"{TILL}/{till.id}/close", cash="70000", typed="no")
    assert desk.till().closed_at is None
    assert "/count" in refused.headers["Location"]
    closed = desk.send(f"{TILL}/{till.id}/close", cash="69000", note="a note is missing", typed="Close")
    report = desk.get(closed.headers["Location"])
    assert "Z report 1" in report
    assert "a note is missing" in report
    assert (desk.till().number, desk.till().expected_cash) == (1, FLOAT + 2 * PRICE_A - 10_000)
    assert ("till.close", f"till:{till.id}") in desk.office.trail()
    assert desk.office.get(COUNTER).status_code == 303


def test_the_report_is_a_file_too(desk: Desk) -> None:
    desk.sell(1)
    answer = desk.office.get(f"{TILL}/{desk.till().id}?format=csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert ["Money", "Sales in cash", "1", "150.00"] in rows
    assert ["Cash", "Ought to be in the till", "", "650.00"] in rows


def test_a_hold_is_let_go_when_the_till_is_closed(desk: Desk) -> None:
    code = desk.hold()
    desk.send(f"{TILL}/{desk.till().id}/close", cash="0", typed="close")
    assert desk.order(code).state == "cancelled"


def test_a_manager_closes_what_somebody_left_open_and_nobody_else_does(
    desk: Desk, open_desk: OpenDesk
) -> None:
    till = desk.till()
    other = open_desk("counter", "usher", till=False)
    assert other.office.get(f"{TILL}/{till.id}").status_code == 403
    assert other.office.get(f"{TILL}/{till.id}/count?cash=5").status_code == 403
    assert other.send(f"{TILL}/{till.id}/close", cash="5", typed="close").status_code == 403
    auditor = open_desk("auditor", till=False)
    page = auditor.get(f"{CINEMA}/tills/{till.id}")
    assert "X report" in page
    assert "Count the cash" not in page
    manager = open_desk("manager", till=False)
    assert "Somebody left it open" in manager.get(f"{CINEMA}/tills/{till.id}")
    closed = manager.send(f"{TILL}/{till.id}/close", cash="50000", typed="close")
    assert "counter@example.org" in (report := manager.get(closed.headers["Location"]))
    assert "Closed by" in report


def test_tills_are_listed_and_filtered(desk: Desk, open_desk: OpenDesk) -> None:
    auditor = open_desk("auditor", till=False)
    assert "counter@example.org" in auditor.get(f"{CINEMA}/tills?state=open&clerk=counter")
    assert "No till was opened" in auditor.get(f"{CINEMA}/tills?state=closed")
    desk.send(f"{TILL}/{desk.till().id}/close", cash="50100", typed="close")
    file = auditor.get(f"{CINEMA}/tills?format=csv")
    assert "1.00" in file.splitlines()[1]
    for sort in ("number", "clerk", "opened", "-closed"):
        assert "Z 1" in auditor.get(f"{CINEMA}/tills?sort={sort}")


@on_one_database
@pytest.mark.parametrize("amount", ["", "x", "-5", "1.234", "1e9", "99999999999", "1\0"])
def test_what_is_no_amount_is_said_and_typed_again(open_desk: OpenDesk, amount: str) -> None:
    desk = open_desk(till=False)
    answer = desk.send(f"{TILL}/open", float=amount)
    if amount == "1\0":
        # What no keyboard types is left out.
        assert answer.headers["Location"].endswith("/counter")
        return
    assert "/till" in answer.headers["Location"]
    assert "It looks like 150.00" in desk.get(answer.headers["Location"])


@on_one_database
@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "Count the cash first"),
        ({"n50000": "x"}, "This is no count"),
        ({"counted": "x"}, "no amount"),
        ({"n50000": "1", "counted": "400"}, "do not come to the sum"),
    ],
)
def test_counts_that_are_none_are_refused(desk: Desk, form: dict[str, str], said: str) -> None:
    answer = desk.send(f"{TILL}/{desk.till().id}/count", **form)
    assert said in desk.get(answer.headers["Location"])
    assert desk.till().closed_at is None


@on_one_database
def test_a_second_till_and_what_no_till_takes_are_refused(desk: Desk) -> None:
    desk.send(f"{TILL}/open", float="1")
    assert "have a till open already" in desk.get(TILL)
    desk.send(f"{TILL}/move", way="out", amount="501", note="x")
    assert "not so much cash" in desk.get(TILL)
    desk.send(f"{TILL}/move", way="in", amount="1", note=" ")
    assert "Write a reason" in desk.get(TILL)
    assert desk.office.get(f"{TILL}/{desk.till().id}/count?cash=x").status_code == 303
    assert desk.send(f"{TILL}/{desk.till().id}/close", cash="x", typed="close").status_code == 400
    assert desk.office.get(f"{TILL}/999").status_code == 404
    assert desk.office.get(f"{TILL}/99999999999999999999").status_code == 404
    assert desk.office.get("/backoffice/at/lux/till").status_code == 200
    assert "in another cinema" in desk.get("/backoffice/at/lux/till")
