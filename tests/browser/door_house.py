"""A screening that begins soon, with tickets in each state that a door may meet; and cameras that see their codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import segno
from PIL import Image
from playwright.sync_api import Page
from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from matinee.accounts.models import User
from matinee.boxoffice.models import Order, Ticket
from matinee.boxoffice.refunds import refund_order
from matinee.boxoffice.sales import sell_seats
from matinee.db.version import announce_change
from matinee.kernel import clock
from matinee.programme.models import Cinema, Film, Hall, PriceList, Screening, Seat, TicketType
from matinee.tickets.codes import ticket_code
from matinee.web.shared.services import Services

BUYER = "anna@example.org"
ROW_LENGTH = 20
# Chromium plays a file of JPEG pictures as a camera that takes thirty a second, again and again.
PICTURES_PER_SECOND = 30
WIDTH, HEIGHT = 640, 480
KEYS = """code => {
  for (const key of [...code, "Enter"]) {
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  }
}"""


@dataclass(frozen=True)
class DoorHouse:
    """What there is at the door. Codes are those of the QR pictures; `codes` are valid, the first four of one order."""

    screening: int
    other_screening: int
    codes: list[str]
    due: str
    refunded: str
    elsewhere: str

    @staticmethod
    def id_of(code: str) -> str:
        """The ticket's id in its code."""
        return code.partition("?")[0].rpartition("/")[2]


def furnish_door(services: Services, *, base_url: str, seats: int = 20) -> DoorHouse:
    """Sell `seats` seats of a screening that begins in twenty minutes, and some more that do not let in."""

    def work(session: Session) -> tuple[int, int, list[str], str, str, str]:
        now = clock.now()
        here = _screening(session, "Roof", seats=seats + 2, now=now)
        there = _screening(session, "Cellar", seats=ROW_LENGTH, now=now)
        buyer = session.scalars(select(User).where(User.username == BUYER)).one_or_none() or User(
            username=BUYER, password_hash="", created_at=now, email_confirmed_at=now
        )
        session.add(buyer)
        session.flush()
        labels = _labels(seats + 2)
        sold = [
            ticket
            for party in [labels[:4], *([label] for label in labels[4:seats])]
            for ticket in _sell(session, here, party, buyer, now)
        ]
        (due,) = _sell(session, here, labels[seats : seats + 1], buyer, now, is_paid=False)
        (refunded,) = _sell(session, here, labels[seats + 1 :], buyer, now, is_paid=False)
        order = session.scalars(
            select(Order).join(Ticket, Ticket.order_id == Order.id).where(Ticket.id == refunded)
        ).one()
        refund_order(session, order=order, actor="counter", reason="ill", now=now)
        (elsewhere,) = _sell(session, there, ["A7"], buyer, now)
        return here, there, sold, due, refunded, elsewhere

    here, there, sold, *others = services.transactions.write(work)
    codes = _codes(services, [*sold, *others], base_url)
    return DoorHouse(here, there, [codes[ticket] for ticket in sold], *(codes[ticket] for ticket in others))


def _screening(session: Session, hall_name: str, *, seats: int, now: datetime) -> int:
    announce_change(session)
    cinema = session.scalars(select(Cinema).order_by(Cinema.id)).first()
    film = session.scalars(select(Film).order_by(Film.id)).first()
    assert cinema
    assert film
    hall = Hall(cinema_id=cinema.id, name=hall_name)
    session.add(hall)
    session.flush()
    session.add_all(
        Seat(hall_id=hall.id, label=label, row=label[0], place=label[1:], x=int(label[1:]), y=ord(label[0]) - ord("A"))
        for label in _labels(seats)
    )  # fmt: skip
    prices = session.scalars(select(PriceList.id).where(PriceList.cinema_id == cinema.id)).first()
    screening = Screening(
        cinema_id=cinema.id, hall_id=hall.id, film_id=film.id, starts_at=now + timedelta(minutes=20),
        ends_at=now + timedelta(hours=2), time="00:00", price_list_id=prices,
        day=now.astimezone(ZoneInfo(cinema.timezone)).date(),
    )  # fmt: skip
    session.add(screening)
    session.flush()
    return screening.id


def _labels(count: int) -> list[str]:
    return [f"{chr(ord('A') + number // ROW_LENGTH)}{number % ROW_LENGTH + 1}" for number in range(count)]


def _sell(
    session: Session, screening: int, labels: Sequence[str], buyer: User, now: datetime, *, is_paid: bool = True
) -> list[str]:  # fmt: skip
    tickets = sell_seats(
        session, screening_id=screening, labels=labels, buyer=buyer, currency="EUR", channel="v1", now=now
    )  # fmt: skip
    # The oldest way of selling knows no types.
    of_cinema = select(TicketType.id).join(Screening, Screening.cinema_id == TicketType.cinema_id)
    kind = session.scalars(of_cinema.where(Screening.id == screening).order_by(TicketType.id)).first()
    session.execute(update(Ticket).where(Ticket.order_id == tickets[0].order_id).values(ticket_type_id=kind))
    if is_paid:
        paid = update(Order).where(Order.id == tickets[0].order_id)
        session.execute(paid.values(state="paid", paid_amount=Order.total_amount))
    return [ticket.id for ticket in tickets]


def _codes(services: Services, ids: Iterable[str], base_url: str) -> dict[str, str]:
    def work(session: Session) -> dict[str, str]:
        tickets = session.scalars(select(Ticket).where(Ticket.id.in_(ids)).options(joinedload(Ticket.seat)))
        return {ticket.id: ticket_code(base_url, ticket, seal=services.seal) for ticket in tickets}

    return services.transactions.read(work)


def scan(page: Page, code: str) -> None:
    """As a hand scanner does, however slowly a busy machine types."""
    page.evaluate(KEYS, code)


def write_camera(
    path: Path, codes: Iterable[str], *, seconds: float = 1.0, blank_seconds: float = 0.3
) -> None:
    """What a camera sees: each code for so long, as a phone held at a slant, and between them a foyer."""
    blank = _jpeg(Image.new("RGB", (WIDTH, HEIGHT), (58, 50, 60))) * round(
        blank_seconds * PICTURES_PER_SECOND
    )
    with path.open("wb") as written:
        for number, code in enumerate(codes):
            written.write(_jpeg(_held_up(code, number)) * round(seconds * PICTURES_PER_SECOND))
            written.write(blank)
        written.write(blank)


def _held_up(code: str, number: int) -> Image.Image:
    drawn = BytesIO()
    segno.make(code, error="m", micro=False).save(drawn, kind="png", scale=5, border=4)
    picture = Image.new("RGB", (WIDTH, HEIGHT), (58, 50, 60))
    ticket = Image.open(drawn).convert("RGBA")
    ticket = ticket.rotate((number * 7) % 30 - 15, expand=True, resample=Image.Resampling.BICUBIC)
    ticket.thumbnail((WIDTH * 4 // 5, HEIGHT * 19 // 20))
    picture.paste(ticket, ((WIDTH - ticket.width) // 2, (HEIGHT - ticket.height) // 2), ticket)
    return picture


def _jpeg(picture: Image.Image) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()
