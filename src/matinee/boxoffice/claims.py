"""Claims on seats: taking them, all or none, and letting them go."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, text
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import HoldExpired, SeatsNotFree
from matinee.boxoffice.models import Order, SeatClaim
from matinee.boxoffice.statements import chosen_sql, claim_sql
from matinee.db.base import UtcDateTime
from matinee.db.version import Change, announce_change
from matinee.kernel.natural import natural_key
from matinee.programme.models import Seat
from matinee.programme.queries import SeatOfHall

_AS_TOLD = """
    (SELECT seat.id AS seat_id FROM seat JOIN screening ON screening.hall_id = seat.hall_id
    WHERE screening.id = :screening_id
        AND (seat.id, seat.x, seat.y, seat.row, seat.place, seat.kind, seat.zone) IN (VALUES {told})) AS chosen
"""
_OF_LINES = """
    (SELECT order_line.seat_id FROM order_line JOIN seat ON seat.id = order_line.seat_id
        JOIN screening ON screening.hall_id = seat.hall_id
    WHERE order_line.order_id = :order_id AND screening.id = :screening_id) AS chosen
"""
# Advisory locks: what two keys have in common by chance makes somebody take another seat, and nothing else.
_OUT_OF_REACH = text(
    """
    SELECT asked.seat_id, asked.is_claimed FROM (
        SELECT seat_id, EXISTS (
            SELECT FROM seat_claim AS claim
            WHERE claim.screening_id = :screening_id AND claim.seat_id = one.seat_id
                AND (claim.expires_at IS NULL OR claim.expires_at > :now)) AS is_claimed
        FROM unnest(CAST(:seat_ids AS bigint[])) AS one (seat_id)
        OFFSET 0) AS asked
    WHERE asked.is_claimed OR NOT pg_try_advisory_xact_lock(
        hashtextextended('seat ' || CAST(:screening_id AS bigint) || ' ' || asked.seat_id, 0))
    """
)


def choose_seats(session: Session, *, screening_id: int, labels: Sequence[str]) -> dict[int, int]:
    """The asked-for seats of the screening that are for sale at all: seat id -> amount in minor units.

    The price is that of the cinema's first ticket type. Raises SeatsNotFree where a seat does not exist in the hall or is
    kept back by the house.
    """
    dialect = session.get_bind().dialect.name
    asked: Any = list(labels) if dialect == "postgresql" else json.dumps(list(labels))
    statement, values = text(chosen_sql(dialect)), {"screening_id": screening_id, "labels": asked}
    rows = session.execute(statement, values).all()
    if any(row.outdated for row in rows):
        # By now nobody else can have the screening alone.
        rows = session.execute(statement, values).all()
    if len(rows) != len(labels):
        raise SeatsNotFree
    return {row.seat_id: row.amount for row in rows}


def claim_seats(
    session: Session, *, order: Order, seat_ids: Sequence[int], expires_at: datetime | None, now: datetime
) -> None:
    """Claim the seats of the order's screening for the order: until `expires_at`, or for good where that is None.

    Those that the order has already are claimed anew. Raises SeatsNotFree, with their labels, where some are another's; what
    was done since the caller's last savepoint or begin must then be rolled back.
    """
    keys = ", ".join(str(int(seat_id)) for seat_id in seat_ids)
    chosen = f"(SELECT id AS seat_id FROM seat WHERE id IN ({keys})) AS chosen"  # noqa: S608 - numbers alone
    claimed = _claimed(session, order, chosen, {}, expires_at=expires_at, now=now)
    if len(claimed) != len(seat_ids):
        raise SeatsNotFree(labels_of(session, set(seat_ids) - claimed))
    announce_change(session, Change.CLAIMS)


def claim_as_told(
    session: Session, *, order: Order, seats: Sequence[SeatOfHall], expires_at: datetime | None, now: datetime
) -> None:
    """As `claim_seats`, for seats that were read before this transaction had a lock on the screening.

    One that is not in its hall any more, or not where and what it was, counts as not free.
    """
    told: list[str] = []
    values: dict[str, str] = {}
    for seat in seats:
        values |= {f"{name}_{seat.id}": getattr(seat, name) for name in ("row", "place", "kind", "zone")}
        told.append(
            f"({seat.id}, {seat.x}, {seat.y}, :row_{seat.id}, :place_{seat.id}, :kind_{seat.id}, :zone_{seat.id})"
        )
    chosen = _AS_TOLD.format(told=", ".join(told))
    claimed = _claimed(session, order, chosen, values, expires_at=expires_at, now=now)
    missing = [seat.label for seat in seats if seat.id not in claimed]
    if missing:
        raise SeatsNotFree(sorted(missing, key=natural_key))
    announce_change(session, Change.CLAIMS)


def _claimed(
    session: Session,
    order: Order,
    chosen: str,
    values: Mapping[str, str],
    *,
    expires_at: datetime | None,
    now: datetime,
) -> set[int]:
    statement = claim_sql(chosen=chosen, order_id=":order_id", expires_at=":expires_at")
    claimed = session.scalars(
        text(statement).bindparams(
            # Typed: SQLite compares moments as the text that the column type writes.
            bindparam("expires_at", expires_at, UtcDateTime()),
            bindparam("now", now, UtcDateTime()),
        ),
        {"screening_id": order.screening_id, "order_id": order.id, **values},
    ).all()
    return set(claimed)


def seats_out_of_reach(
    session: Session, *, screening_id: int, seat_ids: Sequence[int], now: datetime
) -> dict[int, bool]:
    """Say until the transaction ends that it is about to claim the seats, and return those that it cannot have.

    Of each whether another has it at `now` (True), or has said that he is about to claim it (False). Waits for nobody.
    Nothing is claimed by it: it keeps those who may take any seat from all going for the same.
    """
    if session.get_bind().dialect.name != "postgresql":
        return {}  # one writes at a time
    asked = {"screening_id": screening_id, "seat_ids": list(seat_ids), "now": now}
    return {row.seat_id: row.is_claimed for row in session.execute(_OUT_OF_REACH, asked)}


def renew_claims(session: Session, *, order: Order, expires_at: datetime | None, now: datetime) -> None:
    """Claim every seat of the order's lines anew: until `expires_at`, or for good where that is None.

    Seats that the order still has stay its own; those that it lost are taken again if they are free. Raises HoldExpired
    where one has passed to somebody else, or the screening to another hall; what was done since the caller's last savepoint
    or begin must then be rolled back.
    """
    claimed = _claimed(session, order, _OF_LINES, {}, expires_at=expires_at, now=now)
    if len(claimed) != order.seats_asked:
        raise HoldExpired
    announce_change(session, Change.CLAIMS)


def lock_claims(session: Session, *, orders: Iterable[Order]) -> None:
    """Wait for whoever is about to take seats of these orders over, then keep others from them.

    In the order in which they are taken; whoever frees seats that may be taken over begins with this.
    """
    wanted = select(SeatClaim.seat_id).where(SeatClaim.order_id.in_([order.id for order in orders]))
    session.execute(wanted.order_by(SeatClaim.screening_id, SeatClaim.seat_id).with_for_update()).all()


def release_claims(session: Session, *, order: Order, seat_ids: Iterable[int] | None = None) -> int:
    """Free every seat that is still the order's own, or those of `seat_ids` alone; return how many."""
    wanted = delete(SeatClaim).where(SeatClaim.order_id == order.id)
    if seat_ids is not None:
        wanted = wanted.where(SeatClaim.seat_id.in_(list(seat_ids)))
    freed = session.execute(wanted.returning(SeatClaim.seat_id)).all()
    announce_change(session, Change.CLAIMS)
    return len(freed)


def labels_of(session: Session, seat_ids: Iterable[int]) -> list[str]:
    """The labels of these seats in natural order."""
    found = session.scalars(select(Seat.label).where(Seat.id.in_(list(seat_ids))))
    return sorted(found, key=natural_key)
