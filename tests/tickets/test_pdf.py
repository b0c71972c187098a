"""Tickets as PDF: looked at as pictures, and read"""

from __future__ import annotations

import pypdfium2
import pytest
import zxingcpp
from sqlalchemy import update

from matinee.boxoffice.models import Order, Ticket
from matinee.db.transaction import Transactions
from matinee.programme.models import Film, Hall, Seat
from matinee.tickets.pdf import Size, tickets_pdf
from matinee.tickets.shown import shown_tickets_of
from tests.building import on_one_database
from tests.tickets.conftest import Sale, store_sale
from tests.tickets.seals import genuine_ids, seal

BASE = "https://tickets.odeon.example"
# Points an inch over pixels an inch.
SCALE = 150 / 72
pytestmark = on_one_database


def pdf_of(
    transactions: Transactions, order_id: int, *, size: Size = "a4", language: str = "en"
) -> pypdfium2.PdfDocument:
    shown = transactions.read(lambda session: shown_tickets_of(session, order_id=order_id))
    return pypdfium2.PdfDocument(tickets_pdf(shown, size=size, language=language, base_url=BASE, seal=seal))


def stored(transactions: Transactions, **sale: object) -> int:
    return transactions.write(lambda session: store_sale(session, Sale(**sale)))  # type: ignore[arg-type]


def text_of(page: pypdfium2.PdfPage) -> str:
    return " ".join(page.get_textpage().get_text_range().split())


def codes_on(page: pypdfium2.PdfPage) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(page.render(scale=SCALE).to_pil())]


@pytest.mark.parametrize(("size", "width_mm"), [("a4", 210), ("phone", 90)])
def test_each_of_ten_tickets_has_a_page_with_its_code(
    transactions: Transactions, size: Size, width_mm: int
) -> None:
    labels = tuple(f"C{number}" for number in range(1, 11))
    document = pdf_of(transactions, stored(transactions, labels=labels), size=size)
    assert len(document) == 10
    for label, page in zip(labels, document, strict=True):
        assert genuine_ids(codes_on(page)) == [label.rjust(16, "X")]
        assert round(page.get_width() * 25.4 / 72) == width_mm


@pytest.mark.parametrize("size", ["a4", "phone"])
def test_what_stands_on_a_ticket_can_be_searched_and_copied(transactions: Transactions, size: Size) -> None:
    order_id = stored(transactions, title="Тіні забутих предків", certificate="12+", labels=("A2",))
    text = text_of(pdf_of(transactions, order_id, size=size)[0])
    for fact in (
        "Тіні забутих предків", "12+", "Friday, 12 March 2027, 19:30", "Hall 1", "Odeon & Sons", "Хрещатик 1, Kyiv",
        "Row A", "Place 2", "K7WQ3MXT9P", "XXXXXXXXXXXXXXA2",
    ):  # fmt: skip
        assert fact in text


def test_days_are_written_in_the_language_of_who_looks(transactions: Transactions) -> None:
    text = text_of(pdf_of(transactions, stored(transactions, labels=("A2",)), language="uk")[0])
    assert "12 березня 2027, 19:30" in text


@pytest.mark.parametrize("size", ["a4", "phone"])
def test_texts_are_never_read_as_markup(transactions: Transactions, size: Size) -> None:
    title = '#panic("x") *b* $x$ \\" ] } #import "/etc/passwd": * <label> @ref `raw`'
    text = text_of(pdf_of(transactions, stored(transactions, title=title, labels=("A2",)), size=size)[0])
    # Lines may break anywhere.
    assert title.replace(" ", "") in text.replace(" ", "")


@pytest.mark.parametrize("size", ["a4", "phone"])
def test_the_longest_words_leave_the_code_whole_and_the_ticket_on_its_page(
    transactions: Transactions, size: Size
) -> None:
    order_id = stored(transactions, title="Надзвичайно довга назва " * 12, labels=("A2",))
    transactions.write(lambda s: s.execute(update(Hall).values(name="Велика зала з балконом " * 4)))
    document = pdf_of(transactions, order_id, size=size)
    assert len(document) == 1
    assert genuine_ids(codes_on(document[0])) == ["XXXXXXXXXXXXXXA2"]
    assert "K7WQ3MXT9P" in text_of(document[0])


def test_a_hall_of_numbers_has_seats_and_no_rows(transactions: Transactions) -> None:
    order_id = stored(transactions, labels=("A2",))
    transactions.write(lambda s: s.execute(update(Seat).values(row="", place="", label="17")))
    text = text_of(pdf_of(transactions, order_id)[0])
    assert "Seat 17" in text
    assert "Row" not in text


def test_what_is_to_be_paid_is_said_and_a_holder_hears_nothing_of_the_order(
    transactions: Transactions,
) -> None:
    order_id = stored(transactions, amount=1150, state="due", labels=("A2",))
    assert "pay at the counter before you go in" in text_of(pdf_of(transactions, order_id)[0])
    transactions.write(lambda s: s.execute(update(Order).values(state="paid")))
    transactions.write(lambda s: s.execute(update(Ticket).values(holder_email="friend@example.org")))
    text = text_of(pdf_of(transactions, order_id)[0])
    assert "counter" not in text
    assert "K7WQ3MXT9P" not in text


def test_a_film_may_have_no_certificate(transactions: Transactions) -> None:
    order_id = stored(transactions, labels=("A2",), address="")
    transactions.write(lambda s: s.execute(update(Film).values(certificate="")))
    assert "Friday" in text_of(pdf_of(transactions, order_id)[0])
