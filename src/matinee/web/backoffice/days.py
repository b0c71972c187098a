"""Days as they come in addresses and forms: those on a cinema's wall."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort
from sqlalchemy import ColumnElement, and_, true

from matinee.web.backoffice.listing import Wanted
from matinee.web.shared.languages import _

FIRST, LAST = "first_day", "last_day"
# Figures are asked for within these; nothing overflows.
YEAR_MIN, YEAR_MAX = 1950, 2199


def day_of(text: str | None, *, default: date) -> date:
    """The day of a text YYYY-MM-DD; `default` where there is none. 400 for what is no day."""
    if not text:
        return default
    try:
        day = date.fromisoformat(text)
    except ValueError:
        abort(400, _("“%(text)s” is no day. A day looks like 2026-11-26.", text=text[:20]))
    if not YEAR_MIN <= day.year <= YEAR_MAX:
        abort(400, _("“%(text)s” is no day that we know of.", text=text[:20]))
    return day


def beginning_of(day: date, *, zone: str) -> datetime:
    """The moment at which a day begins on a wall."""
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(zone))


def days_between(column: Any, wanted: Wanted, *, zone: str) -> ColumnElement[bool]:
    """Whether a moment is within the filters `first_day` and `last_day`, both days included."""
    conditions: list[ColumnElement[bool]] = []
    if FIRST in wanted.filters:
        conditions.append(column >= beginning_of(day_of(wanted.filters[FIRST], default=date.min), zone=zone))
    if LAST in wanted.filters:
        end = day_of(wanted.filters[LAST], default=date.min) + timedelta(days=1)
        conditions.append(column < beginning_of(end, zone=zone))
    return and_(true(), *conditions)
