"""A small programme and people, made through the models: what most tests of the surfaces and of the sale stand on.

The clock of these tests stands at `NOW`, a Friday noon in Kyiv, so that days and times can be written down.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.accounts.passwords import Passwords
from matinee.accounts.sessions import start_session
from matinee.db.version import announce_change
from matinee.outbox.models import Message
from matinee.programme.models import (
    Cinema,
    Film,
    Hall,
    HouseSeat,
    Price,
    PriceList,
    Screening,
    Seat,
    TicketType,
)

NOW = datetime(2030, 5, 17, 9, 0, tzinfo=UTC)
TODAY = date(2030, 5, 17)
DAY = date(2030, 5, 18)
KYIV = "Europe/Kyiv"
PASSWORD = "mysecretpassword"
NUMBERS = tuple(str(number) for number in range(1, 13))
LETTERED = ("A1", "A2", "A3", "A4", "B1", "B2")
HOUSE_SEAT = "12"
# Prices of the lettered hall in minor units: row A, row B.
PRICE_A, PRICE_B = 15000, 22000

# For tests of values that never reach a database: once is enough.
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

_hashes = Passwords(cheap=True)
PASSWORD_HASH = _hashes.hash(PASSWORD)


@dataclass(frozen=True)
class House:
    """The ids of what `build_house` made. Times are those on the wall in Kyiv."""

    cinema: int
    # "Амели", DAY 18:00 in Hall 1 (12 is a house seat) and in Hall 2: seats 1 to 12, free of charge.
    first_hall: int
    second_hall: int
    # "Café", DAY 20:30 in Hall 10: seats A1 to B2, with prices.
    lettered: int
    # "Амели", TODAY 11:00 in Hall 1: it has begun.
    begun: int
    # "Амели", DAY 21:30 in Hall 2: its sale has ended.
    closed: int
    # "Nosferatu", DAY 19:00 in the second cinema, "lux".
    elsewhere: int


@dataclass(frozen=True)
class Buyer:
    """A user whose address is confirmed, with a session."""

    id: int
    username: str
    token: str


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """The clock of this process stands at `moment`."""
    from matinee.kernel import clock

    with clock.frozen_at(moment):
        yield


def build_house(session: Session) -> House:
    """Two cinemas, four halls, three films, and screenings yesterday, today, tomorrow and after midnight.

    Thousands of tests begin with it: what does not need each other's ids is stored together.
    """
    cinema = Cinema(slug="odeon", name="Одеон", address="Volodymyrska 1, Kyiv", timezone=KYIV, currency="UAH")
    lux = Cinema(slug="lux", name="Lux", address="", timezone=KYIV, currency="UAH")
    amelie = Film(title="Амели", duration_minutes=122, trailer_url="https://example.org/amelie",
                  certificate="16", poster_url="https://example.org/amelie.jpg")  # fmt: skip
    cafe = Film(title="Café", duration_minutes=90)
    nosferatu = Film(title="Nosferatu", duration_minutes=94)
    _store(session, cinema, lux, amelie, cafe, nosferatu)

    # "Hall 10" sorts between the others as text, after them as people count.
    hall_1, hall_2, hall_10 = (
        Hall(cinema_id=cinema.id, name=name) for name in ("Hall 1", "Hall 2", "Hall 10")
    )
    saal = Hall(cinema_id=lux.id, name="Saal")
    adult, child = (
        TicketType(cinema_id=cinema.id, code=name.lower(), name=name) for name in ("Adult", "Child")
    )
    prices = PriceList(cinema_id=cinema.id, name="evening")
    _store(session, hall_1, hall_2, hall_10, saal, adult, child, prices)

    first_hall = _screening(hall_1, amelie, DAY, "18:00")
    second_hall = _screening(hall_2, amelie, DAY, "18:00")
    lettered = _screening(hall_10, cafe, DAY, "20:30", price_list_id=prices.id)
    begun = _screening(hall_1, amelie, TODAY, "11:00")
    closed = _screening(hall_2, amelie, DAY, "21:30", sales_end_at=NOW)
    elsewhere = _screening(saal, nosferatu, DAY, "19:00")
    yesterday = _screening(hall_1, cafe, TODAY - timedelta(days=1), "18:00")
    # On the wall it is the next day already, in UTC it is not.
    after_midnight = _screening(hall_1, cafe, DAY + timedelta(days=1), "00:30")
    _store(
        session,
        *_seats(hall_1, NUMBERS),
        *_seats(hall_2, NUMBERS),
        *_seats(hall_10, LETTERED),
        *_seats(saal, NUMBERS),
        *_prices(prices, adult, child),
        *(first_hall, second_hall, lettered, begun, closed, elsewhere, yesterday, after_midnight),
    )

    session.add(HouseSeat(screening_id=first_hall.id, seat_id=seat_id(session, first_hall.id, HOUSE_SEAT)))
    announce_change(session)
    return House(
        cinema=cinema.id,
        first_hall=first_hall.id,
        second_hall=second_hall.id,
        lettered=lettered.id,
        begun=begun.id,
        closed=closed.id,
        elsewhere=elsewhere.id,
    )


def add_screening(
    session: Session, *, hall: Hall, film: Film, day: date, time: str, **more: Any
) -> Screening:
    """A screening at a day and a time on the cinema's wall."""
    screening = _screening(hall, film, day, time, **more)
    _store(session, screening)
    return screening


def cancel(session: Session, *screening_ids: int) -> None:
    """Mark the screenings as cancelled."""
    session.execute(update(Screening).where(Screening.id.in_(screening_ids)).values(cancelled_at=NOW))
    announce_change(session)


def add_buyer(session: Session, username: str = "user@example.com", *, confirmed: bool = True) -> Buyer:
    """A user with a session that began at `NOW` and lasts for a day."""
    user = User(username=username, password_hash=PASSWORD_HASH, created_at=NOW,
                email_confirmed_at=NOW if confirmed else None)  # fmt: skip
    _store(session, user)
    token, _ = start_session(session, user=user, lifetime=timedelta(hours=24), now=NOW)
    return Buyer(user.id, username, token)


def seat_id(session: Session, screening_id: int, label: str) -> int:
    """The id of the seat with this label in the screening's hall."""
    hall_id = session.get_one(Screening, screening_id).hall_id
    return session.scalars(select(Seat.id).where(Seat.hall_id == hall_id, Seat.label == label)).one()


def count_rows(session: Session, model: type[Any]) -> int:
    """How many rows the table of `model` has."""
    return session.scalar(select(func.count()).select_from(model)) or 0


def mailed_codes(session: Session, kind: str = "confirm_email") -> list[str]:
    """The codes that wait in the outbox, the oldest first."""
    waiting = session.scalars(select(Message).where(Message.kind == kind).order_by(Message.id))
    return [message.payload["code"] for message in waiting]


def mail_kinds(session: Session) -> list[str]:
    """The kinds of the mails that wait, the oldest first."""
    return list(session.scalars(select(Message.kind).order_by(Message.id)))


def _screening(hall: Hall, film: Film, day: date, time: str, **more: Any) -> Screening:
    hour, minute = map(int, time.split(":"))
    zone = ZoneInfo(hall.cinema.timezone)
    starts_at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)
    return Screening(
        cinema_id=hall.cinema_id, hall_id=hall.id, film_id=film.id, day=day, time=time, starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=film.duration_minutes), **more,
    )  # fmt: skip


def _seats(hall: Hall, labels: Iterable[str]) -> Iterator[Seat]:
    for place, label in enumerate(labels):
        row = label[:-1] if label[0].isalpha() else ""
        zone = "sofa" if label[0] == "B" else "standard"
        yield Seat(hall_id=hall.id, label=label, row=row, place=label[-1], x=place, y=0, zone=zone)


def _prices(prices: PriceList, adult: TicketType, child: TicketType) -> Iterator[Price]:
    for zone, kind, amount in (
        ("standard", adult, PRICE_A),
        ("sofa", adult, PRICE_B),
        ("standard", child, 100),
    ):
        yield Price(price_list_id=prices.id, zone=zone, ticket_type_id=kind.id, amount=amount)


def _store(session: Session, *rows: Any) -> None:
    session.add_all(rows)
    session.flush()
