"""What a screening has to offer to a buyer: which seats there are, which are free, and what each costs by ticket type."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Result, null, select, union_all
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import SalesClosed, SeatsNotFree, TicketTypeNotSold
from matinee.boxoffice.locks import join_buyers
from matinee.boxoffice.models import SeatClaim
from matinee.boxoffice.seating.best import best_available
from matinee.boxoffice.surroundings import Surroundings, surroundings_of
from matinee.programme.models import Cinema, Hall, HouseSeat, Screening
from matinee.programme.prices import price_for
from matinee.programme.queries import SeatOfHall


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
    around: Surroundings
    house_ids: frozenset[int]
    claimed_ids: frozenset[int]
    # Of the house's: those that are broken, which nobody sells.
    broken_ids: frozenset[int] = frozenset()

    @property
    def cinema(self) -> Cinema:
        """Where it is shown."""
        return self.around.cinema

    @property
    def hall(self) -> Hall:
        """In which it is shown."""
        return self.around.hall

    @property
    def seats(self) -> Sequence[SeatOfHall]:
        """Those of the hall, taken or not, in natural order of their labels."""
        return self.around.seats

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


def offer_of(
    session: Session,
    *,
    screening_id: int,
    now: datetime,
    except_order: int | None = None,
    known: Surroundings | None = None,
) -> Offer:
    """The screening as it is on offer. `except_order`: the seats of this order count as free.

    `known`: what was read of its surroundings a moment ago. What is claimed then must be claimed `as_told`.
    Until the transaction ends nobody moves or cancels the screening. Raises ScreeningNotFound.
    """
    screening = join_buyers(session, screening_id=screening_id)
    return offer_now(session, screening=screening, now=now, except_order=except_order, known=known)


def offer_now(
    session: Session,
    *,
    screening: Screening,
    now: datetime,
    except_order: int | None = None,
    known: Surroundings | None = None,
) -> Offer:
    """As `offer_of`, for looking alone: nobody is kept from moving the screening."""
    if known is None or not known.are_of(screening):
        known = surroundings_of(session, screening=screening)
    claimed, kept_back = _not_free(session, screening, now=now, except_order=except_order)
    return Offer(
        screening=screening,
        around=known,
        house_ids=frozenset(kept_back),
        claimed_ids=frozenset(claimed),
        broken_ids=frozenset(seat_id for seat_id, reason in kept_back.items() if reason == "broken"),
    )


def _not_free(
    session: Session, screening: Screening, *, now: datetime, except_order: int | None
) -> tuple[set[int], dict[int, str]]:
    """The ids of the seats that are sold or held at `now`; and of those that the house keeps back, with the reason."""
    taken = select(SeatClaim.seat_id, null().label("reason")).where(
        SeatClaim.screening_id == screening.id,
        SeatClaim.lasts(now),
    )
    if except_order is not None:
        taken = taken.where(SeatClaim.order_id != except_order)
    kept_back = select(HouseSeat.seat_id, HouseSeat.reason).where(HouseSeat.screening_id == screening.id)
    claimed: set[int] = set()
    reasons: dict[int, str] = {}
    found: Result[int, str | None] = session.execute(union_all(taken, kept_back))
    for seat_id, reason in found:
        if reason is None:
            claimed.add(seat_id)
        else:
            reasons[seat_id] = reason
    return claimed, reasons


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
    offer: Offer, seats: Sequence[SeatOfHall], ticket_types: Sequence[str | None]
) -> list[PricedSeat]:
    """What each seat costs for its ticket type. Raises TicketTypeNotSold."""
    around = offer.around
    by_code: dict[str | None, int] = {code: type_id for type_id, code in around.ticket_types}
    if around.ticket_types:
        by_code[None] = around.ticket_types[0][0]
    priced = []
    for seat, code in zip(seats, ticket_types, strict=True):
        type_id = by_code.get(code)
        if type_id is None and code is not None:
            raise TicketTypeNotSold(f"There is no ticket type {code[:40]!r} here.")
        # Without a price list the screening is free of charge, for everybody.
        amount = 0 if around.price_list_id is None else price_for(around.amounts, seat.zone, type_id)
        if amount is None:
            raise TicketTypeNotSold(f"{seat.label}: no price for {code or 'this ticket type'} here.")
        priced.append(PricedSeat(seat, type_id, amount))
    return priced
