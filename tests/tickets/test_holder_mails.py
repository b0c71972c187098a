"""What the mails say to whoever has a ticket that a buyer handed over"""

from __future__ import annotations

from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import update

from matinee.boxoffice.models import Order, Ticket
from matinee.db.transaction import Transactions
from matinee.outbox.composing import ComposedMail
from matinee.outbox.errors import NothingToSend
from matinee.tickets.mails import COMPOSERS
from tests.tickets.conftest import Sale, store_sale
from tests.tickets.reading_mail import CONTEXT, IDS, ReadHtml, received
from tests.tickets.test_order_mails import words_of

FRIEND = "friend@example.org"


@pytest.fixture
def order_id(transactions: Transactions) -> int:
    """An order for A2 and A10, of which A2 was handed over."""

    def store(session: Any) -> int:
        order_id = store_sale(session, Sale(amount=1150, paid_amount=2300))
        session.execute(update(Ticket).where(Ticket.id == IDS[0]).values(holder_email=FRIEND))
        return order_id

    return transactions.write(store)


def composed(transactions: Transactions, kind: str, **payload: Any) -> ComposedMail:
    return transactions.read(lambda session: COMPOSERS[kind](session, payload, CONTEXT))


@pytest.mark.parametrize("moved", [False, True])
def test_the_friend_gets_that_one_ticket_and_hears_nothing_of_the_order(
    transactions: Transactions, order_id: int, moved: bool
) -> None:
    mail = composed(transactions, "ticket_handed_over", ticket_id=IDS[0], moved=moved)
    what = "Your new seat" if moved else "A ticket for you"
    assert mail.subject == f"{what}: Амелі <3, 12 Mar, 19:30"
    for words in words_of(mail):
        assert "A2" in words
        assert ("moved to another hall" in words) is moved
    everything = mail.text + mail.html
    for unsaid in ("K7WQ3MXT9P", "11.50", "23.00", "A10", IDS[1], "/orders/"):
        assert unsaid not in everything
    parts = [part.get_filename() for part in received(mail).walk() if part.get_filename()]
    assert parts == [f"{IDS[0]}.png", f"{IDS[0]}.ics"]
    (event,) = Calendar.from_ical(mail.attachments[1].content).walk("VEVENT")
    assert str(event["uid"]) == f"{IDS[0]}@tickets.odeon.example"
    assert "K7WQ3MXT9P" not in str(event["description"])
    assert ReadHtml(mail.html).links[0] == f"https://tickets.odeon.example/en/tickets/{IDS[0]}"


def test_the_buyers_mail_has_the_other_tickets_alone(transactions: Transactions, order_id: int) -> None:
    for kind in ("tickets", "tickets_moved"):
        mail = composed(transactions, kind, order_id=order_id)
        assert IDS[0] not in mail.text + mail.html
        assert IDS[1] in mail.text
        assert [file.filename for file in mail.attachments] == [f"{IDS[1]}.png", "K7WQ3MXT9P.ics"]


def test_a_buyer_who_handed_all_over_gets_no_mail_with_tickets(
    transactions: Transactions, order_id: int
) -> None:
    transactions.write(lambda s: s.execute(update(Ticket).values(holder_email=FRIEND)))
    with pytest.raises(NothingToSend, match="still the buyer's"):
        composed(transactions, "tickets", order_id=order_id)


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("taken_back", "The buyer has taken it back."),
        ("exchanged", "The buyer has exchanged it"),
        ("order_refunded", "It was given back."),
        ("screening_cancelled", "this screening does not take place."),
    ],
)
def test_the_friend_is_told_why_the_ticket_lets_nobody_in_any_more(
    transactions: Transactions, order_id: int, why: str, said: str
) -> None:
    transactions.write(lambda s: s.execute(update(Ticket).values(state="exchanged")))
    mail = composed(transactions, "ticket_withdrawn", ticket_id=IDS[0], why=why)
    for words in words_of(mail):
        assert said in words
        assert "The ticket for seat A2 that was handed over to you lets nobody in any more." in words
        assert "K7WQ3MXT9P" not in words
    with pytest.raises(NothingToSend, match="not valid"):
        composed(transactions, "ticket_handed_over", ticket_id=IDS[0])


@pytest.mark.parametrize("kind", ["ticket_handed_over", "ticket_withdrawn"])
def test_a_ticket_that_is_gone_has_no_mail(transactions: Transactions, kind: str) -> None:
    with pytest.raises(NothingToSend, match="does not exist"):
        composed(transactions, kind, ticket_id="NOSUCHTICKET0000", why="taken_back")


def test_vouchers_that_money_went_back_to_are_named(transactions: Transactions, order_id: int) -> None:
    vouchers = [
        {"hint": "7KQ2", "amount": 1000, "extended_until": "2027-04-08T08:00:00+00:00", "by_hand": False},
        {"hint": "9ZZ9", "amount": 150, "extended_until": None, "by_hand": True},
    ]
    mail = composed(
        transactions, "order_refunded", order_id=order_id, amount=1150, reason="", vouchers=vouchers
    )
    for words in words_of(mail):
        assert "€10.00 of it is on the voucher that ends in 7KQ2 again." in words
        assert "This voucher is valid until Thursday, 8 April 2027 now." in words
        assert (
            "€1.50 of it was paid with the voucher that ends in 9ZZ9, which is not in use any more." in words
        )


@pytest.mark.parametrize("kind", sorted(COMPOSERS))
def test_every_mail_is_written_in_the_language_of_the_order(
    transactions: Transactions, order_id: int, kind: str
) -> None:
    transactions.write(lambda s: s.execute(update(Order).values(language="uk")))
    mail = composed(
        transactions,
        kind,
        order_id=order_id,
        ticket_id=IDS[0],
        amount=2300,
        reason="",
        why="taken_back",
        code="K7",
    )
    assert '<html lang="uk">' in mail.html
    if kind != "order_access":
        # That one names the order alone.
        assert mail.subject.endswith(": Амелі <3, 12 бер., 19:30")
    for words in words_of(mail):
        assert "12 березня 2027" in words
        assert "March" not in words
    assert "/en/" not in mail.text + mail.html


def test_the_house_gives_its_reasons_in_the_language_of_the_order_and_staff_in_its_own(
    transactions: Transactions, order_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Speech:
        """A language in which every sentence begins with a sign, so that what was translated is seen."""

        def gettext(self, text: str) -> str:
            return f"§{text}"

    monkeypatch.setattr("matinee.tickets.order_mails.translations", lambda language: Speech())
    for given, said in (
        ("The order was paid already.", "§The order was paid already."),
        ("The screening was cancelled. no Power", "§The screening was cancelled. no Power"),
        ("Cancelled", "The reason: Cancelled"),
    ):
        mail = composed(transactions, "payment_returned", order_id=order_id, amount=0, reason=given)
        assert said in mail.text
