"""Handing a ticket over to a friend, and taking it back"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.boxoffice.errors import (
    ContactMissing,
    HandedToBuyer,
    HandOverTooLate,
    NotTheseTickets,
    StepNotAllowed,
)
from matinee.boxoffice.hand_overs import hand_over_ticket, take_ticket_back
from matinee.boxoffice.models import Order
from matinee.boxoffice.resending import resend_tickets
from matinee.boxoffice.sales import sell_seats
from matinee.boxoffice.tickets import tickets_of_user
from matinee.door.admissions import admit_ticket, require_nobody_inside
from matinee.door.errors import AlreadyAdmitted, TicketNotValid
from matinee.programme.models import Hall
from tests.boxoffice.interleaving import at_once
from tests.boxoffice.selling import GUEST, Sale
from tests.building import NOW, PRICE_A

FRIEND = "friend@example.org"
# In Kyiv it is 20:30 then.
START = datetime(2030, 5, 18, 17, 30, tzinfo=UTC)


def hand_over(sale: Sale, order_id: int, label: str, email: str = FRIEND, now: datetime = NOW) -> str:
    """Hand the ticket for this seat over; return the id of the new one."""
    ticket_id = sale.tickets(order_id)[label].id
    return hand_over_id(sale, order_id, ticket_id, email, now)


def hand_over_id(sale: Sale, order_id: int, ticket_id: str, email: str = FRIEND, now: datetime = NOW) -> str:
    return sale.write(
        lambda s: (
            hand_over_ticket(
                s, order=s.get_one(Order, order_id), ticket_id=ticket_id, email=email, actor="anna", now=now
            ).id
        )
    )


def take_back(sale: Sale, order_id: int, label: str, now: datetime = NOW) -> str:
    return sale.write(
        lambda s: (
            take_ticket_back(s, order=s.get_one(Order, order_id), seat_label=label, actor="anna", now=now).id
        )
    )


def admit(sale: Sale, ticket_id: str) -> None:
    sale.write(lambda s: admit_ticket(s, ticket_id=ticket_id, by="usher", now=NOW) and None)


def mails_to(sale: Sale, address: str) -> list[tuple[str, dict[str, object]]]:
    return [(mail.kind, mail.payload) for mail in sale.messages() if mail.recipient == address]


def test_the_friend_has_a_new_ticket_for_the_same_seat_and_the_old_one_is_worth_nothing(sale: Sale) -> None:
    sale.change_cinema(booking_fee_amount=50)
    order_id = sale.sold("A1", "B1", types=["child", None])
    old = sale.tickets(order_id)["A1"]
    new_id = hand_over(sale, order_id, "A1")
    new = sale.tickets(order_id)["A1"]
    assert (new.id, new.holder_email) == (new_id, FRIEND)
    assert new_id != old.id
    for name in ("seat_id", "screening_id", "amount", "fee_amount", "ticket_type_id", "order_id"):
        assert getattr(new, name) == getattr(old, name)
    assert [ticket.id for ticket in sale.tickets(order_id, state="exchanged").values()] == [old.id]
    assert mails_to(sale, FRIEND) == [("ticket_handed_over", {"ticket_id": new_id, "moved": False})]
    event = sale.events(order_id)[-1]
    assert (event.note, event.actor, event.from_state, event.to_state) == (
        "handed over: A1",
        "anna",
        "paid",
        "paid",
    )
    sale.check_books()


def test_the_old_id_lets_nobody_in_and_the_new_one_does(sale: Sale) -> None:
    order_id = sale.sold("A1")
    old_id = sale.tickets(order_id)["A1"].id
    new_id = hand_over(sale, order_id, "A1")
    with pytest.raises(TicketNotValid):
        admit(sale, old_id)
    admit(sale, new_id)
    with pytest.raises(AlreadyAdmitted):
        admit(sale, new_id)


def test_what_is_taken_back_has_a_third_id_and_the_friend_is_told(sale: Sale) -> None:
    order_id = sale.sold("A1")
    first = sale.tickets(order_id)["A1"].id
    friends = hand_over(sale, order_id, "A1")
    own = take_back(sale, order_id, "A1")
    assert len({first, friends, own}) == 3
    ticket = sale.tickets(order_id)["A1"]
    assert (ticket.id, ticket.holder_email) == (own, None)
    assert mails_to(sale, FRIEND)[1:] == [("ticket_withdrawn", {"ticket_id": friends, "why": "taken_back"})]
    with pytest.raises(TicketNotValid):
        admit(sale, friends)
    # And to another friend.
    other = hand_over(sale, order_id, "A1", "other@example.org")
    admit(sale, other)
    sale.check_books()


def test_only_valid_tickets_that_the_buyer_still_has_are_handed_over(sale: Sale) -> None:
    order_id, foreign = sale.sold("A1", "A2"), sale.sold("A3")
    gone = sale.tickets(order_id)["A1"].id
    given = hand_over(sale, order_id, "A1")
    sale.refund_some(order_id, "A2")
    refunded = sale.tickets(order_id, state="refunded")["A2"].id
    other = sale.tickets(foreign)["A3"].id
    for ticket_id in (gone, given, refunded, other, "NOSUCHTICKET0000", ""):
        with pytest.raises(NotTheseTickets):
            hand_over_id(sale, order_id, ticket_id)
    for label in ("A2", "A3", "Z9"):
        with pytest.raises(NotTheseTickets):
            take_back(sale, order_id, label)
    with pytest.raises(NotTheseTickets):
        take_back(sale, foreign, "A3")


def test_nothing_is_handed_over_once_it_began_or_to_the_buyer(sale: Sale) -> None:
    order_id = sale.sold("A1", "A2", known=False)
    given = hand_over(sale, order_id, "A1", now=START - timedelta(seconds=1))
    for late in (START, START + timedelta(minutes=5)):
        with pytest.raises(HandOverTooLate):
            hand_over(sale, order_id, "A2", now=late)
        with pytest.raises(HandOverTooLate):
            take_back(sale, order_id, "A1", now=late)
    with pytest.raises(HandedToBuyer):
        hand_over(sale, order_id, "A2", GUEST)
    assert sale.tickets(order_id)["A1"].id == given


def test_what_is_not_paid_is_not_handed_over(sale: Sale) -> None:
    def sell(session: Session) -> int:
        tickets = sell_seats(
            session, screening_id=sale.house.lettered, labels=["A1"], buyer=session.get_one(User, sale.buyer.id),
            currency="UAH", channel="given", now=NOW,
        )  # fmt: skip
        return tickets[0].order_id

    order_id = sale.write(sell)
    with pytest.raises(StepNotAllowed):
        hand_over(sale, order_id, "A1")
    sale.take_money(order_id)
    hand_over(sale, order_id, "A1")


def test_a_refund_takes_the_friends_ticket_too_and_says_so_to_both(sale: Sale) -> None:
    order_id = sale.sold("A1", "A2")
    given = hand_over(sale, order_id, "A1")
    sale.refund(order_id)
    assert sale.refunds() == [(2 * PRICE_A, "pending")]
    assert mails_to(sale, FRIEND)[1:] == [("ticket_withdrawn", {"ticket_id": given, "why": "order_refunded"})]
    assert mails_to(sale, sale.buyer.username)[-1][0] == "order_refunded"
    with pytest.raises(TicketNotValid):
        admit(sale, given)
    with pytest.raises(StepNotAllowed):
        take_back(sale, order_id, "A1")
    sale.check_books()


def test_friends_hear_of_a_cancelled_a_moved_and_an_exchanged_screening(sale: Sale) -> None:
    order_id = sale.sold("1", "2", screening=sale.house.second_hall)
    given = hand_over(sale, order_id, "1")
    sale.exchange(order_id, sale.house.second_hall, "3", "4")
    assert mails_to(sale, FRIEND)[-1] == ("ticket_withdrawn", {"ticket_id": given, "why": "exchanged"})
    # The new tickets are the buyer's.
    assert {ticket.holder_email for ticket in sale.tickets(order_id).values()} == {None}
    given = hand_over(sale, order_id, "3")
    sale.cancel(sale.house.second_hall)
    assert mails_to(sale, FRIEND)[-1] == (
        "ticket_withdrawn",
        {"ticket_id": given, "why": "screening_cancelled"},
    )


def test_a_screening_that_moves_brings_the_friend_the_new_seat(sale: Sale) -> None:
    order_id = sale.sold("A1")
    given = hand_over(sale, order_id, "A1")
    first_hall = sale.read(lambda s: s.scalars(select(Hall.id).where(Hall.name == "Hall 1")).one())
    sale.move(sale.house.lettered, first_hall)
    assert mails_to(sale, FRIEND)[-1] == ("ticket_handed_over", {"ticket_id": given, "moved": True})
    admit(sale, given)


def test_what_was_handed_over_is_not_among_the_buyers_tickets(sale: Sale) -> None:
    order_id = sale.sold("A1", "A2")
    hand_over(sale, order_id, "A1")
    own = sale.read(lambda s: [one.seat.label for one in tickets_of_user(s, user_id=sale.buyer.id)])
    assert own == ["A2"]


def test_whoever_is_inside_keeps_the_ticket(sale: Sale) -> None:
    order_id = sale.sold("A1", "A2")
    admit(sale, hand_over(sale, order_id, "A1"))

    def require(label: str | None) -> None:
        sale.write(lambda s: require_nobody_inside(s, order=s.get_one(Order, order_id), seat_label=label))

    require("A2")
    for label in ("A1", None):
        with pytest.raises(AlreadyAdmitted):
            require(label)


def test_clicks_at_once_hand_over_once(sale: Sale) -> None:
    order_id = sale.sold("A1")
    ticket_id = sale.tickets(order_id)["A1"].id
    answers = at_once(sale.services, [lambda: hand_over_id(sale, order_id, ticket_id)] * 3)
    assert sum(isinstance(answer, str) for answer in answers) == 1
    assert sum(isinstance(answer, NotTheseTickets) for answer in answers) == 2
    assert len(mails_to(sale, FRIEND)) == 1


def resend(sale: Sale, order_id: int) -> str:
    return sale.write(lambda s: resend_tickets(s, order=s.get_one(Order, order_id), now=NOW))


def test_the_mail_is_sent_once_more_to_where_it_went(sale: Sale) -> None:
    order_id = sale.sold("A1", known=False)
    assert resend(sale, order_id) == GUEST
    assert mails_to(sale, GUEST) == [("tickets", {"order_id": order_id})] * 2


def test_there_is_nothing_to_send_without_tickets_or_an_address(sale: Sale) -> None:
    order_id = sale.sold("A1")
    hand_over(sale, order_id, "A1")
    with pytest.raises(NotTheseTickets):
        resend(sale, order_id)
    with pytest.raises(NotTheseTickets):
        resend(sale, sale.hold("A2"))
    with pytest.raises(ContactMissing):
        resend(sale, sale.hold("A3", known=False, email=None))
