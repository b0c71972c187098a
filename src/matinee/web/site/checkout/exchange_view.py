"""What an order can be exchanged for, as the page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matinee.boxoffice.availability import Availability, availability_of
from matinee.boxoffice.exchanges import ExchangePlan, plan_exchange
from matinee.boxoffice.models import Order
from matinee.boxoffice.offers import Offer, SeatChoice, offer_of
from matinee.boxoffice.order_details import IssuedTicket, details_of
from matinee.boxoffice.rules import PUBLIC_RULES
from matinee.kernel.natural import natural_key
from matinee.programme.models import Hall, Screening
from matinee.programme.queries import SeatOfHall, is_public

SCREENINGS_MAX = 40


@dataclass(frozen=True, slots=True)
class OtherScreening:
    """A screening of the same film in the same cinema, and how many seats it has."""

    screening: Screening
    availability: Availability


@dataclass(frozen=True, slots=True)
class Exchange:
    """Another screening with the seats that are proposed or chosen there, and what that comes to."""

    offer: Offer
    free: Sequence[SeatOfHall]
    choices: Sequence[SeatChoice]
    plan: ExchangePlan


def other_screenings(session: Session, *, order: Order, now: datetime) -> list[OtherScreening]:
    """The screenings of the order's film in its cinema that are on sale and have a seat for each ticket, in order."""
    own = session.get_one(Screening, order.screening_id)
    found = session.scalars(
        select(Screening)
        .where(
            Screening.film_id == own.film_id,
            Screening.cinema_id == own.cinema_id,
            Screening.id != own.id,
            Screening.starts_at > now,
            is_public(),
        )
        .options(joinedload(Screening.hall).joinedload(Hall.cinema))
        .order_by(Screening.starts_at)
        .limit(SCREENINGS_MAX)
    ).all()
    seats = len(valid_tickets(session, order))
    known = availability_of(session, screenings=found, now=now)
    pairs = [OtherScreening(one, known[one.id]) for one in found]
    return [
        one
        for one in pairs
        if one.availability.state in ("available", "few_left") and one.availability.free >= seats
    ]


def look_at_exchange(
    session: Session, *, order: Order, screening_id: int, labels: Sequence[str], now: datetime
) -> Exchange:
    """What it comes to when the order moves to these seats, or to the best ones where none are named.

    Nothing changes. Raises what `plan_exchange` does, ScreeningNotFound and NotEnoughSeats.
    """
    offer = offer_of(session, screening_id=screening_id, now=now, except_order=order.id)
    tickets = valid_tickets(session, order)
    chosen = choices_for(tickets, list(labels) or _best(offer, len(tickets)))
    plan = plan_exchange(
        session, order=order, screening_id=screening_id, choices=chosen, rules=PUBLIC_RULES, now=now
    )
    free_ids = offer.free_ids()
    free = sorted(
        (seat for seat in offer.seats if seat.id in free_ids), key=lambda seat: natural_key(seat.label)
    )
    return Exchange(offer, free, chosen, plan)


def choices_for(tickets: Sequence[IssuedTicket], labels: Sequence[str]) -> list[SeatChoice]:
    """A seat for each ticket, for the same kind of person."""
    types = [one.ticket_type for one in tickets] + [None] * max(0, len(labels) - len(tickets))
    return [SeatChoice(label, kind) for label, kind in zip(labels, types, strict=False)]


def valid_tickets(session: Session, order: Order) -> list[IssuedTicket]:
    """The order's tickets that let somebody in, by seat."""
    issued = details_of(session, orders=[order])[0].tickets
    return [one for one in issued if one.ticket.state == "valid"]


def _best(offer: Offer, count: int) -> list[str]:
    by_id = {seat.id: seat.label for seat in offer.seats}
    return [by_id[one] for one in offer.best_ids(count, split=True)]
