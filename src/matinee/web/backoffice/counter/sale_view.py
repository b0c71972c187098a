"""What a clerk sees of a sale: the hall, what is held of it, and what that costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matinee.boxoffice.counter_holds import find_counter_hold
from matinee.boxoffice.models import Order, SeatClaim
from matinee.boxoffice.offers import is_on_sale
from matinee.boxoffice.order_details import details_of
from matinee.boxoffice.orders import outstanding_amount
from matinee.boxoffice.rules import COUNTER_LATE_MINUTES
from matinee.boxoffice.seat_states import SeatStates, seat_states
from matinee.programme.errors import ScreeningNotFound
from matinee.programme.models import Hall, Screening, Seat
from matinee.programme.queries import SeatOfHall, house_seat_reasons
from matinee.programme.screening_prices import ZonePrice, prices_of_screening
from matinee.web.backoffice.blueprint import staff_id, this_house
from matinee.web.backoffice.counter.keys import type_keys


@dataclass(frozen=True, slots=True)
class HeldSeat:
    """A seat that is held. `amount` in minor units, before any discount."""

    label: str
    ticket_type: str
    amount: int
    types: Sequence[ZonePrice]


@dataclass(frozen=True, slots=True)
class TypeCount:
    """A ticket type with its key, and how many of the held seats are for it."""

    code: str
    name: str
    key: str
    count: int


@dataclass(frozen=True, slots=True)
class Held:
    """The clerk's hold of this screening."""

    code: str
    seats: Sequence[HeldSeat]
    types: Sequence[TypeCount]
    promo_code: str | None
    email: str
    discount: int
    # By vouchers, so far.
    paid: int
    total: int
    outstanding: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SaleView:
    """The screening, its seats, and the hold."""

    screening: Screening
    states: SeatStates
    broken: frozenset[int]
    mine: frozenset[int]
    prices: Sequence[ZonePrice]
    held: Held | None
    currency: str
    zone: str
    is_on_sale: bool
    has_begun: bool

    def marks(self) -> dict[str, str]:
        """Seat label -> what the map marks it with."""
        found = self.told_states()
        return {label: mark for mark in ("house", "held", "sold", "mine") for label in found[mark]}

    def told_states(self) -> dict[str, list[str]]:
        """The seats that are not simply free, for the map."""
        states = self.states
        return {
            "mine": states.labels(self.mine),
            "held": states.labels(states.held - self.mine),
            "sold": states.labels(states.sold),
            "house": states.labels(states.house - self.mine),
            "broken": states.labels(self.broken),
        }


def screening_here(session: Session, screening_id: int) -> Screening:
    """A published screening of this cinema with film, hall and cinema. Raises ScreeningNotFound."""
    found = session.scalars(
        select(Screening)
        .where(Screening.id == screening_id, Screening.draft.is_(False))
        .options(joinedload(Screening.film), joinedload(Screening.hall).joinedload(Hall.cinema))
    ).one_or_none()
    if found is None or found.cinema_id != this_house().id:
        raise ScreeningNotFound
    return found


def sale_view(session: Session, *, screening_id: int, now: datetime) -> SaleView:
    """The screening as whoever is at work sees it. Raises ScreeningNotFound."""
    screening = screening_here(session, screening_id)
    states = seat_states(session, screening_id=screening_id, now=now)
    reasons = house_seat_reasons(session, screening_id=screening_id)
    held = find_counter_hold(session, clerk_id=staff_id(), now=now)
    if held is not None and held.screening_id != screening_id:
        held = None
    prices = prices_of_screening(session, screening=screening)
    claimed = select(SeatClaim.seat_id).where(SeatClaim.order_id == (held.id if held is not None else None))
    cinema = screening.hall.cinema
    return SaleView(
        screening=screening,
        states=states,
        broken=frozenset(one for one, reason in reasons.items() if reason == "broken"),
        mine=frozenset(session.scalars(claimed)) if held is not None else frozenset(),
        prices=prices,
        held=_held(session, held, prices) if held is not None else None,
        currency=cinema.currency,
        zone=cinema.timezone,
        is_on_sale=is_on_sale(screening, now=now, late_minutes=COUNTER_LATE_MINUTES),
        has_begun=screening.starts_at <= now,
    )


def type_of(price: ZonePrice) -> str:
    """What a form sends for a ticket type; nothing for the one that a cinema without any is taken to have."""
    return price.ticket_type_code if price.ticket_type_id is not None else ""


def _held(session: Session, order: Order, prices: Sequence[ZonePrice]) -> Held:
    details = details_of(session, orders=[order])[0]
    assert order.hold_expires_at is not None, "a hold has an end"
    seats = [
        HeldSeat(one.seat.label, one.ticket_type or "", one.amount, _types_of(prices, one.seat))
        for one in details.seats
    ]
    return Held(
        code=order.code,
        seats=seats,
        types=_counts(seats, prices),
        promo_code=details.promo_code,
        email=order.contact_email or "",
        discount=order.discount_amount,
        paid=order.paid_amount - order.refunded_amount,
        total=order.total_amount,
        outstanding=outstanding_amount(order),
        expires_at=order.hold_expires_at,
    )


def _types_of(prices: Sequence[ZonePrice], seat: Seat | SeatOfHall) -> list[ZonePrice]:
    return [one for one in prices if one.zone == seat.zone]


def _counts(seats: Sequence[HeldSeat], prices: Sequence[ZonePrice]) -> list[TypeCount]:
    """Of each type that one of the seats can be for, in the cinema's order."""
    names: dict[str, str] = {}
    for one in sorted(prices, key=lambda price: price.ticket_type_id or 0):
        names.setdefault(type_of(one), one.ticket_type_name)
    sold = {type_of(one) for seat in seats for one in seat.types}
    keys = type_keys(code for code in names if code in sold)
    return [
        TypeCount(code, name, keys.get(code, ""), sum(1 for seat in seats if seat.ticket_type == code))
        for code, name in names.items()
        if code in sold
    ]
