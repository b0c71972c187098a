"""Which seats are taken, as text that can be compared: for who writes the same screenings after every sale anew.

One statement and one row for each screening, without objects in between: what did not change need not even be taken apart.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from matinee.db.base import UtcDateTime
from matinee.db.direct import DirectConnections

_CLAIMED = """
    SELECT screening_id, {together} FROM seat_claim
    WHERE screening_id {is_asked_for} AND (expires_at IS NULL OR expires_at > :now) GROUP BY screening_id
"""
_STATEMENTS = {
    "postgresql": _CLAIMED.format(
        together="string_agg(CAST(seat_id AS text), ',')",
        is_asked_for="= ANY(CAST(:screening_ids AS integer[]))",
    ),
    "sqlite": _CLAIMED.format(
        together="group_concat(seat_id, ',')", is_asked_for="IN (SELECT value FROM json_each(:screening_ids))"
    ),
}


def claimed_text(session: Session, *, screening_ids: Collection[int], now: datetime) -> dict[int, str]:
    """Screening id -> ids of the seats that are sold or held at `now`, divided by commas, in any order.

    Screenings of which no seat is taken are left out; a hold that ran out is free.
    """
    dialect = session.get_bind().dialect.name
    asked: Any = list(screening_ids) if dialect == "postgresql" else json.dumps(list(screening_ids))
    # Typed: SQLite compares moments as the text that the column type writes.
    statement = text(_STATEMENTS[dialect]).bindparams(bindparam("now", now, UtcDateTime()))
    return dict(session.execute(statement, {"screening_ids": asked}).all())


def claimed_text_directly(
    direct: DirectConnections, *, screening_ids: Collection[int], now: datetime
) -> dict[int, str]:
    """The same over this thread's own connection. Raises DatabaseUnavailable."""
    values = {"screening_ids": list(screening_ids), "now": now}
    return dict(direct.fetch_all(_STATEMENTS["postgresql"], values, may_repeat=True))
