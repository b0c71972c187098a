"""The pages of sales, payments and tax, and their files."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pypdfium2
import pytest
from sqlalchemy import update

from matinee.boxoffice.models import Ticket
from matinee.programme.models import TaxRate
from tests.boxoffice.selling import Sale
from tests.building import NOW, on_one_database
from tests.web.backoffice.conftest import CINEMA, OpenOffice

PAGES = ("sales", "payments", "tax")


def rows_of(text: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))


@pytest.fixture(autouse=True)
def _sold(sale: Sale) -> None:
    sale.change_cinema(booking_fee_amount=150)
    sale.sold("A1", "B1")
    sale.refund_some(sale.sold("A2", "A3"), "A2")
    sale.sold("1", screening=sale.house.second_hall)


def test_sales_are_shown_with_their_totals(office: OpenOffice) -> None:
    page = office("auditor").get(f"{CINEMA}/sales?by=film").text
    assert "Café" in page
    assert "Амели" in page
    # Three tickets at 150.00 and 220.00, each with a fee of 1.50.
    assert "520.00" in page
    assert "524.50" in page
    assert "5 sold, 1 returned" in page


@pytest.mark.parametrize(
    "by", ["day", "month", "film", "hall", "type", "channel", "clerk", "screening"]
)  # fmt: skip
def test_the_file_has_the_same_totals_however_it_is_grouped(office: OpenOffice, by: str) -> None:
    rows = rows_of(office("auditor").get(f"{CINEMA}/sales?by={by}&format=csv").data)
    totals = dict(zip(rows[0], rows[-1], strict=True))
    assert (totals["Sold"], totals["Returned"], totals["Taken"]) == ("5", "1", "524.50")
    assert sum(float(dict(zip(rows[0], row, strict=True))["Taken"]) for row in rows[1:-1]) == 524.5


def test_a_report_sorts_by_a_column(office: OpenOffice) -> None:
    auditor = office("auditor")
    rising = auditor.get(f"{CINEMA}/sales?by=film&sort=gross").text
    falling = auditor.get(f"{CINEMA}/sales?by=film&sort=-gross").text
    table = "<tbody>"
    assert rising.rindex(table) < rising.rindex("Амели") < rising.rindex("Café")
    assert falling.rindex(table) < falling.rindex("Café") < falling.rindex("Амели")
    assert 'aria-sort="descending"' in falling


def test_what_happened_on_other_days_is_not_in_it(office: OpenOffice) -> None:
    page = office("auditor").get(f"{CINEMA}/sales?first_day=2030-05-18&last_day=2030-05-19").text
    assert "Nothing was sold in these days" in page


def test_payments_say_that_the_books_add_up(office: OpenOffice, sale: Sale) -> None:
    order_id = sale.hold("A4")
    sale.use_voucher(order_id, sale.voucher(5000))
    page = office("auditor").get(f"{CINEMA}/payments").text
    assert "The books add up" in page
    assert "Refund under way" in page
    # 524.50 of tickets, and 50.00 of an order that is not complete.
    assert "574.50" in page
    assert "50.00" in page


def test_books_that_do_not_add_up_are_an_alarm(office: OpenOffice, sale: Sale) -> None:
    order_id = sale.sold("B2")
    sale.write(
        lambda s: s.execute(update(Ticket).where(Ticket.order_id == order_id).values(sold_at=None)).rowcount
    )
    page = office("auditor").get(f"{CINEMA}/payments").text
    assert "The books do not add up" in page
    assert sale.order(order_id).code in page


def test_the_tax_is_shown_by_rate(office: OpenOffice, sale: Sale) -> None:
    sale.write(
        lambda s: s.add(
            TaxRate(cinema_id=sale.house.cinema, valid_from=NOW.date() - timedelta(days=9), basis_points=2000)
        )
    )
    rows = rows_of(office("auditor").get(f"{CINEMA}/tax?format=csv&by=month").data)
    assert rows[0] == ["By rate"]
    # 520.00 of tickets and 4.50 of fees, a sixth of each is tax.
    assert rows[2] == ["20.00", "520.00", "86.67", "4.50", "0.75", "524.50", "87.42", "437.08"]
    assert ["2030-05", "20.00", *rows[2][1:]] in rows


@on_one_database
@pytest.mark.parametrize("page", PAGES)
def test_each_report_is_a_pdf_too(office: OpenOffice, page: str) -> None:
    answer = office("manager").get(f"{CINEMA}/{page}?format=pdf")
    assert answer.mimetype == "application/pdf"
    text = "".join(one.get_textpage().get_text_range() for one in pypdfium2.PdfDocument(answer.data))
    assert "Одеон" in text
    assert "Amounts in UAH" in text


@on_one_database
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "query",
    ["first_day=2030-05-18&last_day=2030-05-17", "first_day=x", "first_day=2020-01-01", "format=xls",
     "last_day=9999-12-31", "first_day=%00"],
)  # fmt: skip
def test_what_no_report_can_be_of_is_refused(office: OpenOffice, page: str, query: str) -> None:
    assert office("auditor").get(f"{CINEMA}/{page}?{query}").status_code == 400


@on_one_database
@pytest.mark.parametrize("query", ["by=colour", "comps=some", "sort=colour", "sort=--gross"])
def test_sales_are_grouped_and_sorted_in_known_ways_alone(office: OpenOffice, query: str) -> None:
    assert office("auditor").get(f"{CINEMA}/sales?{query}").status_code == 400


@on_one_database
def test_reports_are_said_in_the_language_of_the_page(office: OpenOffice) -> None:
    auditor = office("auditor")
    auditor.post("/backoffice/language", {"language": "uk"})
    assert "травень 2030" in auditor.get(f"{CINEMA}/tax?by=month").text
