"""What is committed in the database, and whether it fits together; and the house of these tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import create_engine, func, select, text
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.accounts.sessions import start_session
from matinee.boxoffice.models import Order, OrderEvent, SeatClaim, Ticket
from matinee.db.engine import database_url as read_address
from matinee.db.engine import prepare_engine
from matinee.kernel import clock
from matinee.outbox.models import Message
from matinee.programme.models import Cinema, Film, Hall, Screening, Seat
from tests.race.crowd import IN_DOUBT, Answer


@dataclass(frozen=True)
class House:
    """One screening, as a buyer names it, and people who are signed in: name and token."""

    screening: dict[str, str]
    people: list[tuple[str, str]]


@dataclass(frozen=True)
class Sales:
    """What was sold: ticket id -> label of the seat; order id -> its ticket ids; order id -> its buyer."""

    tickets: dict[str, str]
    orders: dict[int, list[str]]
    buyers: dict[int, str]


@contextmanager
def opened(url: str) -> Iterator[Session]:
    """A session of this process on the database, committed at the end."""
    engine = create_engine(read_address(url))
    prepare_engine(engine)
    try:
        with Session(engine) as session:
            yield session
            session.commit()
    finally:
        engine.dispose()


def build_house(url: str, *, seats: int, people: int) -> House:
    """A hall with seats 1, 2, ..., a screening tomorrow, and people with sessions, put straight into the database."""
    now = clock.now()
    starts_at = (now + timedelta(days=1)).replace(hour=18, minute=0, second=0, microsecond=0)
    with opened(url) as session:
        cinema = Cinema(slug="odeon", name="Odeon", timezone="UTC", currency="EUR")
        session.add(cinema)
        session.flush()
        hall, film = Hall(cinema_id=cinema.id, name="Hall 1"), Film(title="Nosferatu", duration_minutes=94)
        session.add_all([hall, film])
        session.flush()
        session.add_all(
            Seat(hall_id=hall.id, label=str(number), row="", place=str(number), x=number, y=0)
            for number in range(1, seats + 1)
        )
        session.add(
            Screening(
                cinema_id=cinema.id, hall_id=hall.id, film_id=film.id, starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=94), day=starts_at.date(), time="18:00",
            )
        )  # fmt: skip
        signed_in = []
        for number in range(people):
            user = User(username=f"buyer{number}@example.org", password_hash="", created_at=now,
                        email_confirmed_at=now)  # fmt: skip
            session.add(user)
            session.flush()
            token, _ = start_session(session, user=user, lifetime=timedelta(hours=1), now=now)
            signed_in.append((user.username, token))
    return House({"date": starts_at.date().isoformat(), "title": "Nosferatu", "time": "18:00"}, signed_in)


def count_tickets(url: str) -> int:
    """How many tickets are committed."""
    with opened(url) as session:
        return session.scalar(select(func.count()).select_from(Ticket)) or 0


def read_sales(url: str) -> Sales:
    """What is committed; every part of a sale is there, or nothing of it."""
    with opened(url) as session:
        if session.get_bind().dialect.name == "sqlite":
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"
            assert session.execute(text("PRAGMA foreign_key_check")).all() == []
        tickets = session.execute(
            select(Ticket.id, Ticket.order_id, Ticket.seat_id, Ticket.state, Seat.label).join(
                Seat, Ticket.seat_id == Seat.id
            )
        ).all()
        orders = {order.id: order for order in session.scalars(select(Order))}
        buyers = dict(session.execute(select(User.id, User.username)).all())
        claims = session.execute(select(SeatClaim.seat_id, SeatClaim.order_id, SeatClaim.expires_at)).all()
        events = session.execute(
            select(OrderEvent.order_id, OrderEvent.from_state, OrderEvent.to_state)
        ).all()
        mails = session.scalars(select(Message)).all()
        by_order: dict[int, list[str]] = {order_id: [] for order_id in orders}
        for ticket in tickets:
            assert ticket.state == "valid"
            by_order[ticket.order_id].append(ticket.id)
        for order_id, order in orders.items():
            count = len(by_order[order_id])
            assert (order.state, order.seats_asked, order.seats_claimed) == ("paid", count, count)
        assert sorted((each.seat_id, each.order_id) for each in tickets) == sorted(
            (each.seat_id, each.order_id) for each in claims
        )
        assert {each.expires_at for each in claims} <= {None}
        assert sorted(events) == sorted((order_id, None, "paid") for order_id in orders)
        # A mail that was sent has no payload any more, so the mails are held against the orders by buyer as well.
        assert {each.kind for each in mails} <= {"tickets"}
        told = Counter(each.payload["order_id"] for each in mails if each.sent_at is None)
        assert set(told.values()) <= {1}
        assert set(told) <= set(orders)
        sold_to = {order_id: buyers[order.user_id] for order_id, order in orders.items() if order.user_id}
        assert Counter(each.recipient for each in mails) == Counter(sold_to.values())
        return Sales({each.id: each.label for each in tickets}, by_order, sold_to)


def check_answers(answers: list[Answer], sales: Sales) -> None:
    """Everything that was acknowledged is stored as it was told, and nothing is stored that nobody asked for."""
    unknown: set[tuple[str, frozenset[str]]] = set()
    acknowledged: dict[str, str] = {}
    for answer in answers:
        if answer.status == 200:
            assert sorted(answer.tickets) == sorted(answer.labels)
            acknowledged |= {ticket: label for label, ticket in answer.tickets.items()}
        elif answer.status in IN_DOUBT:
            unknown.add((answer.username, frozenset(answer.labels)))
    assert len(set(acknowledged.values())) == len(acknowledged), "a seat was sold twice"
    assert acknowledged.items() <= sales.tickets.items(), "a ticket that was acknowledged is lost"
    for order_id, ticket_ids in sales.orders.items():
        if not set(ticket_ids) <= set(acknowledged):
            seats = frozenset(sales.tickets[ticket_id] for ticket_id in ticket_ids)
            assert (sales.buyers[order_id], seats) in unknown, "sold, and nobody was told"
