"""What an offer consists of beside the screening itself and who has which seat: no claim changes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from matinee.programme.models import Cinema, Film, Hall, Price, Screening, TicketType
from matinee.programme.queries import SeatOfHall, seats_by_hall


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The film of a screening, where it is shown, and what its seats cost."""

    film: Film
    hall: Hall
    cinema: Cinema
    # In natural order of their labels.
    seats: Sequence[SeatOfHall]
    # Ids and codes of the cinema's ticket types, the first type at the front.
    ticket_types: Sequence[tuple[int, str]]
    price_list_id: int | None
    # In minor units, by zone and ticket type; empty without a price list.
    amounts: Mapping[tuple[str, int], int]

    def are_of(self, screening: Screening) -> bool:
        """Whether the screening has that film, hall and price list still."""
        return (self.film.id, self.hall.id, self.price_list_id) == (
            screening.film_id,
            screening.hall_id,
            screening.price_list_id,
        )


def surroundings_of(
    session: Session, *, screening: Screening, seats: Sequence[SeatOfHall] | None = None
) -> Surroundings:
    """As they are now. `seats`: those of its hall, where they were read a moment ago."""
    film, hall, cinema = session.execute(
        select(Film, Hall, Cinema)
        .select_from(Film)
        .join(Hall, Hall.id == screening.hall_id)
        .join(Cinema, Cinema.id == screening.cinema_id)
        .where(Film.id == screening.film_id)
    ).one()
    priced = session.execute(
        select(TicketType.id, TicketType.code, Price.zone, Price.amount)
        .outerjoin(
            Price,
            and_(Price.ticket_type_id == TicketType.id, Price.price_list_id == screening.price_list_id),
        )
        .where(TicketType.cinema_id == screening.cinema_id)
        .order_by(TicketType.id)
    ).all()
    return Surroundings(
        film=film,
        hall=hall,
        cinema=cinema,
        seats=seats if seats is not None else seats_by_hall(session, [screening.hall_id])[screening.hall_id],
        ticket_types=list({row.id: (row.id, row.code) for row in priced}.values()),
        price_list_id=screening.price_list_id,
        amounts={(row.zone, row.id): row.amount for row in priced if row.amount is not None},
    )
