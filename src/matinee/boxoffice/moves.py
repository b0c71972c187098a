"""Moving a sold screening to another hall: every ticket gets the best matching seat there, and its buyer is told once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, true, update
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import HallTooSmall, ScreeningCancelled
from matinee.boxoffice.holders import mail_holders_of_moved
from matinee.boxoffice.locks import keep_buyers_out
from matinee.boxoffice.models import Order, OrderLine, SeatClaim, Ticket
from matinee.boxoffice.orders import SOLD, UNPAID, record_note
from matinee.boxoffice.planning import end_dead_holds
from matinee.boxoffice.sales import mail_about
from matinee.boxoffice.seating.matching import match_seats
from matinee.db.version import announce_change
from matinee.outbox.webhooks.events import announce_event
from matinee.programme.errors import HallNotFound, ScreeningNotFound
from matinee.programme.house_seats import KeptBack, house_seats_elsewhere, store_house_seats
from matinee.programme.locks import lock_halls
from matinee.programme.models import Hall, Screening
from matinee.programme.occupancy import require_free
from matinee.programme.queries import seats_by_hall

MAIL = "tickets_moved"


@dataclass(frozen=True, slots=True)
class Reseated:
    """A seat of an order that moved: from which label to which."""

    order_code: str
    from_label: str
    to_label: str


def move_screening(
    session: Session, *, screening_id: int, hall: Hall, actor: str, now: datetime
) -> list[Reseated]:
    """Show the screening in another hall of its cinema; return who moved, in the order of the orders.

    Tickets keep their ids, so that a printed one still lets its owner in; the mail brings what stands on them now. Holds
    move, too. What the new hall keeps back is kept back, and the seats with the labels of those that were kept back for this
    screening; what the old hall kept back is on sale. Whoever has a ticket comes before all of it but broken seats. Raises
    ScreeningNotFound, ScreeningCancelled, HallNotFound for a hall of another cinema, HallTaken, HallTooSmall.
    """
    # Before the screening, as everybody does who plans.
    lock_halls(session, hall_ids=[hall.id])
    screening = keep_buyers_out(session, screening_id=screening_id)
    _check(session, screening, hall)
    if hall.id == screening.hall_id:
        return []
    # They name seats of the old hall.
    end_dead_holds(session, screening_id=screening.id, now=now)
    plan = _plan(
        session, screening, hall, orders=_orders_with_seats(session, screening_id, true(), lock=True)
    )
    screening.hall_id = hall.id
    store_house_seats(session, screening_id=screening_id, wanted=plan.kept_back)
    _reseat(session, screening_id, plan.seats)
    announce_change(session)
    announce_event(session, event="screening.changed", payload={"screening_id": screening_id}, now=now)
    return _tell(session, plan, hall, actor=actor, now=now)


def preview_move(session: Session, *, screening_id: int, hall: Hall, now: datetime) -> list[Reseated]:
    """Who would get which seat if the screening were moved now; nothing changes.

    Raises ScreeningNotFound, ScreeningCancelled, HallNotFound, HallTaken, HallTooSmall.
    """
    screening = session.get(Screening, screening_id)
    if screening is None:
        raise ScreeningNotFound
    _check(session, screening, hall)
    if hall.id == screening.hall_id:
        return []
    alive = SeatClaim.lasts(now)
    plan = _plan(
        session, screening, hall, orders=_orders_with_seats(session, screening_id, alive, lock=False)
    )
    return [each for order, ids in plan.orders for each in plan.reseated(order, ids)]


def _check(session: Session, screening: Screening, hall: Hall) -> None:
    """Raises ScreeningCancelled, HallNotFound and HallTaken."""
    if screening.cancelled_at is not None:
        raise ScreeningCancelled
    if hall.cinema_id != screening.cinema_id:
        raise HallNotFound
    if hall.id != screening.hall_id:
        require_free(
            session,
            hall=hall,
            starts_at=screening.starts_at,
            ends_at=screening.ends_at,
            except_screening=screening,
        )


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where everybody goes: the orders with their old seats, from old to new seat, and the seats kept back by the house."""

    orders: Sequence[tuple[Order, list[int]]]
    seats: Mapping[int, int]
    kept_back: Mapping[int, KeptBack]
    labels: Mapping[int, str]

    def reseated(self, order: Order, seat_ids: Sequence[int]) -> list[Reseated]:
        """The seats of an order."""
        return [Reseated(order.code, self.labels[one], self.labels[self.seats[one]]) for one in seat_ids]


def _plan(
    session: Session, screening: Screening, hall: Hall, *, orders: Sequence[tuple[Order, list[int]]]
) -> _Plan:
    """Raises HallTooSmall."""
    halls = seats_by_hall(session, [screening.hall_id, hall.id])
    old_hall, new_hall = halls[screening.hall_id], halls[hall.id]
    old_seats = {seat.id: seat for seat in old_hall}
    groups = [[old_seats[one] for one in ids] for _, ids in orders]
    kept_back = house_seats_elsewhere(session, screening_id=screening.id, to_hall_id=hall.id)
    seats = match_seats(groups, old_hall=old_hall, new_hall=new_hall, taken_ids=frozenset(kept_back))
    if seats is None:
        # Whoever has a ticket comes before what the house keeps back; but nobody sits on a broken seat.
        kept_back = {seat_id: kept for seat_id, kept in kept_back.items() if kept.reason == "broken"}
        seats = match_seats(groups, old_hall=old_hall, new_hall=new_hall, taken_ids=frozenset(kept_back))
    if seats is None:
        raise HallTooSmall
    labels = {seat.id: seat.label for seat in (*old_hall, *new_hall)}
    return _Plan(orders, seats, kept_back, labels)


def _orders_with_seats(
    session: Session, screening_id: int, which: ColumnElement[bool], *, lock: bool
) -> list[tuple[Order, list[int]]]:
    """Every order that has seats of the screening, with them. `which`: a condition on the claims."""
    wanted = (
        select(Order, SeatClaim.seat_id)
        .join(SeatClaim, SeatClaim.order_id == Order.id)
        .where(SeatClaim.screening_id == screening_id, which)
        .order_by(Order.id, SeatClaim.seat_id)
    )
    rows = session.execute(wanted.with_for_update(of=Order) if lock else wanted)
    found: dict[int, tuple[Order, list[int]]] = {}
    for order, seat_id in rows:
        found.setdefault(order.id, (order, []))[1].append(seat_id)
    return list(found.values())


def _reseat(session: Session, screening_id: int, seats: Mapping[int, int]) -> None:
    # Seats of two halls are different rows, so that no step stands in the way of another.
    for old_id, new_id in seats.items():
        session.execute(
            update(SeatClaim)
            .where(SeatClaim.screening_id == screening_id, SeatClaim.seat_id == old_id)
            .values(seat_id=new_id)
        )
        session.execute(
            update(Ticket)
            .where(Ticket.screening_id == screening_id, Ticket.seat_id == old_id, Ticket.state == "valid")
            .values(seat_id=new_id)
            .execution_options(synchronize_session=False)
        )
        orders = select(Order.id).where(Order.screening_id == screening_id, Order.state.in_((*SOLD, *UNPAID)))
        session.execute(
            update(OrderLine)
            .where(OrderLine.seat_id == old_id, OrderLine.order_id.in_(orders))
            .values(seat_id=new_id)
        )
    session.expire_all()


def _tell(session: Session, plan: _Plan, hall: Hall, *, actor: str, now: datetime) -> list[Reseated]:
    moved = []
    for order, ids in plan.orders:
        own = plan.reseated(order, ids)
        moved += own
        steps = ", ".join(f"{each.from_label} to {each.to_label}" for each in own)
        record_note(session, order=order, actor=actor, now=now, note=f"moved to {hall.name}: {steps}")
        if order.state in SOLD:
            mail_about(session, kind=MAIL, order=order, now=now)
            mail_holders_of_moved(session, order=order, now=now)
    return moved
