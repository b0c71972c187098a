"""Changes of the programme that seats stand in the way of: the box office looks who has one, then lets the programme act."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import TypedDict

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.claims import labels_of
from matinee.boxoffice.errors import SeatsNotFree
from matinee.boxoffice.holds import end_hold
from matinee.boxoffice.locks import keep_buyers_out
from matinee.boxoffice.models import Order, OrderPayment, SeatClaim, Ticket
from matinee.boxoffice.orders import record_step
from matinee.boxoffice.queries import claimed_seats
from matinee.db.version import announce_change
from matinee.payments.models import Payment
from matinee.programme.catalogue import find_screening
from matinee.programme.errors import CancelledScreening, ScreeningInUse, ScreeningNotFound
from matinee.programme.house_seats import set_house_seats
from matinee.programme.locks import lock_halls, lock_price_lists, lock_screening
from matinee.programme.models import Film, Hall, Screening, Seat
from matinee.programme.screenings import change_screening, delete_screening, reschedule_screening

# Of payments whose money may still come.
OPEN_PAYMENTS = ("starting", "pending")


class PlaceAndTime(TypedDict, total=False):
    """Where and when a screening is to be instead; the time is "HH:MM" on the cinema's wall."""

    hall: Hall
    day: date
    time: str


class ChangedScreening(TypedDict, total=False):
    """What else is to be different; `price_list` as `schedule_screening` takes it."""

    film: Film
    price_list: int | str | None
    format: str
    language: str
    subtitles: str
    access_features: str
    sales_end_at: datetime | None
    adverts_minutes: int


def require_unsold(session: Session, *, screening_id: int, now: datetime) -> Screening:
    """The screening, of which nobody has a seat, nor gets one until the transaction ends.

    Holds that ran out are ended on the way: they name seats, and nobody has them any more. Raises ScreeningNotFound and
    ScreeningInUse.
    """
    screening = keep_buyers_out(session, screening_id=screening_id)
    live = SeatClaim.lasts(now)
    claimed = select(SeatClaim.seat_id).where(SeatClaim.screening_id == screening_id, live)
    ticketed = select(Ticket.seat_id).where(Ticket.screening_id == screening_id, Ticket.state == "valid")
    if any(session.scalar(wanted.limit(1)) is not None for wanted in (claimed, ticketed)):
        raise ScreeningInUse("Seats of the screening are held or sold.")
    end_dead_holds(session, screening_id=screening_id, now=now)
    return screening


def end_dead_holds(session: Session, *, screening_id: int, now: datetime) -> None:
    """End the holds of a screening that ran out, without waiting for the sweeper."""
    dead = select(Order).where(Order.screening_id == screening_id, Order.hold_expires_at <= now)
    for order in session.scalars(dead.order_by(Order.id).with_for_update()):
        end_hold(session, order=order, to_state="expired", actor="worker", now=now)


def screening_to_change(session: Session, *, screening_id: int, place: PlaceAndTime) -> Screening:
    """The screening, kept from other planners until the transaction ends; from buyers, too, where it may change its place.

    Raises ScreeningNotFound.
    """
    screening = find_screening(session, screening_id=screening_id, drafts_too=True)
    # In the order in which everybody locks who plans: the screening comes last.
    lock_price_lists(session, cinema_id=screening.cinema_id, shared=True)
    to_hall = place.get("hall", screening.hall)
    lock_halls(session, hall_ids=[screening.hall_id, to_hall.id])
    if place:
        keep_buyers_out(session, screening_id=screening_id)
    lock_screening(session, screening)
    return screening


def change_planned_screening(
    session: Session,
    *,
    screening: Screening,
    place: PlaceAndTime,
    what: ChangedScreening,
    now: datetime,
) -> None:
    """Change what is given about a screening that `screening_to_change` gave.

    Raises ScreeningInUse where seats are held or sold and it would be another hall, day or time, and what
    `reschedule_screening` and `change_screening` of the programme raise.
    """
    if (
        place.get("hall", screening.hall) is not screening.hall
        or place.get("day", screening.day) != screening.day
        or place.get("time", screening.time) != screening.time
    ):
        require_unsold(session, screening_id=screening.id, now=now)
        _want_no_late_money(session, screening_id=screening.id, now=now)
        reschedule_screening(session, screening=screening, now=now, **place)
    if what:
        change_screening(session, screening=screening, now=now, **what)


def _want_no_late_money(session: Session, *, screening_id: int, now: datetime) -> None:
    """Let money that still comes for orders that ran out go back: nobody paid for another hall, day or time."""
    awaiting = (
        select(OrderPayment.order_id)
        .join(Payment, Payment.id == OrderPayment.payment_id)
        .where(Payment.state.in_(OPEN_PAYMENTS))
    )
    orders = select(Order).where(
        Order.screening_id == screening_id, Order.state == "expired", Order.id.in_(awaiting)
    )
    for order in session.scalars(orders.order_by(Order.id).with_for_update()):
        note = "the screening was planned for another place or time"
        record_step(session, order=order, to_state="cancelled", actor="programme", now=now, note=note)


def delete_unsold(session: Session, *, screening_id: int, now: datetime) -> None:
    """Take a screening off the programme that nobody has ever had an order for.

    Raises ScreeningNotFound and ScreeningInUse: one that was sold, be it long ago, can be cancelled, not deleted.
    """
    delete_screening(session, screening=require_unsold(session, screening_id=screening_id, now=now))


def delete_drafts(session: Session, *, cinema_id: int, screening_ids: Collection[int]) -> int:
    """Take those of the screenings that are drafts of this cinema off the programme; return how many.

    What was published meanwhile, or is gone, is left alone.
    """
    deleted = 0
    for screening_id in sorted(set(screening_ids)):
        found = session.get(Screening, screening_id)
        if found is None or found.cinema_id != cinema_id:
            continue
        # Whoever publishes it at this moment is waited for.
        lock_screening(session, found)
        if found.draft:
            delete_screening(session, screening=found)
            deleted += 1
    return deleted


def withdraw_screenings(
    session: Session, *, cinema_id: int, screening_ids: Collection[int], now: datetime
) -> int:
    """Let published screenings of this cinema be drafts again, as long as nobody ever had an order; return how many.

    Raises ScreeningNotFound, CancelledScreening and ScreeningInUse; then none is withdrawn.
    """
    withdrawn = 0
    for screening_id in sorted(set(screening_ids)):
        screening = require_unsold(session, screening_id=screening_id, now=now)
        if screening.cinema_id != cinema_id:
            raise ScreeningNotFound
        if screening.cancelled_at is not None:
            raise CancelledScreening
        ordered = select(Order.id).where(Order.screening_id == screening_id).limit(1)
        if session.scalar(ordered) is not None:
            raise ScreeningInUse
        withdrawn += not screening.draft
        screening.draft = True
    session.flush()
    announce_change(session)
    return withdrawn


def keep_seats_back(session: Session, *, screening_id: int, labels: Collection[str], now: datetime) -> None:
    """Keep the seats with these labels back for the house, and no others.

    Raises ScreeningNotFound, CancelledScreening, SeatNotFound, and SeatsNotFree with the seats that somebody has.
    """
    screening = keep_buyers_out(session, screening_id=screening_id)
    if screening.cancelled_at is not None:
        raise CancelledScreening
    taken = claimed_seats(session, screening_ids=[screening_id], now=now)[screening_id]
    asked = session.scalars(select(Seat.id).where(Seat.hall_id == screening.hall_id, Seat.label.in_(labels)))
    had = taken.intersection(asked)
    if had:
        raise SeatsNotFree(labels_of(session, had))
    set_house_seats(session, screening=screening, labels=labels)
