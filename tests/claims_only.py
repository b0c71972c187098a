"""Holds every transaction of the test run to what it announced: what says that only claims change changes no programme.

A transaction that did would be shown late, in one process or another and only now and then, which no test of it would find.
"""

from __future__ import annotations

import re
import threading
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from matinee.db import transaction
from matinee.db.version import Change

# All that `web.given.schedule` and `web.v1.sale.taken` keep while nothing but claims changes.
_PROGRAMME = "cinema|hall|seat|film|screening|house_seat|price|price_list|ticket_type"
_WRITES = re.compile(
    rf'\b(?:INSERT INTO|DELETE FROM|UPDATE) "?({_PROGRAMME})"?\s(?:SET\s(.*?)(?:\sWHERE\s|$))?', re.DOTALL
)
# Columns of these tables that no schedule shows and that a sale may change: whom the house has told already, what it has
# forgotten, and who had a row alone.
_NOT_SHOWN = re.compile(r"(?:sold_out_at|forgotten_at|lock_version) ?=[^,]*")

_local = threading.local()


def hold_to_announcements() -> None:
    """From now on, a committed transaction that announced less than it did raises AssertionError."""
    took_change = transaction.took_change

    def take(session: Session) -> Change | None:
        change = took_change(session)
        if change is Change.CLAIMS and _written():
            raise AssertionError(f"only claims were said to change, and the programme did: {_written()}")
        return change

    transaction.took_change = take
    event.listen(Engine, "begin", _forget)
    event.listen(Engine, "before_cursor_execute", _note)


def shown_writes(statement: str) -> list[str]:
    """The tables of the programme to which the statement writes what a schedule shows."""
    return [
        found[1] for found in _WRITES.finditer(statement)
        if found[2] is None or _NOT_SHOWN.sub("", found[2]).strip(" ,\n")
    ]  # fmt: skip


def _written() -> list[str]:
    written: list[str] = getattr(_local, "written", [])
    return written


def _forget(_connection: Connection) -> None:
    _local.written = []


def _note(_connection: Connection, _cursor: object, statement: str, *_more: Any) -> None:
    if not statement.startswith("SELECT") and shown_writes(statement):
        _local.written = [*_written(), statement]
