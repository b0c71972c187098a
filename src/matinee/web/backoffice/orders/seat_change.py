"""Other seats for an order, in its own screening or in another one: what there is to choose from, and what it comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matinee.boxoffice.availability import Availability, availability_of
from matinee.boxoffice.exchanges import ExchangePlan, price_exchange
from matinee.boxoffice.offers import Offer, SeatChoice, is_on_sale, offer_now
from matinee.boxoffice.order_details import IssuedTicket
from matinee.boxoffice.orders import find_order
from matinee.boxoffice.rules import COUNTER_RULES
from matinee.kernel.natural import natural_key
from matinee.programme.catalogue import find_screening
from matinee.programme.models import Hall, Screening
from matinee.programme.queries import SeatOfHall
from matinee.web.backoffice.orders.order_file import OrderFile

SCREENINGS_MAX = 200


@dataclass(frozen=True, slots=True)
class OtherScreening:
    """A screening that an order could move to, and how full it is."""

    screening: Screening
    availability: Availability


@dataclass(frozen=True, slots=True)
class SeatChange:
    """A screening with the seats that staff may give, and those that are chosen or proposed for each ticket."""

    offer: Offer
    tickets: Sequence[IssuedTicket]
    # Those that nobody has, the house's own too; and the order's own ones where it stays.
    free: Sequence[SeatOfHall]
    labels: Sequence[str]
    # Label -> how the map marks it: sold, house, mine.
    marks: Mapping[str, str]

    @property
    def hall(self) -> Hall:
        """For the map."""
        return self.offer.hall

    @property
    def choices(self) -> list[SeatChoice]:
        """A seat for each ticket, for the same kind of person."""
        return choices_for(self.tickets, self.labels)

    @property
    def screening(self) -> Screening:
        """Of what."""
        return self.offer.screening


def other_screenings(session: Session, *, file: OrderFile, day: date, now: datetime) -> list[OtherScreening]:
    """What can be bought on a day in the order's cinema, by its start; the same film is not demanded."""
    found = session.scalars(
        select(Screening)
        .where(
            Screening.cinema_id == file.details.at.cinema.id, Screening.day == day, Screening.starts_at > now
        )
        .options(joinedload(Screening.film), joinedload(Screening.hall).joinedload(Hall.cinema))
        .order_by(Screening.starts_at, Screening.id)
        .limit(SCREENINGS_MAX)
    ).all()
    own = file.order.screening_id
    on_sale = [one for one in found if one.id != own and is_on_sale(one, now=now)]
    known = availability_of(session, screenings=on_sale, now=now)
    return [OtherScreening(one, known[one.id]) for one in on_sale]


def read_seat_change(
    session: Session, *, file: OrderFile, screening_id: int, labels: Sequence[str], now: datetime
) -> SeatChange:
    """The seats to choose from; `labels` are those that were chosen, none: those that are proposed.

    Raises ScreeningNotFound.
    """
    screening = find_screening(session, screening_id=screening_id)
    offer = offer_now(session, screening=screening, now=now, except_order=file.order.id)
    free = [seat for seat in offer.seats if seat.id not in offer.claimed_ids | offer.broken_ids]
    tickets = file.valid_tickets
    chosen = list(labels) or _proposed(file, offer, tickets)
    return SeatChange(
        offer=offer,
        tickets=tickets,
        free=sorted(free, key=lambda seat: natural_key(seat.label)),
        labels=chosen[: len(tickets)] + [""] * (len(tickets) - len(chosen)),
        marks=_marks(offer, chosen),
    )


def plan_seat_change(session: Session, *, code: str, wanted: SeatChange, now: datetime) -> ExchangePlan:
    """What these seats come to; nothing changes. Raises what `plan_exchange` does."""
    order = find_order(session, code=code)
    return price_exchange(
        session, order=order, offer=wanted.offer, choices=wanted.choices, rules=COUNTER_RULES, now=now
    )


def choices_for(tickets: Sequence[IssuedTicket], labels: Sequence[str]) -> list[SeatChoice]:
    """A seat for each ticket, by their seats, for the same kind of person; labels beyond that for the first kind."""
    types = [one.ticket_type for one in tickets] + [None] * max(0, len(labels) - len(tickets))
    return [SeatChoice(label, kind) for label, kind in zip(labels, types, strict=False)]


def _proposed(file: OrderFile, offer: Offer, tickets: Sequence[IssuedTicket]) -> list[str]:
    if offer.screening.id == file.order.screening_id:
        return [one.seat.label for one in tickets]
    by_id = {seat.id: seat.label for seat in offer.seats}
    return [by_id[one] for one in offer.best_ids(len(tickets), split=True)]


def _marks(offer: Offer, chosen: Sequence[str]) -> Mapping[str, str]:
    marks = {seat.label: "sold" for seat in offer.seats if seat.id in offer.claimed_ids | offer.broken_ids}
    house = {seat.label: "house" for seat in offer.seats if seat.id in offer.house_ids}
    return {**house, **marks, **dict.fromkeys(chosen, "mine")}
