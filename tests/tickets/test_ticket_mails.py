from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest
import zxingcpp
from icalendar import Calendar
from PIL import Image
from sqlalchemy import update

from matinee.boxoffice.models import Ticket
from matinee.db.transaction import Transactions
from matinee.outbox.composing import ComposedMail
from matinee.outbox.errors import NothingToSend
from matinee.tickets.mails import COMPOSERS
from tests.tickets.conftest import BOUGHT, START, Sale, store_sale
from tests.tickets.reading_mail import CONTEXT, IDS, ReadHtml, received
from tests.tickets.seals import genuine_ids


def composed(transactions: Transactions, sale: Sale) -> ComposedMail:
    order_id = transactions.write(lambda session: store_sale(session, sale))
    return compose(transactions, order_id)


def compose(transactions: Transactions, order_id: int) -> ComposedMail:
    return transactions.read(lambda session: COMPOSERS["tickets"](session, {"order_id": order_id}, CONTEXT))


def test_the_mail_says_film_day_time_hall_seats_and_address_in_both_forms(transactions: Transactions) -> None:
    mail = composed(transactions, Sale(certificate="12+"))
    assert mail.subject == "Your 2 tickets: Амелі <3, 12 Mar, 19:30"
    for words in (mail.text, ReadHtml(mail.html).words):
        for fact in (
            "Амелі <3", "12+", "Friday, 12 March 2027", "19:30", "21:32", "Hall 1", "Odeon & Sons", "Хрещатик 1, Kyiv",
            "A2, A10", "K7WQ3MXT9P",
        ):  # fmt: skip
            assert fact in words
    assert "&lt;" not in mail.text
    assert "<3" not in mail.html


def test_each_ticket_has_its_picture_attached_and_shown(transactions: Transactions) -> None:
    mail = received(composed(transactions, Sale()))
    pictures = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert [part.get_filename() for part in pictures] == [f"{ticket_id}.png" for ticket_id in IDS]
    html = ReadHtml(mail.get_body(("html",)).get_content())  # type: ignore[union-attr]
    assert html.pictures == [f"cid:{part['Content-ID'].strip('<>')}" for part in pictures]
    codes = [zxingcpp.read_barcodes(Image.open(BytesIO(part.get_content())))[0].text for part in pictures]
    assert all(code.startswith("https://tickets.odeon.example/tikets/") for code in codes)
    assert genuine_ids(codes) == IDS
    pages = [f"https://tickets.odeon.example/en/tickets/{ticket_id}" for ticket_id in IDS]
    order = "https://tickets.odeon.example/en/orders/K7WQ3MXT9P"
    assert set(html.links) == {*pages, order}
    plain = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert {*pages, order} <= set(plain.split())


def test_a_calendar_file_holds_the_screening(transactions: Transactions) -> None:
    mail = received(composed(transactions, Sale()))
    (file,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert file.get_filename() == "K7WQ3MXT9P.ics"
    (event,) = Calendar.from_ical(file.get_content()).walk("VEVENT")
    assert event.decoded("dtstart") == START
    assert event.decoded("dtend") == datetime(2027, 3, 12, 19, 32, tzinfo=UTC)
    assert event.decoded("dtstamp") == BOUGHT
    assert str(event["summary"]) == "Амелі <3"
    assert str(event["location"]) == "Hall 1, Odeon & Sons, Хрещатик 1, Kyiv"
    assert str(event["uid"]) == "K7WQ3MXT9P@tickets.odeon.example"
    assert "A2, A10" in str(event["description"])


@pytest.mark.parametrize(
    ("sale", "said", "unsaid"),
    [
        (Sale(amount=1150, state="due"), "€23.00", "paid,"),
        (Sale(amount=1150, state="paid", paid_amount=2300), "€23.00", "to be paid at the counter"),
        (Sale(), "K7WQ3MXT9P", "€"),
    ],
)
def test_the_price_is_said_and_whether_it_is_still_to_be_paid(
    transactions: Transactions, sale: Sale, said: str, unsaid: str
) -> None:
    mail = composed(transactions, sale)
    for words in (mail.text, ReadHtml(mail.html).words):
        assert said in words
        assert unsaid.lower() not in words.lower()
        assert ("to be paid at the counter" in words.lower()) == (sale.state == "due")


def test_tickets_that_are_not_valid_any_more_are_left_out(transactions: Transactions) -> None:
    order_id = transactions.write(lambda session: store_sale(session, Sale(amount=1150, state="due")))

    def refund(ticket_id: str) -> None:
        transactions.write(
            lambda session: session.execute(
                update(Ticket).where(Ticket.id == ticket_id).values(state="refunded")
            )
        )

    refund(IDS[0])
    mail = compose(transactions, order_id)
    assert mail.subject.startswith("Your ticket: ")
    assert IDS[0] not in mail.html + mail.text
    assert "€11.50" in mail.text
    assert "23.00" not in mail.text
    refund(IDS[1])
    with pytest.raises(NothingToSend, match="no ticket"):
        compose(transactions, order_id)


def test_an_order_that_is_gone_has_no_mail(transactions: Transactions) -> None:
    with pytest.raises(NothingToSend, match="does not exist"):
        compose(transactions, 4711)


def test_a_hostile_title_is_text_and_nothing_else(transactions: Transactions) -> None:
    title = '<script>alert(1)</script>\r\nBcc: all@example.org "{{ 7 * 7 }}"'
    mail = composed(transactions, Sale(title=title, address='"><img src=x>'))
    html = ReadHtml(mail.html)
    assert "script" not in html.tags
    assert all(picture.startswith("cid:") for picture in html.pictures)
    assert "<script>alert(1)</script> Bcc: all@example.org" in html.words
    assert "{{ 7 * 7 }}" in html.words
    assert received(mail)["Bcc"] is None


def test_a_cinema_without_an_address_leaves_no_gap(transactions: Transactions) -> None:
    mail = composed(transactions, Sale(address="", labels=("A1",)))
    assert "Odeon & Sons\n\n" in mail.text
    assert "seat A1" in mail.text
    assert ", ," not in mail.text + ReadHtml(mail.html).words
