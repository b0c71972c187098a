"""The mail that opens an order"""

from __future__ import annotations

import pytest

from matinee.db.transaction import Transactions
from matinee.outbox.errors import NothingToSend
from matinee.tickets.mails import COMPOSERS
from tests.tickets.conftest import Sale, store_sale
from tests.tickets.reading_mail import CONTEXT, ReadHtml


def composed(transactions: Transactions, **payload: str) -> tuple[str, str, str]:
    """The mail about a sale: its subject, its words in the plain form, and its HTML."""
    order_id = transactions.write(lambda session: store_sale(session, Sale()))
    mail = transactions.read(
        lambda session: COMPOSERS["order_access"](session, {"order_id": order_id, **payload}, CONTEXT)
    )
    return mail.subject, " ".join(mail.text.split()), mail.html


def test_it_brings_the_code_and_leads_to_where_it_is_typed_in(transactions: Transactions) -> None:
    subject, text, html = composed(transactions, code="ABCD2345")
    assert subject == "Your order K7WQ3MXT9P"
    for words in (text, " ".join(ReadHtml(html).words.split())):
        for fact in ("ABCD2345", "Амелі <3", "15 minutes, and once", "Give the code to nobody"):
            assert fact in words
    # Not in the address, which others may see.
    link = "https://tickets.odeon.example/en/orders/open?code=K7WQ3MXT9P"
    assert link in text
    assert f'href="{link}"' in html


def test_of_an_account_it_says_to_sign_in(transactions: Transactions) -> None:
    _, text, html = composed(transactions, code="")
    assert "It belongs to your account" in text
    assert "https://tickets.odeon.example/en/orders/K7WQ3MXT9P" in text
    assert "code" not in text + ReadHtml(html).words


def test_it_is_not_sent_once_its_code_is_forgotten(transactions: Transactions) -> None:
    with pytest.raises(NothingToSend):
        composed(transactions)
