"""`matinee report`: the same figures as the pages."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.cli.main import main
from matinee.programme.models import Cinema, Film
from matinee.reports.returns import return_state, send_return
from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import NOW, TODAY, Buyer, House, clock_at, on_one_database
from tests.reports.distributors import rent_films

pytestmark = pytest.mark.usefixtures("environment")


@pytest.fixture(autouse=True)
def _clock_stands() -> Iterator[None]:
    with clock_at(NOW):
        yield


@pytest.fixture
def sale(services: Services, house: House, buyer: Buyer) -> Sale:
    made = Sale(services, house, buyer)
    made.sold("A1", "B1")
    made.refund(made.sold("A2"))
    return made


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["report", *arguments])


@pytest.mark.usefixtures("sale")
def test_sales_are_shown_and_written_as_files(tmp_path: Path) -> None:
    shown = run("sales", "--by", "film")
    assert shown.exit_code == 0, shown.output
    assert "Café" in shown.output
    assert "370.00" in shown.output
    table, paper = tmp_path / "sales.csv", tmp_path / "sales.pdf"
    written = run(
        "sales", "--from", "2030-05-17", "--to", "2030-05-17", "--csv", str(table), "--pdf", str(paper)
    )
    assert written.exit_code == 0, written.output
    rows = list(csv.reader(io.StringIO(table.read_text())))
    assert rows[1] == ["2030-05-17", "3", "1", "2", "370.00", "0.00", "370.00", "0.00", "370.00"]
    assert paper.read_bytes().startswith(b"%PDF")


@pytest.mark.usefixtures("sale")
def test_the_settlement_says_whether_the_books_add_up() -> None:
    result = run("settlement", "--cinema", "odeon")
    assert result.exit_code == 0, result.output
    assert "They add up." in result.output
    assert "Refund under way" in result.output


@pytest.mark.usefixtures("sale")
def test_the_tax_is_shown_by_month() -> None:
    result = run("tax", "--by", "month")
    assert result.exit_code == 0, result.output
    assert "May 2030" in result.output
    assert "травень" in run("tax", "--by", "month", "--language", "uk").output


def test_a_return_is_shown_as_it_is_now_and_as_it_was_sent(sale: Sale) -> None:
    sale.write(rent_films)

    def send(session: Session) -> None:
        cinema = session.get_one(Cinema, sale.house.cinema)
        film_id = session.scalars(select(Film.id).where(Film.title == "Café")).one()
        monday = TODAY - timedelta(days=1)
        seen = return_state(session, cinema=cinema, film_id=film_id, first_day=monday).fingerprint
        send_return(session, cinema=cinema, film_id=film_id, first_day=monday, comps="in", seen=seen, actor="anna",
                    now=NOW + timedelta(days=7))  # fmt: skip

    sale.write(send)
    sale.refund_some(1, "A1", now=NOW + timedelta(days=7))
    now = run("return", "Café", "--week", "2030-05-19")
    assert now.exit_code == 0, now.output
    assert "220.00" in now.output
    assert "370.00" not in now.output
    then = run("return", "Café", "--week", "2030-05-19", "--number", "0")
    assert "370.00" in then.output
    assert "anna" in then.output


@on_one_database
@pytest.mark.usefixtures("house")
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("sales", "--from", "2030-05-18", "--to", "2030-05-17"), "before the first"),
        (("sales", "--cinema", "nowhere"), "no such cinema"),
        (("return", "Nothing", "--week", "2030-05-19"), "no such film"),
        (("return", "Café", "--week", "2030-05-19", "--number", "3"), "no such return"),
        (("sales", "--by", "colour"), "colour"),
    ],
)
def test_what_there_is_no_report_of_is_refused(arguments: tuple[str, ...], sentence: str) -> None:
    result = run(*arguments)
    assert result.exit_code != 0
    assert sentence in result.output
