"""The pages of distributors' returns."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta

import pypdfium2
import pytest
from sqlalchemy import select

from matinee.assembly import MAIL_COMPOSERS
from matinee.outbox.composing import MailContext
from matinee.outbox.models import Message
from matinee.programme.models import Distributor, Film
from tests.boxoffice.selling import Sale
from tests.building import NOW, on_one_database
from tests.reports.distributors import EMAIL, rent_films
from tests.tickets.seals import seal
from tests.web.backoffice.conftest import CINEMA, Office, OpenOffice

# The last week that is over at NOW, and a day in it.
WEEK, DAY = "2030-05-09", date(2030, 5, 14)


@pytest.fixture
def path(sale: Sale) -> str:
    """The address of the return of "Café", of which two tickets were sold, for a screening in the last week."""
    sale.write(rent_films)
    sale.sold("A1", "B1")
    starts_at = NOW - timedelta(days=3)
    sale.change_screening(
        sale.house.lettered, day=DAY, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=90)
    )
    film = sale.read(lambda s: s.scalars(select(Film.id).where(Film.title == "Café")).one())
    return f"{CINEMA}/returns/{film}/{WEEK}"


def send(manager: Office, path: str, **more: str) -> str:
    """Send it, having looked at it; return what the page says then."""
    sure = manager.get(f"{path}/send").text
    seen = re.search(r'name="seen" value="(\w+)"', sure)
    assert seen, sure[:2000]
    answer = manager.post(f"{path}/send", {"seen": seen[1], "typed": "send", **more})
    assert answer.status_code == 303
    return manager.get(path).text


def test_the_last_week_is_shown_with_how_each_return_stands(
    office: OpenOffice, path: str, sale: Sale
) -> None:
    manager = office("manager")
    page = manager.get(f"{CINEMA}/returns").text
    assert "Café" in page
    assert "Kinomania" in page
    assert "370.00" in page
    assert "Not sent" in page
    send(manager, path)
    assert "✓" in manager.get(f"{CINEMA}/returns").text
    sale.refund(1, now=NOW)
    assert "Changed since" in manager.get(f"{CINEMA}/returns?day=2030-05-15").text
    assert "No film was shown" in manager.get(f"{CINEMA}/returns?day=2031-01-01").text


def test_what_was_sent_is_frozen_and_later_refunds_are_adjustments(
    office: OpenOffice, path: str, sale: Sale
) -> None:
    manager = office("manager")
    assert "Nothing changed since" in send(manager, path)
    sale.refund_some(1, "A1", now=NOW)
    page = manager.get(path).text
    assert "-150.00" in page
    assert "Send an adjustment" in page
    assert "Nothing changed since" in send(manager, path)
    rows = [
        list(csv.reader(io.StringIO(manager.get(f"{path}/{number}.csv").data.decode("utf-8-sig"))))
        for number in (0, 1)
    ]
    assert ["Together", "", "2", "370.00", "0.00", "370.00"] in rows[0]
    assert ["Together", "", "-1", "-150.00", "0.00", "-150.00"] in rows[1]
    assert manager.trail() == [("return.send", f"film:{path.split('/')[-2]}")] * 2


def test_the_pdf_is_addressed_to_the_distributor(office: OpenOffice, path: str) -> None:
    manager = office("manager")
    send(manager, path)
    answer = manager.get(f"{path}/0.pdf")
    assert answer.mimetype == "application/pdf"
    text = pypdfium2.PdfDocument(answer.data)[0].get_textpage().get_text_range()
    for said in ("Kinomania", "Street of Films 1", "Café", "370.00", "185.00", "manager@example.org"):
        assert said in text


def test_a_return_is_mailed_with_its_files(office: OpenOffice, path: str, sale: Sale) -> None:
    manager = office("manager")
    assert "Mail it to" in manager.get(path).text
    send(manager, path, mail="yes")
    message = sale.read(
        lambda s: s.scalars(select(Message).where(Message.kind == "distributor_return")).one()
    )
    assert message.recipient == EMAIL
    mail = sale.read(
        lambda s: MAIL_COMPOSERS[message.kind](
            s, message.payload, MailContext("http://testserver", NOW, seal)
        )
    )
    assert "Café" in mail.subject
    assert "370.00 UAH" in mail.text
    assert "370.00 UAH" in mail.html
    pdf, table = mail.attachments
    assert pdf.content.startswith(b"%PDF")
    assert "370.00" in table.content.decode()


def test_a_return_is_not_mailed_where_nobody_asked_for_it(office: OpenOffice, path: str, sale: Sale) -> None:
    send(office("manager"), path)
    assert "distributor_return" not in sale.mails()


def test_nothing_is_sent_without_the_word(office: OpenOffice, path: str) -> None:
    manager = office("manager")
    manager.post(f"{path}/send", {"typed": "yes", "seen": "x"})
    assert "Nothing was changed" in manager.get(path).text
    assert manager.trail() == []


def test_nothing_is_sent_that_nobody_saw(office: OpenOffice, path: str, sale: Sale) -> None:
    manager = office("manager")
    seen = re.search(r'name="seen" value="(\w+)"', manager.get(f"{path}/send").text)
    assert seen
    sale.refund(1, now=NOW)
    manager.post(f"{path}/send", {"typed": "send", "seen": seen[1]})
    page = manager.get(path).text
    assert "The figures changed while you looked at them" in page
    assert "Not sent" in page


def test_the_running_week_cannot_be_sent(office: OpenOffice, path: str) -> None:
    manager, running = office("manager"), path.replace(WEEK, "2030-05-16")
    page = manager.get(running).text
    assert "The week is not over yet" in page
    assert "Send the return" not in page
    assert "The week is not over yet, so" in send(manager, running)


def test_an_auditor_looks_and_sends_nothing(office: OpenOffice, path: str) -> None:
    auditor = office("auditor")
    page = auditor.get(path)
    assert page.status_code == 200
    assert "Send the return" not in page.text
    assert auditor.get(f"{path}/send").status_code == 403


def test_a_film_without_a_distributor_says_so(office: OpenOffice, path: str, sale: Sale) -> None:
    film_id = int(path.split("/")[-2])
    sale.write(lambda s: setattr(s.get_one(Film, film_id), "distributor_id", None))
    page = office("manager").get(path).text
    assert "has no distributor" in page
    assert "Send the return" not in page


def test_without_an_address_it_cannot_be_mailed(office: OpenOffice, path: str, sale: Sale) -> None:
    sale.write(lambda s: setattr(s.scalars(select(Distributor)).one(), "email", ""))
    manager = office("manager")
    assert "Mail it to" not in manager.get(path).text
    send(manager, path, mail="yes")
    assert "distributor_return" not in sale.mails()


def test_a_page_of_another_week_or_film_is_refused(office: OpenOffice, path: str) -> None:
    manager = office("manager")
    base = path.rsplit("/", 2)[0]
    film = path.split("/")[-2]
    assert manager.get(f"{base}/{film}/2030-05-17").status_code == 422
    assert manager.get(f"{base}/{film}/tomorrow").status_code == 400
    assert manager.get(f"{base}/999999/{WEEK}").status_code == 404
    assert manager.get(f"{base}/99999999999/{WEEK}").status_code == 404
    assert manager.get(f"{path}/0.pdf").status_code == 404
    assert manager.get(f"{path}/0.exe").status_code == 404


@on_one_database
def test_a_return_is_of_one_cinema(office: OpenOffice, path: str) -> None:
    manager = office("manager")
    send(manager, path)
    assert manager.get(path.replace("odeon", "lux") + "/0.pdf").status_code == 404
