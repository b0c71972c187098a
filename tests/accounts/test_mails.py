from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.codes import Purpose, discard_codes, send_code
from matinee.accounts.mails import COMPOSERS, in_words
from matinee.accounts.models import User
from matinee.accounts.news_mails import News, send_account_news
from matinee.accounts.users import store_user
from matinee.db.transaction import Transactions
from matinee.kernel import clock
from matinee.outbox.composing import ComposedMail, MailContext
from matinee.outbox.errors import NothingToSend
from matinee.outbox.messages import without_secrets
from matinee.outbox.models import Message
from tests.outbox.opened import opened_transactions
from tests.tickets.seals import seal

NOW = clock.now()
USERNAME = "anna+o'hara&co@example.org"


@pytest.fixture
def transactions(database_url: str) -> Iterator[Transactions]:
    with opened_transactions(database_url) as opened:
        yield opened


def ask_for_code(transactions: Transactions, purpose: Purpose, lifetime: timedelta) -> None:
    def work(session: Session) -> None:
        user = store_user(session, username=USERNAME, password_hash="x", now=NOW)
        send_code(session, user=user, purpose=purpose, lifetime=lifetime, now=NOW)

    transactions.write(work)


def compose(transactions: Transactions, after: timedelta = timedelta(0)) -> tuple[ComposedMail, str]:
    """The mail that waits, as it is when it is delivered `after` it was asked for, and the code in it."""
    message = transactions.read(lambda session: session.scalars(select(Message)).one())
    context = MailContext(base_url="https://odeon.example/box", now=NOW + after, seal=seal)
    mail = transactions.read(lambda session: COMPOSERS[message.kind](session, message.payload, context))
    return mail, message.payload["code"]


def only_link(mail: ComposedMail) -> str:
    (in_html,) = re.findall(r'href="([^"]+)"', mail.html)
    (in_text,) = re.findall(r"https://\S+", mail.text)
    assert unescape(in_html) == in_text
    return in_text


def test_the_mail_that_confirms_has_the_code_in_clear_and_a_link_that_carries_it(
    transactions: Transactions,
) -> None:
    ask_for_code(transactions, "confirm", timedelta(hours=24))
    mail, code = compose(transactions)
    assert mail.subject == "Confirm your address"
    assert code in mail.text
    assert f">{code}<" in mail.html
    link = urlsplit(only_link(mail))
    assert (link.scheme, link.netloc, link.path) == ("https", "odeon.example", "/box/confirmEmail")
    assert parse_qs(link.query) == {"username": [USERNAME], "code": [code], "view": ["page"]}
    assert "24 hours" in mail.text
    assert "24 hours" in mail.html
    assert USERNAME in mail.text
    assert USERNAME in unescape(mail.html)


def test_the_mail_for_a_new_password_has_the_code_but_not_in_its_link(transactions: Transactions) -> None:
    ask_for_code(transactions, "reset", timedelta(minutes=60))
    mail, code = compose(transactions)
    assert code in mail.text
    assert f">{code}<" in mail.html
    link = only_link(mail)
    assert code not in link
    assert urlsplit(link).path == "/box/resetPassword"
    assert parse_qs(urlsplit(link).query) == {"username": [USERNAME]}
    assert "60 minutes" in mail.text


@pytest.mark.parametrize("purpose", ["confirm", "reset"])
def test_no_code_stands_in_a_subject(transactions: Transactions, purpose: Purpose) -> None:
    ask_for_code(transactions, purpose, timedelta(minutes=60))
    mail, code = compose(transactions)
    assert code not in mail.subject


def test_a_mail_that_comes_late_says_how_long_the_code_still_works(transactions: Transactions) -> None:
    ask_for_code(transactions, "reset", timedelta(minutes=60))
    mail, _ = compose(transactions, after=timedelta(minutes=25))
    assert "35 minutes" in mail.text


def test_a_code_that_expired_meanwhile_is_not_mailed(transactions: Transactions) -> None:
    ask_for_code(transactions, "reset", timedelta(minutes=60))
    with pytest.raises(NothingToSend, match="expired"):
        compose(transactions, after=timedelta(minutes=60))


def test_a_code_that_was_discarded_meanwhile_is_not_mailed(transactions: Transactions) -> None:
    ask_for_code(transactions, "reset", timedelta(minutes=60))
    transactions.write(
        lambda session: discard_codes(session, user=session.scalars(select(User)).one(), purpose="reset")
    )
    with pytest.raises(NothingToSend, match="not valid any more"):
        compose(transactions)


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(seconds=10), "1 minute"),
        (timedelta(minutes=60), "60 minutes"),
        (timedelta(hours=23, minutes=59, seconds=59), "24 hours"),
        (timedelta(days=5), "5 days"),
    ],
)
def test_a_duration_is_said_in_words(duration: timedelta, words: str) -> None:
    assert in_words(duration) == words


def test_a_mail_whose_code_was_forgotten_is_not_composed(transactions: Transactions) -> None:
    ask_for_code(transactions, "confirm", timedelta(hours=24))
    payload = transactions.read(lambda session: session.scalars(select(Message)).one().payload)
    context = MailContext(base_url="https://odeon.example", now=NOW, seal=seal)
    kept = without_secrets(payload)
    with pytest.raises(NothingToSend, match="forgotten"):
        transactions.read(lambda session: COMPOSERS["confirm_email"](session, kept, context))


def test_a_mail_says_its_language_and_escapes_what_is_put_into_a_sentence(transactions: Transactions) -> None:
    ask_for_code(transactions, "confirm", timedelta(hours=24))
    transactions.write(lambda session: setattr(session.scalars(select(User)).one(), "language", "uk"))
    mail, _ = compose(transactions)
    assert '<html lang="uk">' in mail.html
    assert "<strong>anna+o&#39;hara&amp;co@example.org</strong>" in mail.html


def test_a_mail_that_the_website_sends_leads_to_the_website(transactions: Transactions) -> None:
    def work(session: Session, purpose: Purpose) -> None:
        user = session.scalars(select(User)).one_or_none() or store_user(
            session, username=USERNAME, password_hash="x", now=NOW
        )
        session.query(Message).delete()
        send_code(session, user=user, purpose=purpose, lifetime=timedelta(hours=24), now=NOW, website=True)

    transactions.write(lambda session: work(session, "confirm"))
    mail, code = compose(transactions)
    link = urlsplit(only_link(mail))
    assert link.path == "/box/en/confirm"
    assert parse_qs(link.query) == {"username": [USERNAME], "code": [code]}
    transactions.write(lambda session: work(session, "reset"))
    mail, code = compose(transactions)
    assert urlsplit(only_link(mail)).path == "/box/en/account/reset"
    assert code not in only_link(mail)


def test_the_code_for_a_new_address_goes_there_and_names_both(transactions: Transactions) -> None:
    def work(session: Session) -> None:
        user = store_user(session, username=USERNAME, password_hash="x", now=NOW)
        send_code(
            session,
            user=user,
            purpose="address",
            lifetime=timedelta(hours=1),
            now=NOW,
            new_username="new@example.org",
        )

    transactions.write(work)
    recipient = transactions.read(lambda session: session.scalars(select(Message)).one().recipient)
    mail, code = compose(transactions)
    assert recipient == "new@example.org"
    assert code in mail.text
    assert USERNAME in mail.text
    assert "new@example.org" in mail.text


@pytest.mark.parametrize(
    "news", ["password", "address", "passkey", "second_factor_on", "second_factor_off", "deleted"]
)
@pytest.mark.parametrize("language", ["en", "uk"])
def test_what_changed_about_an_account_is_told(transactions: Transactions, news: News, language: str) -> None:
    transactions.write(
        lambda session: send_account_news(session, address=USERNAME, language=language, news=news, now=NOW)
    )
    message = transactions.read(lambda session: session.scalars(select(Message)).one())
    context = MailContext(base_url="https://odeon.example/box", now=NOW, seal=seal)
    mail = transactions.read(lambda session: COMPOSERS[message.kind](session, message.payload, context))
    assert mail.subject
    assert f'<html lang="{language}">' in mail.html
    assert mail.subject in unescape(mail.html)
