"""What the mails say about money that goes back, a screening that does not take place, and one that moved"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from matinee.boxoffice.models import Order, Ticket
from matinee.db.transaction import Transactions
from matinee.outbox.composing import ComposedMail
from matinee.outbox.errors import NothingToSend
from matinee.tickets.mails import COMPOSERS
from tests.tickets.conftest import Sale, store_sale
from tests.tickets.reading_mail import CONTEXT, IDS, ReadHtml, received

NEWS = ("order_refunded", "screening_cancelled", "payment_returned")
HOSTILE = (
    '<script>alert(1)</script>\r\nBcc: all@example.org "{{ 7 * 7 }}" <a href="https://evil.example">win</a>'
)


def stored(transactions: Transactions, **sale: Any) -> int:
    """A sale of two tickets at €11.50; return the order's id."""
    return transactions.write(lambda session: store_sale(session, Sale(**{"amount": 1150, **sale})))


def composed(transactions: Transactions, kind: str, order_id: int, **payload: Any) -> ComposedMail:
    return transactions.read(
        lambda session: COMPOSERS[kind](session, {"order_id": order_id, **payload}, CONTEXT)
    )


def words_of(mail: ComposedMail) -> tuple[str, str]:
    """What a person reads in the plain form and in the HTML, blanks as one."""
    return " ".join(mail.text.split()), " ".join(ReadHtml(mail.html).words.split())


def end_tickets(transactions: Transactions, *ticket_ids: str) -> None:
    transactions.write(
        lambda session: session.execute(
            update(Ticket).where(Ticket.id.in_(ticket_ids)).values(state="refunded")
        )
    )


@pytest.mark.parametrize("kind", NEWS)
def test_every_mail_says_which_order_it_is_about_in_both_forms(transactions: Transactions, kind: str) -> None:
    order_id = stored(transactions)
    end_tickets(transactions, *IDS)
    mail = composed(transactions, kind, order_id, amount=2300, reason="The projector broke.")
    assert mail.subject.endswith(": Амелі <3, 12 Mar, 19:30")
    for words in words_of(mail):
        for fact in (
            "Амелі <3", "Friday, 12 March 2027", "19:30", "Hall 1", "Odeon & Sons", "K7WQ3MXT9P", "€23.00",
            "The projector broke.",
        ):  # fmt: skip
            assert fact in words
    assert "&lt;" not in mail.text
    assert "<3" not in mail.html
    # They bring no tickets.
    assert mail.attachments == ()
    assert not any(ticket_id in mail.text + mail.html for ticket_id in IDS)


def test_tickets_that_were_given_back_all_or_some(transactions: Transactions) -> None:
    order_id = stored(transactions)
    end_tickets(transactions, IDS[0])
    mail = composed(transactions, "order_refunded", order_id, amount=1150, reason="ill")
    assert mail.subject.startswith("Tickets given back: ")
    for words in words_of(mail):
        assert "Some of your tickets are not valid any more." in words
        assert "You get €11.50 back, the way it was paid." in words
        assert "The reason: ill" in words
        assert "Still valid: A10." in words
    end_tickets(transactions, IDS[1])
    for words in words_of(composed(transactions, "order_refunded", order_id, amount=2300, reason="")):
        assert "Your tickets are not valid any more." in words
        assert "Still valid" not in words
        assert "The reason" not in words


@pytest.mark.parametrize("kind", ["order_refunded", "screening_cancelled"])
def test_where_nothing_was_paid_no_money_goes_back(transactions: Transactions, kind: str) -> None:
    mail = composed(transactions, kind, stored(transactions, state="due"), amount=0, reason="")
    for words in words_of(mail):
        assert "No money goes back." in words
        assert "€" not in words


def test_a_screening_that_does_not_take_place(transactions: Transactions) -> None:
    order_id = stored(transactions)
    end_tickets(transactions, *IDS)
    mail = composed(transactions, "screening_cancelled", order_id, amount=2300, reason="no power")
    assert mail.subject.startswith("Cancelled: ")
    for words in words_of(mail):
        assert "this screening does not take place. Your tickets for it are not valid any more." in words
        assert "You get €23.00 back, the way it was paid." in words


@pytest.mark.parametrize("state", ["paid", "due"])
def test_money_that_goes_back_while_the_tickets_stay_valid(transactions: Transactions, state: str) -> None:
    order_id = stored(transactions, state=state)
    mail = composed(
        transactions, "payment_returned", order_id, amount=2300, reason="The order was paid already."
    )
    assert mail.subject.startswith("Your payment goes back: ")
    for words in words_of(mail):
        assert "You get €23.00 back, the way it was paid." in words
        assert "The reason: The order was paid already." in words
        assert "Your tickets stay valid." in words


def test_money_that_goes_back_where_there_are_no_tickets(transactions: Transactions) -> None:
    order_id = stored(transactions)
    end_tickets(transactions, *IDS)
    transactions.write(lambda session: setattr(session.get_one(Order, order_id), "state", "expired"))
    reason = "The hold had run out when the money came, and its seats were taken."
    for words in words_of(composed(transactions, "payment_returned", order_id, amount=2300, reason=reason)):
        assert reason in words
        assert "There are no tickets for this order." in words
        assert "stay valid" not in words


def test_a_screening_that_moved_brings_the_tickets_with_their_new_seats(transactions: Transactions) -> None:
    mail = composed(transactions, "tickets_moved", stored(transactions, paid_amount=2300))
    assert mail.subject == "Your new seats: Амелі <3, 12 Mar, 19:30"
    for words in words_of(mail):
        assert "The screening was moved to another hall: you have new seats." in words
        assert "Your earlier tickets let you in, too." in words
        assert "A2, A10" in words
        assert "€23.00" in words
    files = [part.get_filename() for part in received(mail).walk() if part.get_filename()]
    assert files == [*(f"{ticket_id}.png" for ticket_id in IDS), "K7WQ3MXT9P.ics"]
    assert all(f"https://tickets.odeon.example/en/tickets/{ticket_id}" in mail.text for ticket_id in IDS)


def test_one_ticket_that_moved_is_one_seat(transactions: Transactions) -> None:
    order_id = stored(transactions)
    end_tickets(transactions, IDS[0])
    mail = composed(transactions, "tickets_moved", order_id)
    assert mail.subject.startswith("Your new seat: ")
    assert IDS[0] not in mail.text + mail.html


def test_a_first_mail_has_no_news(transactions: Transactions) -> None:
    mail = composed(transactions, "tickets", stored(transactions))
    assert not any("moved" in words for words in words_of(mail))


@pytest.mark.parametrize("kind", [*NEWS, "tickets_moved"])
def test_an_order_that_is_gone_has_no_mail(transactions: Transactions, kind: str) -> None:
    with pytest.raises(NothingToSend, match="does not exist"):
        composed(transactions, kind, 4711, amount=1, reason="")


def test_tickets_that_were_given_back_after_the_move_have_no_mail(transactions: Transactions) -> None:
    order_id = stored(transactions)
    end_tickets(transactions, *IDS)
    with pytest.raises(NothingToSend, match="no ticket"):
        composed(transactions, "tickets_moved", order_id)


@pytest.mark.parametrize("kind", [*NEWS, "tickets_moved"])
def test_hostile_titles_and_reasons_are_text_and_nothing_else(transactions: Transactions, kind: str) -> None:
    order_id = stored(transactions, title=HOSTILE, address='"><img src=x>')
    if kind != "tickets_moved":
        end_tickets(transactions, *IDS)
    mail = composed(transactions, kind, order_id, amount=2300, reason=HOSTILE)
    html = ReadHtml(mail.html)
    assert "script" not in html.tags
    assert not any("evil.example" in link for link in html.links)
    assert all(picture.startswith("cid:") for picture in html.pictures)
    said = (
        '<script>alert(1)</script> Bcc: all@example.org "{{ 7 * 7 }}" <a href="https://evil.example">win</a>'
    )
    for words in words_of(mail):
        assert said in words
    sent = received(mail)
    assert sent["Bcc"] is None
    assert "\n" not in mail.subject
    assert "49" not in mail.subject
