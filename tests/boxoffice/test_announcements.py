"""What other programs are told of a sale"""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.cancellations import cancel_screening
from matinee.boxoffice.models import Order
from matinee.boxoffice.moves import move_screening
from matinee.boxoffice.purchase_facts import Purchase
from matinee.boxoffice.purchases import purchase_seats
from matinee.boxoffice.settlement import complete_order
from matinee.db.direct import DirectConnections
from matinee.outbox.models import Message, WebhookEndpoint
from matinee.outbox.webhooks.endpoints import deactivate_endpoint, register_endpoint
from matinee.outbox.webhooks.events import EVENTS
from matinee.programme.models import Hall, Screening
from matinee.programme.screenings import change_screening, reschedule_screening
from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import DAY, NOW, Buyer, House


@pytest.fixture
def sale(services: Services, house: House, buyer: Buyer) -> Sale:
    """One endpoint asks for everything."""

    def work(session: Session) -> None:
        register_endpoint(session, url="https://shop.example/", events=EVENTS, private_allowed=False, now=NOW)

    services.transactions.write(work)
    return Sale(services, house, buyer)


def told(sale: Sale) -> list[tuple[str, int]]:
    """Events and what they are about, in the order in which they happened."""
    rows = sale.services.transactions.read(
        lambda s: s.scalars(select(Message).where(Message.channel == "webhook").order_by(Message.id)).all()
    )
    return [(row.kind, row.payload.get("order_id") or row.payload["screening_id"]) for row in rows]


def test_an_order_is_told_of_when_it_is_paid_and_not_before(sale: Sale) -> None:
    held = sale.hold("A1", "A2")
    public_id = sale.intend(held)
    released = sale.hold("B1")
    sale.release(released)
    assert told(sale) == []
    sale.settle(public_id)
    sale.settle(public_id)
    assert told(sale) == [("order.paid", held)]


def test_an_order_that_costs_nothing_is_paid_too(sale: Sale) -> None:
    order_id = sale.hold("1", screening=sale.house.second_hall)
    sale.pay(order_id)
    assert told(sale) == [("order.paid", order_id)]


def test_a_refund_is_told_of_in_whole_and_in_part(sale: Sale) -> None:
    order_id = sale.hold("A1", "A2", "A3")
    sale.pay(order_id)
    sale.refund_some(order_id, "A1")
    assert told(sale)[1:] == [("order.refunded", order_id)]
    sale.refund(order_id)
    assert told(sale)[1:] == [("order.refunded", order_id)] * 2


def test_an_exchange_is_told_of_where_money_goes_back_or_is_there_again(sale: Sale) -> None:
    house = sale.house
    order_id = sale.hold("A1")
    sale.pay(order_id)
    # To something dearer: due, and paid again once the counter has the rest.
    sale.exchange(order_id, house.lettered, "B1")
    assert told(sale) == [("order.paid", order_id)]
    sale.pay(order_id)
    assert told(sale)[1:] == [("order.paid", order_id)]
    sale.exchange(order_id, house.lettered, "A2")
    assert told(sale)[2:] == [("order.refunded", order_id)]


def test_a_cancelled_screening_and_its_orders_are_told_of(sale: Sale) -> None:
    paid, held = sale.hold("A1"), sale.hold("A2")
    sale.pay(paid)
    sale.write(
        lambda session: cancel_screening(
            session, screening_id=sale.house.lettered, actor="manager", reason="projector", now=NOW
        )
    )
    assert held != paid
    assert told(sale)[1:] == [("order.refunded", paid), ("screening.changed", sale.house.lettered)]


def test_a_screening_that_moves_is_told_of(sale: Sale) -> None:
    def move(session: Session) -> None:
        hall = session.scalars(select(Hall).where(Hall.name == "Hall 1")).one()
        move_screening(session, screening_id=sale.house.lettered, hall=hall, actor="manager", now=NOW)

    sale.write(move)
    assert told(sale) == [("screening.changed", sale.house.lettered)]
    # It is there already.
    sale.write(move)
    assert len(told(sale)) == 1


def test_a_screening_that_is_changed_is_told_of_once_and_only_where_something_differs(sale: Sale) -> None:
    screening_id = sale.house.lettered

    def change(session: Session, **values: str) -> None:
        change_screening(session, screening=session.get_one(Screening, screening_id), now=NOW, **values)

    sale.write(lambda session: change(session, format="3D", language="fr"))
    assert told(sale) == [("screening.changed", screening_id)]
    sale.write(lambda session: change(session, format="3D"))
    assert len(told(sale)) == 1

    def later(session: Session) -> None:
        screening = session.get_one(Screening, screening_id)
        reschedule_screening(session, screening=screening, time="21:00", now=NOW)

    sale.write(later)
    assert told(sale)[1:] == [("screening.changed", screening_id)]


def test_both_ways_of_a_purchase_tell_the_same_endpoints(
    services: Services, house: House, buyer: Buyer
) -> None:
    """The one statement of PostgreSQL and the sale in a session are told apart by nothing that is stored."""

    def register(session: Session, *events: str) -> WebhookEndpoint:
        return register_endpoint(
            session, url="https://shop.example/", events=events, private_allowed=False, now=NOW
        )

    def register_all(session: Session) -> None:
        register(session, "order.refunded", "screening.sold_out")
        for _ in range(2):
            register(session, "order.paid", "ticket.admitted")
        deactivate_endpoint(session, endpoint=register(session, "order.paid"))

    services.transactions.write(register_all)

    def buy(direct: DirectConnections | None, title: str, time: str, *labels: str) -> None:
        wanted = Purchase(buyer.username, buyer.token, None, DAY, title, time, labels)
        purchase_seats(services.transactions, direct, services.version, purchase=wanted, now=NOW)

    # What is due at the counter is not paid, and told to nobody.
    buy(services.direct, "Café", "20:30", "A1")
    buy(services.direct, "Амели", "18:00", "1", "2")
    buy(None, "Амели", "18:00", "3", "4")
    rows = services.transactions.read(
        lambda s: s.scalars(select(Message).where(Message.channel == "webhook").order_by(Message.id)).all()
    )
    paid = services.transactions.read(
        lambda s: s.scalars(select(Order.id).where(Order.state == "paid").order_by(Order.id)).all()
    )
    assert [row.payload["order_id"] for row in rows] == [paid[0], paid[0], paid[1], paid[1]]
    assert len({row.payload["event_id"] for row in rows}) == 2
    assert all(row.payload.keys() == {"order_id", "event_id"} for row in rows)
    assert all(row.about == f"order:{row.payload['order_id']}" for row in rows)
    own = {"id", "payload", "about", "_sa_instance_state"}
    first, second = (
        [{k: v for k, v in vars(row).items() if k not in own} for row in part]
        for part in (rows[:2], rows[2:])
    )
    assert first == second


def test_what_is_undone_is_told_to_nobody(sale: Sale) -> None:
    order_id = sale.hold("1", screening=sale.house.second_hall)

    def pay_and_fail(session: Session) -> None:
        complete_order(session, order=session.get_one(Order, order_id), actor="free", now=NOW)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        sale.write(pay_and_fail)
    assert told(sale) == []
