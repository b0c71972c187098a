"""Days as figures are asked for: those on a cinema's wall, both ends included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Date, Integer, case, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import FunctionElement


def beginning_of(day: date, *, zone: str) -> datetime:
    """The moment at which a day begins on a wall, in UTC."""
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Period:
    """Some days on the wall of a zone, from `first_day` to `last_day`, both included."""

    first_day: date
    last_day: date
    zone: str

    @property
    def begins_at(self) -> datetime:
        """The first moment of it."""
        return beginning_of(self.first_day, zone=self.zone)

    @property
    def ends_at(self) -> datetime:
        """The first moment after it."""
        return beginning_of(self.last_day + timedelta(days=1), zone=self.zone)

    def holds(self, column: Any) -> ColumnElement[bool]:
        """Whether a moment is within it, in SQL; an index on the column serves."""
        within: ColumnElement[bool] = (column >= self.begins_at) & (column < self.ends_at)
        return within

    def offsets(self) -> list[tuple[datetime, int]]:
        """By how many seconds the wall is ahead of UTC, and since when: at its beginning, and where clocks are changed."""
        found = [(self.begins_at, _seconds(self.begins_at, self.zone))]
        day = self.first_day
        while day <= self.last_day:
            day += timedelta(days=1)
            until = beginning_of(day, zone=self.zone)
            if _seconds(until, self.zone) != found[-1][1]:
                found.append(_change_before(until, zone=self.zone))
        return found

    def day_of(self, column: Any) -> ColumnElement[date]:
        """The day on the wall of a moment that is within the period, in SQL."""
        (_begin, first), *changes = self.offsets()
        ahead: ColumnElement[int] = literal(first, Integer)
        if changes:
            later = [(column >= moment, literal(seconds, Integer)) for moment, seconds in reversed(changes)]
            ahead = case(*later, else_=ahead)
        return wall_day(column, ahead)


def _seconds(moment: datetime, zone: str) -> int:
    offset = moment.astimezone(ZoneInfo(zone)).utcoffset()
    assert offset is not None, "a zone always has an offset"
    return round(offset.total_seconds())


def _change_before(until: datetime, *, zone: str) -> tuple[datetime, int]:
    """The moment, within the day before `until`, from which on the offset is that at `until`; to the second."""
    late, wanted = until, _seconds(until, zone)
    early = until - timedelta(days=1, hours=3)
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        early, late = (early, middle) if _seconds(middle, zone) == wanted else (middle, late)
    return late, wanted


class wall_day(FunctionElement[date]):
    """The day of a stored moment (UTC) where the wall is so many seconds ahead."""

    name = "wall_day"
    type = Date()
    inherit_cache = True


@compiles(wall_day, "sqlite")
def _on_sqlite(element: wall_day, compiler: Any, **options: Any) -> str:
    moment, ahead = (compiler.process(clause, **options) for clause in element.clauses)
    return f"date({moment}, ({ahead}) || ' seconds')"


@compiles(wall_day, "postgresql")
def _on_postgresql(element: wall_day, compiler: Any, **options: Any) -> str:
    moment, ahead = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST(timezone('UTC', {moment}) + make_interval(secs => ({ahead})) AS date)"
