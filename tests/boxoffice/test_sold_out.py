from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.boxoffice.models import Order
from matinee.boxoffice.refunds import refund_order
from matinee.boxoffice.sales import sell_seats
from matinee.boxoffice.sold_out import announce_sold_out
from matinee.outbox.models import Message, WebhookEndpoint
from matinee.outbox.webhooks.endpoints import register_endpoint
from matinee.programme.models import HouseSeat, Screening
from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import HOUSE_SEAT, LETTERED, NOW, NUMBERS, Buyer, House, seat_id

FOR_SALE = [label for label in NUMBERS if label != HOUSE_SEAT]


@pytest.fixture
def listening(services: Services) -> None:
    def work(session: Session) -> None:
        register_endpoint(session, url="https://shop.example/", events=["screening.sold_out"],
                          private_allowed=False, now=NOW)  # fmt: skip

    services.transactions.write(work)


def sell(services: Services, buyer: Buyer, screening_id: int, labels: Sequence[str]) -> int:
    """Sell the seats; return the order's id."""

    def work(session: Session) -> int:
        tickets = sell_seats(
            session, screening_id=screening_id, labels=labels, buyer=session.get_one(User, buyer.id),
            currency="UAH", channel="v1", now=NOW,
        )  # fmt: skip
        return tickets[0].order_id

    return services.transactions.write(work)


def give_back(services: Services, order_id: int) -> None:
    services.transactions.write(
        lambda session: refund_order(
            session, order=session.get_one(Order, order_id), actor="staff", reason="", now=NOW
        )
    )


def look(services: Services, now: datetime = NOW) -> int:
    return services.transactions.write(lambda session: announce_sold_out(session, now=now))


def announced(services: Services) -> list[int]:
    """The screenings that were announced, the oldest first."""
    rows = services.transactions.read(
        lambda s: s.scalars(
            select(Message).where(Message.kind == "screening.sold_out").order_by(Message.id)
        ).all()
    )
    return [row.payload["screening_id"] for row in rows]


def sold_out_at(services: Services, screening_id: int) -> datetime | None:
    return services.transactions.read(lambda session: session.get_one(Screening, screening_id).sold_out_at)


@pytest.mark.usefixtures("listening")
def test_a_screening_is_announced_once_when_its_last_seat_was_sold(
    services: Services, house: House, buyer: Buyer
) -> None:
    sell(services, buyer, house.first_hall, FOR_SALE[1:])
    sell(services, buyer, house.second_hall, NUMBERS[1:])
    assert look(services) == 0
    # The seat that the house keeps back is not for sale.
    sell(services, buyer, house.first_hall, FOR_SALE[:1])
    assert look(services) == 1
    assert announced(services) == [house.first_hall]
    assert sold_out_at(services, house.first_hall) == NOW
    assert look(services, NOW + timedelta(seconds=5)) == 0
    assert sold_out_at(services, house.first_hall) == NOW


@pytest.mark.usefixtures("listening")
def test_a_screening_is_announced_again_after_a_seat_came_back(
    services: Services, house: House, buyer: Buyer
) -> None:
    order_id = sell(services, buyer, house.second_hall, NUMBERS[:1])
    sell(services, buyer, house.second_hall, NUMBERS[1:])
    assert look(services) == 1
    give_back(services, order_id)
    assert look(services) == 0
    assert sold_out_at(services, house.second_hall) is None
    sell(services, buyer, house.second_hall, NUMBERS[:1])
    assert look(services) == 1
    assert announced(services) == [house.second_hall] * 2


@pytest.mark.usefixtures("listening")
def test_a_seat_that_the_house_gives_back_is_one_that_is_left(
    services: Services, house: House, buyer: Buyer
) -> None:
    sell(services, buyer, house.first_hall, FOR_SALE)
    assert look(services) == 1
    services.transactions.write(lambda session: session.execute(delete(HouseSeat)))
    assert look(services) == 0
    assert sold_out_at(services, house.first_hall) is None
    sell(services, buyer, house.first_hall, [HOUSE_SEAT])
    assert look(services) == 1


@pytest.mark.usefixtures("listening")
def test_held_seats_are_not_sold(services: Services, house: House, buyer: Buyer) -> None:
    sell(services, buyer, house.lettered, LETTERED[1:])
    sale = Sale(services, house, buyer)
    order_id = sale.hold(LETTERED[0])
    assert look(services) == 0
    sale.pay(order_id)
    assert look(services) == 1


@pytest.mark.usefixtures("listening")
@pytest.mark.parametrize("what", ["begun", "cancelled", "without seats for sale"])
def test_some_screenings_are_never_announced(
    services: Services, house: House, buyer: Buyer, what: str
) -> None:
    sell(services, buyer, house.second_hall, NUMBERS)
    values = {"starts_at": NOW} if what == "begun" else {"cancelled_at": NOW}
    mine = Screening.id == house.second_hall

    def keep_all_back(session: Session) -> None:
        # Nobody bought anything: nothing was sold out.
        for label in NUMBERS:
            session.add(HouseSeat(screening_id=house.closed, seat_id=seat_id(session, house.closed, label)))

    if what == "without seats for sale":
        services.transactions.write(keep_all_back)
        assert look(services) == 1
        assert announced(services) == [house.second_hall]
        return
    services.transactions.write(lambda session: session.execute(update(Screening).where(mine).values(values)))
    assert look(services) == 0


def test_nothing_is_looked_at_where_nobody_asks_and_all_is_told_once_somebody_does(
    services: Services, house: House, buyer: Buyer
) -> None:
    sell(services, buyer, house.second_hall, NUMBERS)
    assert look(services) == 0
    assert sold_out_at(services, house.second_hall) is None
    services.transactions.write(
        lambda session: register_endpoint(
            session,
            url="https://shop.example/",
            events=["screening.sold_out"],
            private_allowed=False,
            now=NOW,
        )
    )
    assert look(services) == 1
    services.transactions.write(lambda session: session.execute(update(WebhookEndpoint).values(active=False)))
    assert look(services) == 0


@pytest.mark.usefixtures("listening")
def test_two_workers_announce_a_screening_once(services: Services, house: House, buyer: Buyer) -> None:
    for screening_id in (house.second_hall, house.closed):
        sell(services, buyer, screening_id, NUMBERS)
    at_once = threading.Barrier(4)
    counts: list[int] = []

    def work() -> None:
        at_once.wait(10)
        counts.append(look(services))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 2
    assert sorted(announced(services)) == sorted([house.second_hall, house.closed])
