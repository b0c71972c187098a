"""What webhooks tell about orders and screenings"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from matinee.assembly import EVENT_COMPOSERS, MAIL_COMPOSERS
from matinee.boxoffice.models import Order, Ticket
from matinee.db.transaction import Transactions
from matinee.outbox.errors import NothingToSend
from matinee.outbox.webhooks.composing import EventContext, event_body
from matinee.outbox.webhooks.events import EVENTS
from matinee.programme.models import Screening, TicketType
from tests.tickets.conftest import BOUGHT, START, Sale, store_sale

CONTEXT = EventContext(base_url="https://odeon.example", now=BOUGHT)


def compose(transactions: Transactions, event: str, **payload: Any) -> dict[str, Any]:
    return transactions.read(lambda session: EVENT_COMPOSERS[event](session, payload, CONTEXT))


def documented_body() -> Any:
    """The example in docs/webhooks.md."""
    text = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")
    found = re.search(r"```json\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def shape(value: Any) -> Any:
    """The names and kinds in a JSON value."""
    if isinstance(value, dict):
        return {name: shape(part) for name, part in value.items()}
    if isinstance(value, list):
        return [shape(part) for part in value]
    return type(value).__name__


def test_every_event_and_every_mail_is_composed_by_somebody() -> None:
    assert EVENT_COMPOSERS.keys() == set(EVENTS)
    assert {"tickets", "confirm_email", "reset_password"} <= MAIL_COMPOSERS.keys()


def test_an_order_is_told_with_its_money_its_seats_and_its_screening(transactions: Transactions) -> None:
    def store(session: Session) -> int:
        order_id = store_sale(session, Sale(amount=1200, paid_amount=2500))
        screening = session.get_one(Screening, session.get_one(Order, order_id).screening_id)
        child = TicketType(cinema_id=screening.cinema_id, code="child", name="Child")
        session.add(child)
        session.flush()
        session.execute(
            update(Order).values(fee_amount=300, discount_amount=200, total_amount=2500, refunded_amount=1200)
        )
        session.execute(update(Ticket).where(Ticket.id.endswith("A2")).values(ticket_type_id=child.id))
        session.execute(update(Ticket).where(Ticket.id.endswith("A10")).values(state="refunded"))
        return order_id

    order_id = transactions.write(store)
    told = compose(transactions, "order.refunded", order_id=order_id)
    screening_id = told["order"].pop("screening_id")
    tickets = told["order"].pop("tickets")
    assert told["order"] == {
        "code": "K7WQ3MXT9P",
        "state": "paid",
        "channel": "given",
        "created_at": "2027-03-09T08:00:00Z",
        "total": {"amount": 2500, "currency": "EUR"},
        "fee": {"amount": 300, "currency": "EUR"},
        "discount": {"amount": 200, "currency": "EUR"},
        "paid": {"amount": 2500, "currency": "EUR"},
        "refunded": {"amount": 1200, "currency": "EUR"},
    }
    assert [(one["seat"], one["ticket_type"], one["state"]) for one in tickets] == [
        ("A2", "child", "valid"),
        ("A10", None, "refunded"),
    ]
    assert {one["screening_id"] for one in tickets} == {screening_id}
    assert tickets[0]["price"] == {"amount": 1200, "currency": "EUR"}
    assert told["screening"] == {
        "id": screening_id,
        "cinema": "odeon",
        "hall": "Hall 1",
        "film": "Амелі <3",
        "starts_at": "2027-03-12T17:30:00Z",
        "ends_at": "2027-03-12T19:32:00Z",
        "day": "2027-03-12",
        "time": "19:30",
        "timezone": "Europe/Kyiv",
        "cancelled": False,
    }


def test_the_documented_example_is_what_is_sent(transactions: Transactions) -> None:
    def store(session: Session) -> int:
        order_id = store_sale(session, Sale(amount=1200))
        screening = session.get_one(Screening, session.get_one(Order, order_id).screening_id)
        adult = TicketType(cinema_id=screening.cinema_id, code="adult", name="Adult")
        session.add(adult)
        session.flush()
        session.execute(update(Ticket).values(ticket_type_id=adult.id))
        return order_id

    order_id = transactions.write(store)
    body = event_body(
        event_id="evt_1",
        event="order.paid",
        happened_at=BOUGHT,
        data=compose(transactions, "order.paid", order_id=order_id),
    )
    assert shape(json.loads(body)) == shape(documented_body())


@pytest.mark.parametrize("event", ["screening.changed", "screening.sold_out"])
def test_a_screening_is_told_as_it_is_by_now(transactions: Transactions, event: str) -> None:
    transactions.write(lambda session: store_sale(session, Sale()))

    def cancel(session: Session) -> int:
        screening = session.query(Screening).one()
        screening.starts_at = START + timedelta(minutes=15)
        screening.cancelled_at = BOUGHT
        return screening.id

    told = compose(transactions, event, screening_id=transactions.write(cancel))
    assert told["screening"]["starts_at"] == "2027-03-12T17:45:00Z"
    assert told["screening"]["cancelled"] is True


def test_nothing_that_opens_a_door_or_names_a_buyer_is_told(transactions: Transactions) -> None:
    def store(session: Session) -> int:
        order_id = store_sale(session, Sale())
        session.execute(update(Order).values(contact_email="anna@example.org", secret_hash="f00"))
        return order_id

    order_id = transactions.write(store)
    ids = transactions.read(lambda session: [ticket.id for ticket in session.query(Ticket)])
    assert len(ids) == 2
    text = json.dumps(compose(transactions, "order.paid", order_id=order_id))
    assert not [secret for secret in (*ids, "anna@example.org", "f00") if secret in text]


@pytest.mark.parametrize(
    ("event", "payload"),
    [("order.paid", {"order_id": 99}), ("screening.changed", {"screening_id": 99})],
)
def test_what_is_gone_is_not_told(transactions: Transactions, event: str, payload: dict[str, int]) -> None:
    with pytest.raises(NothingToSend, match="does not exist any more"):
        compose(transactions, event, **payload)
