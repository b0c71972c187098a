"""What the seats of a screening cost, for whoever shows it: every zone of its hall, every ticket type that is sold."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.kernel.natural import natural_key
from matinee.programme.models import STANDARD_ZONE, Screening, Seat
from matinee.programme.prices import amounts_by_zone_and_type, price_for
from matinee.programme.ticket_types import DEFAULT_TICKET_TYPE, ticket_types_of


@dataclass(frozen=True, slots=True)
class ZonePrice:
    """What one zone costs for one ticket type, in minor units of the cinema's currency.

    `ticket_type_id` is None for the ticket type that a cinema without any is taken to have.
    """

    zone: str
    ticket_type_id: int | None
    ticket_type_code: str
    ticket_type_name: str
    amount: int


def prices_of_screening(session: Session, *, screening: Screening) -> list[ZonePrice]:
    """The price of every zone of the hall for each ticket type that the price list sells; the zone "standard" first.

    A zone without an amount of its own costs what "standard" does. Without a price list all is 0, for the cinema's first
    ticket type, or "adult" where the cinema has none.
    """
    zones = sorted(
        session.scalars(select(Seat.zone).where(Seat.hall_id == screening.hall_id).distinct()),
        key=lambda zone: (zone != STANDARD_ZONE, natural_key(zone)),
    )
    types = ticket_types_of(session, cinema_id=screening.cinema_id)
    if screening.price_list_id is None:
        if not types:
            name = DEFAULT_TICKET_TYPE.capitalize()
            return [ZonePrice(zone, None, DEFAULT_TICKET_TYPE, name, 0) for zone in zones]
        return [ZonePrice(zone, types[0].id, types[0].code, types[0].name, 0) for zone in zones]
    amounts = amounts_by_zone_and_type(session, price_list_id=screening.price_list_id)
    return [
        ZonePrice(zone, each.id, each.code, each.name, amount)
        for zone in zones
        for each in types
        if (amount := price_for(amounts, zone, each.id)) is not None
    ]
