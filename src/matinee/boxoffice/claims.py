"""Claims on seats: taking them, all or none, and letting them go."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, text, update
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import SeatsNotFree
from matinee.boxoffice.models import Order, SeatClaim
from matinee.boxoffice.statements import chosen_sql, claim_sql
from matinee.db.base import UtcDateTime
from matinee.db.version import announce_change


def choose_seats(session: Session, *, screening_id: int, labels: Sequence[str]) -> dict[int, int]:
    """The asked-for seats of the screening that are for sale at all: seat id -> amount in minor units.

    Raises SeatsNotFree where one does not exist in the hall or is kept back by the house.
    """
    dialect = session.get_bind().dialect.name
    asked: Any = list(labels) if dialect == "postgresql" else json.dumps(list(labels))
    rows = session.execute(text(chosen_sql(dialect)), {"screening_id": screening_id, "labels": asked}).all()
    if len(rows) != len(labels):
        raise SeatsNotFree
    return {row.seat_id: row.amount for row in rows}


def claim_seats(
    session: Session, *, order: Order, seat_ids: Sequence[int], expires_at: datetime | None, now: datetime
) -> None:
    """Claim the seats of the order's screening for the order: until `expires_at`, or for good where that is None.

    Raises SeatsNotFree where one of them is claimed; the caller's transaction must then be rolled back.
    """
    keys = ", ".join(str(int(seat_id)) for seat_id in seat_ids)
    statement = claim_sql(
        chosen=f"(SELECT id AS seat_id FROM seat WHERE id IN ({keys})) AS chosen",  # noqa: S608 - numbers alone
        order_id=":order_id",
        expires_at=":expires_at",
    )
    claimed = session.execute(
        text(statement).bindparams(
            # Typed: SQLite compares moments as the text that the column type writes.
            bindparam("expires_at", expires_at, UtcDateTime()),
            bindparam("now", now, UtcDateTime()),
        ),
        {"screening_id": order.screening_id, "order_id": order.id},
    ).all()
    if len(claimed) != len(seat_ids):
        raise SeatsNotFree
    announce_change(session)


def keep_claims_for_good(session: Session, *, order: Order, now: datetime) -> int:
    """Turn the order's claims from a hold into a sale; return how many are still its own and have not run out."""
    kept = session.execute(
        update(SeatClaim)
        .where(
            SeatClaim.screening_id == order.screening_id,
            SeatClaim.order_id == order.id,
            SeatClaim.expires_at > now,
        )
        .values(expires_at=None)
        .returning(SeatClaim.seat_id)
    ).all()
    announce_change(session)
    return len(kept)


def release_claims(session: Session, *, order: Order) -> int:
    """Free every seat that is still the order's own; return how many."""
    freed = session.execute(
        delete(SeatClaim).where(SeatClaim.order_id == order.id).returning(SeatClaim.seat_id)
    ).all()
    announce_change(session)
    return len(freed)
