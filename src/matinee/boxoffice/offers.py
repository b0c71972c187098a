"""What a screening has to offer to a buyer: which seats there are, which are free, and what each costs by ticket type."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import SalesClosed, SeatsNotFree, TicketTypeNotSold
from matinee.boxoffice.locks import join_buyers
from matinee.boxoffice.queries import claimed_seats
from matinee.boxoffice.seating.best import best_available
from matinee.programme.models import Cinema, Hall, Screening, TicketType
from matinee.programme.prices import amounts_by_zone_and_type, price_for
from matinee.programme.queries import SeatOfHall, house_seat_reasons, seats_by_hall


@dataclass(frozen=True, slots=True)
class SeatChoice:
    """A seat that somebody asks for, by its label, and who it is for (None: the cinema's first ticket type)."""

    label: str
    ticket_type: str | None = None


@dataclass(frozen=True, slots=True)
class PricedSeat:
    """A chosen seat with its ticket type and its price in minor units."""

    seat: SeatOfHall
    ticket_type_id: int | None
    amount: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A screening with its seats, and which of them are free at this moment."""

    screening: Screening
    cinema: Cinema
    hall: Hall
    seats: Sequence[SeatOfHall]
    house_ids: frozenset[int]
    claimed_ids: frozenset[int]
    # Of the house's: those that are broken, which nobody sells.
    broken_ids: frozenset[int] = frozenset()

    def free_ids(self) -> set[int]:
        """The seats that the public can have now."""
        return {seat.id for seat in self.seats} - self.house_ids - self.claimed_ids

    def minutes_before(self, minutes: int) -> datetime:
        """The moment so many minutes before the start."""
        return self.screening.starts_at - timedelta(minutes=minutes)

    def best_ids(
        self, count: int, *, zone: str | None = None, split: bool = False, without: Collection[int] = ()
    ) -> list[int]:
        """The ids of the best free seats for so many people; an empty list where there are none.

        `without`: seats that are left out.
        """
        focal = None
        if self.hall.focal_x is not None and self.hall.focal_y is not None:
            focal = (self.hall.focal_x, self.hall.focal_y)
        free = self.free_ids().difference(without)
        return best_available(self.seats, free, count=count, focal=focal, zone=zone, split=split)

    def is_selling_out(self) -> bool:
        """Whether so many of the seats for sale are taken that the cinema calls it selling out."""
        sellable = {seat.id for seat in self.seats} - self.house_ids
        taken = len(sellable & self.claimed_ids)
        return taken * 100 >= len(sellable) * self.cinema.selling_out_percent


def is_on_sale(screening: Screening, *, now: datetime, late_minutes: int = 0) -> bool:
    """Whether the screening can be bought: published, not begun, not closed, not cancelled.

    `late_minutes`: it may have begun so long ago, but not be over.
    """
    closed = screening.sales_end_at is not None and screening.sales_end_at <= now
    end = min(screening.starts_at + timedelta(minutes=late_minutes), screening.ends_at)
    return not screening.draft and screening.cancelled_at is None and end > now and not closed


def offer_of(session: Session, *, screening_id: int, now: datetime, except_order: int | None = None) -> Offer:
    """The screening as it is on offer. `except_order`: the seats of this order count as free.

    Until the transaction ends nobody moves or cancels the screening. Raises ScreeningNotFound.
    """
    screening = join_buyers(session, screening_id=screening_id)
    return offer_now(session, screening=screening, now=now, except_order=except_order)


def offer_now(
    session: Session, *, screening: Screening, now: datetime, except_order: int | None = None
) -> Offer:
    """As `offer_of`, for looking alone: nobody is kept from moving the screening."""
    screening_id = screening.id
    claimed = claimed_seats(session, screening_ids=[screening_id], now=now, except_order=except_order)
    kept_back = house_seat_reasons(session, screening_id=screening_id)
    return Offer(
        screening=screening,
        cinema=session.get_one(Cinema, screening.cinema_id),
        hall=session.get_one(Hall, screening.hall_id),
        seats=seats_by_hall(session, [screening.hall_id])[screening.hall_id],
        house_ids=frozenset(kept_back),
        claimed_ids=frozenset(claimed[screening_id]),
        broken_ids=frozenset(seat_id for seat_id, reason in kept_back.items() if reason == "broken"),
    )


def require_on_sale(offer: Offer, *, now: datetime, late_minutes: int = 0) -> None:
    """Raise SalesClosed where the screening cannot be bought any more; see `is_on_sale`."""
    if not is_on_sale(offer.screening, now=now, late_minutes=late_minutes):
        raise SalesClosed


def chosen_seats(offer: Offer, labels: Sequence[str], *, house_seats_too: bool) -> list[SeatOfHall]:
    """The seats with these labels, in this order, whether claimed or not.

    Raises SeatsNotFree for labels that the hall does not have, for broken seats, and for house seats unless they may be
    sold.
    """
    by_label = {seat.label: seat for seat in offer.seats}
    kept_back = offer.broken_ids if house_seats_too else offer.house_ids
    missing = [label for label in labels if label not in by_label or by_label[label].id in kept_back]
    if missing:
        raise SeatsNotFree(missing)
    return [by_label[label] for label in labels]


def price_seats(
    session: Session, offer: Offer, seats: Sequence[SeatOfHall], ticket_types: Sequence[str | None]
) -> list[PricedSeat]:
    """What each seat costs for its ticket type. Raises TicketTypeNotSold."""
    types = session.scalars(
        select(TicketType).where(TicketType.cinema_id == offer.cinema.id).order_by(TicketType.id)
    ).all()
    by_code: dict[str | None, int] = {one.code: one.id for one in types}
    if types:
        by_code[None] = types[0].id
    list_id = offer.screening.price_list_id
    amounts = amounts_by_zone_and_type(session, price_list_id=list_id) if list_id is not None else {}
    priced = []
    for seat, code in zip(seats, ticket_types, strict=True):
        type_id = by_code.get(code)
        if type_id is None and code is not None:
            raise TicketTypeNotSold(f"There is no ticket type {code[:40]!r} here.")
        # Without a price list the screening is free of charge, for everybody.
        amount = 0 if list_id is None else price_for(amounts, seat.zone, type_id)
        if amount is None:
            raise TicketTypeNotSold(f"{seat.label}: no price for {code or 'this ticket type'} here.")
        priced.append(PricedSeat(seat, type_id, amount))
    return priced
