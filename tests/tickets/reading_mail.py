"""Reading mails as their recipients do."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

from matinee.outbox.composing import ComposedMail, MailContext
from matinee.outbox.envelope import Sender, build_email
from tests.tickets.conftest import BOUGHT
from tests.tickets.seals import seal

CONTEXT = MailContext(base_url="https://tickets.odeon.example", now=BOUGHT, seal=seal)
# The ids of the tickets that a sale has, by seat.
IDS = ["XXXXXXXXXXXXXXA2", "XXXXXXXXXXXXXA10"]


def received(mail: ComposedMail) -> EmailMessage:
    """The mail as it arrives."""
    sent = build_email(
        mail,
        sender=Sender("Odeon", "tickets@odeon.example"),
        recipient="anna@example.org",
        message_id="<1@odeon.example>",
        now=BOUGHT,
    )
    parsed = message_from_bytes(sent.as_bytes(), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


class ReadHtml(HTMLParser):
    """What a person sees, and where pictures and links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words = ""
        self.pictures: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        values = dict(attrs)
        if tag == "img":
            self.pictures.append(str(values["src"]))
        if tag == "a":
            self.links.append(str(values["href"]))

    def handle_data(self, data: str) -> None:
        self.words += data
