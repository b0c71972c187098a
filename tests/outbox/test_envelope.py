from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from matinee.outbox.composing import Attachment, ComposedMail
from matinee.outbox.envelope import Sender, build_email

NOW = datetime(2027, 3, 12, 18, 30, tzinfo=UTC)
PICTURE = Attachment("a.png", "image/png", b"\x89PNG...", content_id="a@tickets")
CALENDAR = Attachment("a.ics", "text/calendar", "BEGIN:VCALENDAR\r\nSUMMARY:Амели\r\n".encode())


def built(**changes: object) -> EmailMessage:
    values = {
        "subject": "Ваші квитки: Амелі",
        "text": "Привіт\n",
        "html": '<p>Привіт <img src="cid:a@tickets"></p>',
        "attachments": (PICTURE, CALENDAR),
        **changes,
    }
    sent = build_email(
        ComposedMail(**values),  # type: ignore[arg-type]
        sender=Sender("Кінотеатр, «Одеон»", "tickets@odeon.example"),
        recipient="anna@example.org",
        message_id="<17.abc@odeon.example>",
        now=NOW,
    )
    content = sent.as_bytes()
    # What travels is ASCII in short lines: any server can carry it.
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")
    received = message_from_bytes(content, policy=policy.default)
    assert isinstance(received, EmailMessage)
    return received


def test_the_headers_are_those_of_a_proper_mail() -> None:
    mail = built()
    assert mail["From"].addresses[0].display_name == "Кінотеатр, «Одеон»"
    assert mail["From"].addresses[0].addr_spec == "tickets@odeon.example"
    assert mail["To"] == "anna@example.org"
    assert mail["Subject"] == "Ваші квитки: Амелі"
    assert mail["Date"].datetime == NOW
    assert mail["Message-ID"] == "<17.abc@odeon.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["MIME-Version"] == "1.0"


def test_the_html_shows_its_pictures_and_the_text_stands_beside_it() -> None:
    mail = built()
    assert mail.get_content_type() == "multipart/mixed"
    alternative, calendar = mail.iter_parts()
    plain, related = alternative.iter_parts()  # type: ignore[attr-defined]
    assert (alternative.get_content_type(), related.get_content_type()) == (
        "multipart/alternative",
        "multipart/related",
    )
    html, picture = related.iter_parts()
    assert plain.get_content().splitlines() == ["Привіт"]
    assert "Привіт" in html.get_content()
    assert picture.get_content_type() == "image/png"
    assert picture["Content-ID"] == "<a@tickets>"
    assert picture.get_filename() == "a.png"
    assert picture.get_content() == PICTURE.content
    assert calendar.get_content_type() == "text/calendar"
    assert calendar.get_filename() == "a.ics"
    assert "SUMMARY:Амели" in calendar.get_content()  # type: ignore[attr-defined]


def test_a_mail_without_files_is_an_alternative_alone() -> None:
    assert built(attachments=()).get_content_type() == "multipart/alternative"


@pytest.mark.parametrize(
    "title", ["Dune\r\nBcc: all@example.org", "Dune\nX: y", "Dune\x0b\x0c\x85X", "Dune\u2028X"]
)
def test_a_line_break_in_a_title_makes_no_header(title: str) -> None:
    mail = built(subject=title)
    assert mail["Bcc"] is None
    assert mail["X"] is None
    assert str(mail["Subject"]).startswith("Dune ")


def test_a_very_long_subject_survives() -> None:
    subject = "Довга назва " * 30
    assert str(built(subject=subject)["Subject"]).split() == subject.split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Odeon <tickets@odeon.example>", Sender("Odeon", "tickets@odeon.example")),
        ("tickets@localhost", Sender("", "tickets@localhost")),
        ('"Odeon, Main Street" <a@b.example>', Sender("Odeon, Main Street", "a@b.example")),
        ("Odeon <tickets@приклад.укр>", Sender("Odeon", "tickets@xn--80aikifvh.xn--j1amh")),
    ],
)
def test_a_sender_is_read(text: str, expected: Sender) -> None:
    assert Sender.parsed(text) == expected


@pytest.mark.parametrize("text", ["", "Odeon", "a@b.example, c@d.example", "Odeon <tickets>"])
def test_what_is_no_sender_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="one address"):
        Sender.parsed(text)
