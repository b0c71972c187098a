"""The hours of a day on a cinema's wall, cut once more at a moment: what came before it can be told from what came after."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case

HOURS = 24


@dataclass(frozen=True, slots=True)
class CutDay:
    """A day from its first moment to its last (UTC), and the moment within it at which it is cut.

    Where clocks are put back, an hour lasts for two; where they are put forward, one has no time in it.
    """

    begins: tuple[datetime, ...]
    ends_at: datetime
    cut_at: datetime

    def holds(self, column: Any) -> ColumnElement[bool]:
        """Whether a stored moment is within the day; an index on the column serves."""
        return and_(column >= self.begins[0], column < self.ends_at)

    def place_of(self, column: Any) -> ColumnElement[int]:
        """In which piece a moment of the day is; see `hour_of` and `is_before_cut`."""
        return case(
            *((column < end, place) for place, end in enumerate(self._starts[1:])),
            else_=len(self._starts) - 1,
        )

    def hour_of(self, place: int) -> int:
        """The hour on the wall that a piece is part of: the last that has begun with it."""
        return bisect_right(self.begins, self._starts[place]) - 1

    def is_before_cut(self, place: int) -> bool:
        """Whether a piece is before the cut."""
        return self._starts[place] < self.cut_at

    @property
    def _starts(self) -> Sequence[datetime]:
        return sorted({*self.begins, min(max(self.cut_at, self.begins[0]), self.ends_at)})


def cut_day(day: date, *, at: time, zone: str) -> CutDay:
    """A day on the wall of a zone, cut when the wall shows `at`."""
    wall = ZoneInfo(zone)

    def moment(on: date, shown: time) -> datetime:
        return datetime.combine(on, shown, tzinfo=wall).astimezone(UTC)

    return CutDay(
        begins=tuple(moment(day, time(hour)) for hour in range(HOURS)),
        ends_at=moment(day + timedelta(days=1), time.min),
        cut_at=moment(day, at),
    )
