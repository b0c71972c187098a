from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order, Ticket
from matinee.db.transaction import Transactions
from matinee.programme.models import Cinema, Film, Hall, Screening, Seat
from tests.outbox.opened import opened_transactions

# Half past seven in the evening in Kyiv.
START = datetime(2027, 3, 12, 17, 30, tzinfo=UTC)
BOUGHT = datetime(2027, 3, 9, 8, 0, tzinfo=UTC)


@dataclass
class Sale:
    """A sale as it is asked for by a test."""

    title: str = "Амелі <3"
    labels: tuple[str, ...] = ("A10", "A2")
    amount: int = 0
    state: str = "paid"
    paid_amount: int = 0
    certificate: str = ""
    address: str = "Хрещатик 1, Kyiv"


@pytest.fixture
def transactions(database_url: str) -> Iterator[Transactions]:
    with opened_transactions(database_url) as opened:
        yield opened


def store_sale(session: Session, sale: Sale) -> int:
    """Store the sale with all that it needs; return the order's id. Tickets get ids after their seats."""
    cinema = Cinema(
        slug="odeon", name="Odeon & Sons", address=sale.address, timezone="Europe/Kyiv", currency="EUR"
    )
    hall = Hall(cinema=cinema, name="Hall 1")
    film = Film(title=sale.title, duration_minutes=122, certificate=sale.certificate)
    session.add_all([cinema, hall, film])
    session.flush()
    screening = Screening(
        cinema_id=cinema.id,
        hall=hall,
        film=film,
        starts_at=START,
        ends_at=START + timedelta(minutes=122),
        day=date(2027, 3, 12),
        time="19:30",
    )
    seats = [
        Seat(hall_id=hall.id, label=label, row=label[0], place=label[1:], x=x, y=0)
        for x, label in enumerate(sale.labels)
    ]
    session.add_all([screening, *seats])
    session.flush()
    order = Order(
        code="K7WQ3MXT9P",
        screening_id=screening.id,
        state=sale.state,
        channel="given",
        seats_asked=len(seats),
        seats_claimed=len(seats),
        total_amount=sale.amount * len(seats),
        paid_amount=sale.paid_amount,
        currency="EUR",
        created_at=BOUGHT,
    )
    session.add(order)
    session.flush()
    session.add_all(
        Ticket(
            id=seat.label.rjust(16, "X"),
            order_id=order.id,
            screening_id=screening.id,
            seat_id=seat.id,
            state="valid",
            amount=sale.amount,
            created_at=BOUGHT,
        )
        for seat in seats
    )
    session.flush()
    return order.id
