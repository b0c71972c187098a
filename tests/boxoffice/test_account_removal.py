"""Deleting an account, and what is handed out of it before"""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matinee.accounts.codes import send_code
from matinee.accounts.errors import StaffAccount
from matinee.accounts.models import Passkey, User, UserCode, UserSession
from matinee.accounts.roles import grant_role
from matinee.boxoffice.account_removal import delete_account
from matinee.boxoffice.models import Order, OrderEvent, SeatClaim, Ticket
from matinee.boxoffice.personal_data import personal_data
from matinee.boxoffice.visits import coming_tickets, count_coming_tickets, past_tickets
from matinee.outbox.messages import enqueue_message
from matinee.outbox.models import Message
from tests.boxoffice.selling import Sale
from tests.building import NOW, PASSWORD_HASH, count_rows

AFTER = NOW + timedelta(days=30)


def delete(sale: Sale) -> None:
    sale.write(lambda session: delete_account(session, user=session.get_one(User, sale.buyer.id), now=NOW))


def bought(sale: Sale, *labels: str) -> int:
    """The id of an order of the member that is paid."""
    order_id = sale.hold(*labels)
    sale.write(
        lambda session: setattr(session.get_one(Order, order_id), "contact_email", "elsewhere@example.org")
    )
    sale.pay(order_id)
    return order_id


def mails_to(session: Session, address: str) -> list[str]:
    return list(session.scalars(select(Message.kind).where(Message.recipient == address)))


def test_the_person_is_gone_and_the_books_stay(sale: Sale) -> None:
    order_id = bought(sale, "A1", "A2")

    def prepare(session: Session) -> None:
        user = session.get_one(User, sale.buyer.id)
        send_code(session, user=user, purpose="reset", lifetime=timedelta(hours=1), now=NOW)
        session.add(
            Passkey(user_id=user.id, credential_id="x", public_key=b"x", sign_count=0, name="Phone",
                    created_at=NOW, last_used_at=None)
        )  # fmt: skip

    sale.write(prepare)
    before = sale.read(lambda session: session.get_one(Order, order_id))
    delete(sale)

    def look(session: Session) -> None:
        for model in (User, UserSession, UserCode, Passkey):
            assert count_rows(session, model) == 0
        order = session.get_one(Order, order_id)
        assert (order.user_id, order.contact_email) == (None, None)
        assert (order.state, order.total_amount, order.paid_amount) == (
            before.state,
            before.total_amount,
            before.paid_amount,
        )
        assert before.paid_amount > 0
        assert {ticket.state for ticket in session.scalars(select(Ticket))} == {"valid"}
        named = select(func.count()).where(OrderEvent.actor == sale.buyer.username)
        assert session.scalar(named) == 0

    sale.read(look)


def test_mails_to_the_address_are_dropped_but_for_the_last(sale: Sale) -> None:
    bought(sale, "A1")
    sale.write(
        lambda session: enqueue_message(
            session, kind="tickets", recipient="another@example.com", payload={"order_id": 1}, now=NOW
        )
    )
    sale.write(
        lambda session: enqueue_message(
            session, kind="tickets", recipient=sale.buyer.username, payload={"order_id": 1}, now=NOW
        )
    )
    delete(sale)
    assert sale.read(lambda session: mails_to(session, sale.buyer.username)) == ["account_news"]
    assert sale.read(lambda session: mails_to(session, "another@example.com")) == ["tickets"]


def test_seats_that_are_held_are_free_again(sale: Sale) -> None:
    order_id = sale.hold("A1", "A2")
    delete(sale)
    assert sale.read(lambda session: count_rows(session, SeatClaim)) == 0
    order = sale.read(lambda session: session.get_one(Order, order_id))
    assert (order.state, order.user_id) == ("cancelled", None)


def test_orders_of_others_keep_their_names(sale: Sale) -> None:
    others = sale.hold("A1", known=False)
    delete(sale)
    order = sale.read(lambda session: session.get_one(Order, others))
    assert (order.state, order.contact_email) == ("held", "guest@example.org")


def test_staff_are_not_deleted(sale: Sale) -> None:
    sale.write(lambda session: grant_role(session, user=session.get_one(User, sale.buyer.id), role="usher"))
    with pytest.raises(StaffAccount):
        delete(sale)
    assert sale.read(lambda session: count_rows(session, User)) == 1


def test_the_address_can_have_a_new_account(sale: Sale) -> None:
    delete(sale)

    def again(session: Session) -> int:
        user = User(
            username=sale.buyer.username, password_hash=PASSWORD_HASH, created_at=NOW, email_confirmed_at=None
        )
        session.add(user)
        session.flush()
        return len(list(session.scalars(select(Order).where(Order.user_id == user.id))))

    assert sale.write(again) == 0


def test_tickets_to_come_and_past_ones_are_told_apart_by_the_end(sale: Sale) -> None:
    bought(sale, "A1", "A2")
    sale.hold("A3")

    def seen(session: Session, now: object) -> tuple[list[str], int, list[str]]:
        user_id = sale.buyer.id
        coming = coming_tickets(session, user_id=user_id, now=now)
        past = past_tickets(session, user_id=user_id, now=now, limit=10)
        labels = [ticket.seat.label for ticket in coming]
        return labels, count_coming_tickets(session, user_id=user_id, now=now), [t.seat.label for t in past]

    assert sale.read(lambda session: seen(session, NOW)) == (["A1", "A2"], 2, [])
    assert sale.read(lambda session: seen(session, AFTER)) == ([], 0, ["A1", "A2"])


def test_what_is_handed_out_has_everything_and_no_secret(sale: Sale) -> None:
    order_id = bought(sale, "A1", "A2")
    given = sale.write(lambda session: session.scalars(select(Ticket).order_by(Ticket.seat_id)).first())
    sale.write(
        lambda session: setattr(session.get_one(Ticket, given.id), "holder_email", "friend@example.org")
    )

    def export(session: Session) -> dict[str, object]:
        session.add(
            Passkey(user_id=sale.buyer.id, credential_id="hidden-id", public_key=b"hidden", sign_count=0,
                    name="My phone", created_at=NOW, last_used_at=None)
        )  # fmt: skip
        session.flush()
        return personal_data(session, user=session.get_one(User, sale.buyer.id), now=NOW)

    data = sale.write(export)
    text = json.dumps(data)
    assert data["account"]["address"] == sale.buyer.username
    assert [one["name"] for one in data["passkeys"]] == ["My phone"]
    assert len(data["sessions"]) == 1
    (order,) = data["orders"]
    assert (order["film"], order["state"], order["seats"]) == ("Café", "paid", ["A1", "A2"])
    assert order["payments"][0]["amount"] == order["total_amount"] > 0
    assert [ticket["handed_over_to"] for ticket in order["tickets"]] == ["friend@example.org", None]
    assert given.id not in text
    assert "hidden" not in text
    assert PASSWORD_HASH not in text
    assert sale.buyer.token not in text
    assert order["code"] == sale.read(lambda session: session.get_one(Order, order_id).code)


def test_a_screening_can_be_cancelled_though_its_buyer_is_gone(sale: Sale) -> None:
    order_id = bought(sale, "A1")
    delete(sale)
    sale.cancel(sale.house.lettered)
    order = sale.read(lambda session: session.get_one(Order, order_id))
    assert order.refunded_amount == order.paid_amount > 0
    assert sale.read(lambda session: mails_to(session, "elsewhere@example.org")) == ["tickets"]
