"""A purchase by name"""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from matinee.accounts.models import User, UserSession
from matinee.boxoffice.errors import NoSeats, SeatNamedTwice, SeatsNotFree, TooManySeats
from matinee.boxoffice.models import Order, OrderEvent, SeatClaim, Ticket
from matinee.boxoffice.purchase_facts import Purchase, Sold
from matinee.boxoffice.purchases import purchase_seats
from matinee.boxoffice.rules import check_seats_asked
from matinee.boxoffice.tickets import find_ticket, tickets_of_user
from matinee.db.errors import DatabaseUnavailable
from matinee.kernel.errors import DomainError
from matinee.outbox.models import Message
from matinee.programme.models import Price
from matinee.web.shared.services import Services
from tests.boxoffice.selling import END, Sale
from tests.building import DAY, LETTERED, NOW, PRICE_A, PRICE_B, Buyer, House, count_rows


@pytest.fixture
def wanted(house: House, buyer: Buyer) -> Purchase:
    return Purchase(
        username=buyer.username,
        token=buyer.token,
        cinema=None,
        day=DAY,
        title="Café",
        time="20:30",
        labels=["B1", "A1"],
    )


def purchase(services: Services, wanted: Purchase, now=NOW) -> list[Sold]:
    return purchase_seats(services.transactions, services.direct, services.version, purchase=wanted, now=now)


def test_the_seats_come_in_the_order_in_which_they_were_asked(services: Services, wanted: Purchase) -> None:
    sold = purchase(services, wanted)
    assert [seat.label for seat in sold] == ["B1", "A1"]

    def check(session: Session) -> None:
        amounts = [session.get_one(Ticket, seat.ticket_id).amount for seat in sold]
        assert amounts == [PRICE_B, PRICE_A]

    services.transactions.read(check)


def test_both_ways_of_selling_leave_the_same_rows(services: Services, wanted: Purchase) -> None:
    """The one statement of PostgreSQL and the sale in a session are told apart by nothing that is stored."""
    purchase(services, wanted)
    purchase_seats(
        services.transactions, None, services.version, purchase=replace(wanted, labels=["A2", "B2"]), now=NOW
    )

    def rows(session: Session) -> list[list[object]]:
        kept = []
        for order in session.scalars(select(Order).order_by(Order.id)):
            tickets = session.scalars(
                select(Ticket).where(Ticket.order_id == order.id).order_by(Ticket.amount)
            )
            claims = session.scalars(select(SeatClaim).where(SeatClaim.order_id == order.id))
            events = session.scalars(select(OrderEvent).where(OrderEvent.order_id == order.id))
            mails = [
                mail for mail in session.scalars(select(Message)) if mail.payload == {"order_id": order.id}
            ]
            assert all(mail.about == f"order:{order.id}" for mail in mails)
            own = {"id", "code", "order_id", "seat_id", "payload", "about", "_sa_instance_state"}
            parts = ([order], tickets, claims, events, mails)
            kept.append(
                [[{k: v for k, v in vars(row).items() if k not in own} for row in part] for part in parts]
            )
        return kept

    first, second = services.transactions.read(rows)
    assert first == second
    assert [len(part) for part in first] == [1, 2, 2, 1, 1]


def test_a_hold_is_not_sold_over_until_it_runs_out(sale: Sale, services: Services, wanted: Purchase) -> None:
    order_id = sale.hold("A1")
    with pytest.raises(SeatsNotFree):
        purchase(services, wanted, now=END - timedelta(microseconds=1))
    assert len(purchase(services, wanted, now=END)) == 2
    assert sale.claimed(order_id) == {}


def test_a_seat_that_should_cost_something_and_has_no_price_is_not_given_away(
    services: Services, wanted: Purchase
) -> None:
    services.transactions.write(
        lambda session: session.execute(delete(Price).where(Price.zone == "standard"))
    )
    for labels in (["A1"], ["B1", "A1"]):
        with pytest.raises(SeatsNotFree):
            purchase(services, replace(wanted, labels=labels))
    assert len(purchase(services, replace(wanted, labels=["B1"]))) == 1


def test_a_purchase_shows_at_once_in_the_version_of_the_data(services: Services, wanted: Purchase) -> None:
    before = services.version.current()
    purchase(services, wanted)
    assert services.version.current() != before


def test_the_halls_are_tried_in_the_order_of_their_names(
    services: Services, wanted: Purchase, house: House
) -> None:
    film = replace(wanted, title="Амели", time="18:00")
    order = []
    for labels in (["1"], ["1", "2"], ["2"], ["3"]):
        sold = purchase(services, replace(film, labels=labels))
        order.append(
            services.transactions.read(lambda s, sold=sold: s.get_one(Ticket, sold[0].ticket_id).screening_id)
        )
    assert order == [house.first_hall, house.second_hall, house.first_hall, house.first_hall]
    with pytest.raises(SeatsNotFree):
        purchase(services, replace(film, labels=["1"]))


def test_a_refusal_leaves_no_row(services: Services, wanted: Purchase) -> None:
    changes = [
        {"username": "nobody@example.com"}, {"token": "x"}, {"cinema": "none"}, {"day": None}, {"title": "x"},
        {"time": "x"}, {"labels": ["Z1"]}, {"labels": ["A1", "Z1"]}, {"cinema": "lux"},
    ]  # fmt: skip
    for change in changes:
        with pytest.raises(DomainError):
            purchase(services, replace(wanted, **change))
    for model in (Order, SeatClaim, Ticket, OrderEvent, Message):
        assert services.transactions.read(lambda session, model=model: count_rows(session, model)) == 0


def test_a_session_ends_for_a_purchase_at_its_very_end(services: Services, wanted: Purchase) -> None:
    services.transactions.write(
        lambda session: session.execute(update(UserSession).values(expires_at=NOW + timedelta(seconds=1)))
    )
    assert purchase(services, wanted)
    with pytest.raises(DomainError):
        purchase(services, replace(wanted, labels=["A2"]), now=NOW + timedelta(seconds=1))


def test_threads_that_want_the_same_seats_get_each_once(
    app: APIFlask, services: Services, wanted: Purchase
) -> None:
    answers: list[str] = []

    def buy_all() -> None:
        with app.app_context():
            for label in LETTERED:
                try:
                    purchase(services, replace(wanted, labels=[label]))
                except SeatsNotFree:
                    answers.append("refused")
                else:
                    answers.append(label)
        if services.direct is not None:
            services.direct.close_mine()

    threads = [threading.Thread(target=buy_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one for one in answers if one != "refused") == sorted(LETTERED)
    assert len(answers) == 4 * len(LETTERED)


# On SQLite the commit itself moves the version.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_version_that_cannot_be_moved_does_not_undo_the_purchase(
    services: Services, wanted: Purchase, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert services.direct is not None

    def lost(statement: str) -> str:
        raise DatabaseUnavailable("lost")

    monkeypatch.setattr(services.direct, "fetch_value", lost)
    assert len(purchase(services, wanted)) == 2


def test_seats_that_no_purchase_may_have() -> None:
    check_seats_asked(["1", "2"], seats_max=2)
    with pytest.raises(NoSeats):
        check_seats_asked([], seats_max=2)
    with pytest.raises(SeatNamedTwice):
        check_seats_asked(["1", "2", "1"], seats_max=5)
    with pytest.raises(TooManySeats, match="at most 2 seats"):
        check_seats_asked(["1", "2", "3"], seats_max=2)


def test_tickets_are_found_by_their_id_and_by_their_owner(
    services: Services, wanted: Purchase, buyer: Buyer
) -> None:
    sold = purchase(services, wanted)

    def check(session: Session) -> None:
        assert find_ticket(session, ticket_id=sold[0].ticket_id).seat.label == "B1"
        own = tickets_of_user(session, user_id=buyer.id)
        assert {ticket.id for ticket in own} == {seat.ticket_id for seat in sold}
        assert tickets_of_user(session, user_id=buyer.id + 1) == []
        assert session.get_one(User, buyer.id).username == buyer.username

    services.transactions.read(check)
