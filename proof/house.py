"""The cinema of the scenarios: a hall, many screenings, and clerks who buy; put straight into the database."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.accounts.roles import grant_role
from matinee.accounts.sessions import start_session
from matinee.kernel import clock
from matinee.programme.models import Cinema, Film, Hall, Price, PriceList, Screening, Seat, TicketType
from tests.race.ledger import opened

PRICE = 1250
SESSION_LIFETIME = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Showing:
    """A screening. A priced one is held and paid for, one that costs nothing is bought at once by the API as given."""

    id: int
    priced: bool
    # As the API as given names it.
    date: str
    time: str
    title: str


@dataclass(frozen=True, slots=True)
class House:
    """What buyers need to know. People: name and token; they may take money and give it back."""

    labels: list[str]
    showings: list[Showing]
    people: list[tuple[str, str]]

    def to_json(self) -> dict[str, Any]:
        """For the processes of the buyers."""
        return asdict(self)

    @property
    def priced(self) -> list[Showing]:
        """The screenings that are held and paid for."""
        return [showing for showing in self.showings if showing.priced]


def build_house(url: str, *, screenings: int, seats: int, people: int, all_priced: bool = False) -> House:
    """Screenings on as many days from tomorrow on, by turns with a price and without."""
    now = clock.now()
    with opened(url) as session:
        # Any choice of seats is allowed, so that what is refused was not free.
        cinema = Cinema(slug="odeon", name="Odeon", timezone="UTC", currency="EUR", orphan_rule=False)
        film = Film(title="Nosferatu", duration_minutes=94)
        session.add_all([cinema, film])
        session.flush()
        hall = Hall(cinema_id=cinema.id, name="Hall 1")
        session.add(hall)
        session.flush()
        labels = [str(number) for number in range(1, seats + 1)]
        session.add_all(
            Seat(hall_id=hall.id, label=label, row="", place=label, x=int(label), y=0) for label in labels
        )
        prices = _prices(session, cinema)
        starts = (now + timedelta(days=3)).replace(hour=18, minute=0, second=0, microsecond=0)
        rows = [
            _screening(
                hall, film, starts + timedelta(days=n), prices.id if all_priced or n % 2 == 0 else None
            )
            for n in range(screenings)
        ]
        session.add_all(rows)
        session.flush()
        showings = [
            Showing(row.id, row.price_list_id is not None, row.day.isoformat(), row.time, film.title)
            for row in rows
        ]
        return House(labels, showings, [_person(session, number, now) for number in range(people)])


def _prices(session: Session, cinema: Cinema) -> PriceList:
    kind = TicketType(cinema_id=cinema.id, code="adult", name="Adult")
    prices = PriceList(cinema_id=cinema.id, name="all")
    session.add_all([kind, prices])
    session.flush()
    session.add(Price(price_list_id=prices.id, zone="standard", ticket_type_id=kind.id, amount=PRICE))
    return prices


def _screening(hall: Hall, film: Film, starts_at: datetime, price_list_id: int | None) -> Screening:
    return Screening(
        cinema_id=hall.cinema_id, hall_id=hall.id, film_id=film.id, starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=film.duration_minutes), day=starts_at.date(), time="18:00",
        price_list_id=price_list_id,
    )  # fmt: skip


def _person(session: Session, number: int, now: datetime) -> tuple[str, str]:
    user = User(
        username=f"clerk{number}@example.org", password_hash="", created_at=now, email_confirmed_at=now
    )
    session.add(user)
    session.flush()
    grant_role(session, user=user, role="counter")
    token, _ = start_session(session, user=user, lifetime=SESSION_LIFETIME, now=now)
    return user.username, token
