"""The seats of one screening, each with what has become of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import SeatClaim, Ticket
from matinee.door.models import Admission
from matinee.programme.catalogue import find_screening
from matinee.programme.errors import ScreeningNotFound
from matinee.programme.models import Screening, TicketType
from matinee.programme.queries import SeatOfHall, house_seat_reasons, seats_by_hall

# inside: sold, and somebody came in with it. The last three are kept back, and nobody has them.
SeatState = Literal["inside", "sold", "held", "free", "house", "broken", "blocked"]


@dataclass(frozen=True, slots=True)
class SeatNow:
    """A seat, and when somebody came in with its ticket."""

    seat: SeatOfHall
    state: SeatState
    admitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class TypeSum:
    """The valid tickets of one type: how many, and what they cost with their fees, in minor units.

    `name`: None where they have no type.
    """

    name: str | None
    tickets: int
    amount: int


@dataclass(frozen=True, slots=True)
class ScreeningSeats:
    """A screening with film and hall, its seats in natural order, and its tickets by type."""

    screening: Screening
    seats: Sequence[SeatNow]
    types: Sequence[TypeSum]

    def count(self, *states: SeatState) -> int:
        """How many seats are in one of these states."""
        return sum(one.state in states for one in self.seats)


def screening_seats(session: Session, *, cinema_id: int, screening_id: int, now: datetime) -> ScreeningSeats:
    """The seats as they are at `now`; a hold that ran out is free. Raises ScreeningNotFound, also for another cinema's."""
    screening = find_screening(session, screening_id=screening_id)
    if screening.cinema_id != cinema_id:
        raise ScreeningNotFound
    seats = seats_by_hall(session, [screening.hall_id])[screening.hall_id]
    return ScreeningSeats(
        screening=screening,
        seats=list(_seats_now(session, screening_id, seats, now)),
        types=_types(session, screening_id),
    )


def _seats_now(
    session: Session, screening_id: int, seats: Sequence[SeatOfHall], now: datetime
) -> Iterator[SeatNow]:
    claims = _claims(session, screening_id, now)
    inside = _inside(session, screening_id)
    reasons = house_seat_reasons(session, screening_id=screening_id)
    for seat in seats:
        state: SeatState = "free"
        if seat.id in claims:
            state = "held" if not claims[seat.id] else "inside" if seat.id in inside else "sold"
        elif seat.id in reasons:
            state = reasons[seat.id]  # type: ignore[assignment]  # the reasons that a check allows
        yield SeatNow(seat, state, inside.get(seat.id))


def _claims(session: Session, screening_id: int, now: datetime) -> Mapping[int, bool]:
    """Seat id -> whether it is sold, and not held."""
    rows = session.execute(
        select(SeatClaim.seat_id, SeatClaim.expires_at).where(
            SeatClaim.screening_id == screening_id,
            SeatClaim.lasts(now),
        )
    )
    return {seat_id: expires_at is None for seat_id, expires_at in rows}


def _inside(session: Session, screening_id: int) -> Mapping[int, datetime]:
    """Seat id -> when somebody came in with its ticket."""
    # A question for each ticket, and no join: a database might else read the admissions of all times.
    admitted_at = (
        select(Admission.admitted_at)
        .where(Admission.ticket_id == Ticket.id)
        .correlate(Ticket)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Ticket.seat_id, admitted_at).where(
            Ticket.screening_id == screening_id, Ticket.state == "valid"
        )
    )
    return {seat_id: moment for seat_id, moment in rows if moment is not None}


def _types(session: Session, screening_id: int) -> list[TypeSum]:
    rows = session.execute(
        select(TicketType.name, func.count(), func.sum(Ticket.amount + Ticket.fee_amount))
        .select_from(Ticket)
        .outerjoin(TicketType, TicketType.id == Ticket.ticket_type_id)
        .where(Ticket.screening_id == screening_id, Ticket.state == "valid")
        .group_by(TicketType.id, TicketType.name)
        .order_by(TicketType.id)
    )
    return [TypeSum(name, tickets, int(amount)) for name, tickets, amount in rows]
