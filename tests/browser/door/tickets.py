"""Tickets that come to the door, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from matinee.boxoffice.checkout import intend_payment
from matinee.boxoffice.holds import BestWish, Holder, HoldTerms, hold_best_seats
from matinee.boxoffice.models import Order, Ticket
from matinee.boxoffice.refunds import refund_tickets
from matinee.boxoffice.settlement import settle_payment
from matinee.db.version import announce_change
from matinee.door.admissions import admit_ticket
from matinee.door.models import Admission, DoorScan
from matinee.kernel import clock
from matinee.programme.models import Screening, Seat
from matinee.tickets.codes import ticket_code
from tests.browser.conftest import Site

TERMS = HoldTerms(lifetime=timedelta(minutes=15), seats_max=10, extensions_max=10)
SEATS_PER_ORDER = 4


@dataclass
class Sold:
    """Paid tickets of one screening."""

    screening: int
    ids: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)


def screenings_soon(site: Site) -> list[int]:
    """Two screenings that begin in an hour, whatever the time is, in the two largest halls that have prices."""
    made: list[int] = site.app.extensions.setdefault("screenings at the door", [])
    if not made:
        made += site.services.transactions.write(_plan)
    return made


def _plan(session: Session) -> list[int]:
    starts_at = clock.now() + timedelta(hours=1)
    seats = select(func.count()).where(Seat.hall_id == Screening.hall_id).scalar_subquery()
    planned = (
        select(Screening).where(Screening.price_list_id.is_not(None)).order_by(seats.desc(), Screening.id)
    )
    halls: dict[int, Screening] = {}
    for like in session.scalars(planned):
        halls.setdefault(like.hall_id, like)
    made = [_like(like, starts_at) for like in list(halls.values())[:2]]
    session.add_all(made)
    session.flush()
    announce_change(session)
    return [screening.id for screening in made]


def _like(screening: Screening, starts_at: datetime) -> Screening:
    wall = starts_at.astimezone(ZoneInfo(screening.hall.cinema.timezone))
    return Screening(
        cinema_id=screening.cinema_id, hall_id=screening.hall_id, film_id=screening.film_id,
        day=wall.date(), time=f"{wall:%H:%M}",
        starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), price_list_id=screening.price_list_id,
    )  # fmt: skip


def sell(site: Site, screening: int, count: int) -> Sold:
    """Sell so many tickets, four to an order."""
    sold = Sold(screening)
    while len(sold.ids) < count:
        seats = min(SEATS_PER_ORDER, count - len(sold.ids))
        site.services.transactions.write(lambda session, seats=seats: _buy(session, site, sold, seats))  # type: ignore[misc]
    return sold


def _buy(session: Session, site: Site, sold: Sold, seats: int) -> None:
    now = clock.now()
    wish = BestWish([None] * seats, split=True)
    holder = Holder(channel="site", secret="s3cret")
    order = hold_best_seats(
        session, screening_id=sold.screening, wish=wish, holder=holder, terms=TERMS, now=now
    ).order
    order.contact_email = "anna@example.org"
    payment = intend_payment(session, order=order, provider="demo", lifetime=TERMS.lifetime, now=now)
    settle_payment(session, public_id=payment.public_id, now=now)
    tickets = session.scalars(
        select(Ticket)
        .where(Ticket.order_id == order.id)
        .options(joinedload(Ticket.seat))
        .order_by(Ticket.seat_id)
    ).all()
    sold.ids += [ticket.id for ticket in tickets]
    # Drawn outside of this transaction, as always: the first one makes the key.
    sold.codes += [ticket_code(site.url, ticket, seal=site.services.seal) for ticket in tickets]


def admitted(site: Site) -> list[str]:
    """The tickets that are in, in their order."""
    wanted = select(Admission.ticket_id).order_by(Admission.ticket_id)
    return list(site.services.transactions.read(lambda session: session.scalars(wanted).all()))


def told_scans(site: Site) -> list[DoorScan]:
    """What the server was told, in the order in which it was."""
    wanted = select(DoorScan).order_by(DoorScan.id)
    return list(site.services.transactions.read(lambda session: session.scalars(wanted).all()))


def order_of(site: Site, ticket_id: str) -> int:
    """The id of its order."""
    return site.services.transactions.read(lambda session: session.get_one(Ticket, ticket_id).order_id)


def refund(site: Site, ticket_id: str) -> None:
    def work(session: Session) -> None:
        order = session.get_one(Order, session.get_one(Ticket, ticket_id).order_id)
        refund_tickets(
            session,
            order=order, ticket_ids=[ticket_id], actor="anna", reason="ill", now=clock.now(),
        )  # fmt: skip

    site.services.transactions.write(work)


def let_in_elsewhere(site: Site, ticket_id: str) -> None:
    def work(session: Session) -> None:
        admission = admit_ticket(session, ticket_id=ticket_id, by="boris", now=clock.now())
        admission.door = "South"

    site.services.transactions.write(work)
