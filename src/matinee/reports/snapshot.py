"""Several questions about one moment."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session


def see_one_moment(session: Session) -> None:
    """Let all questions of this transaction be answered as of one moment, or sums of two of them might not agree while
    somebody buys. Must come before any of them. SQLite does so by itself."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
