"""A day on a cinema's wall with its hours, cut at a moment: what came before it can be told from what came after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, and_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

HOURS = 24
# Clocks differ from UTC by whole quarters of an hour, in every zone there is.
QUARTER_SECONDS = 900


@dataclass(frozen=True, slots=True)
class CutDay:
    """A day of a zone from its first moment to the one after its last (UTC), and the moment at which it is cut."""

    begins_at: datetime
    ends_at: datetime
    cut_at: datetime
    zone: str

    def holds(self, column: Any) -> ColumnElement[bool]:
        """Whether a stored moment is within the day; an index on the column serves."""
        return and_(column >= self.begins_at, column < self.ends_at)

    def hour_of(self, quarter: int) -> int:
        """The hour that the wall shows in a quarter, as `quarter_of` counts them.

        Where clocks are put back, an hour lasts for two; where they are put forward, one has no time in it.
        """
        moment = datetime.fromtimestamp(quarter * QUARTER_SECONDS, UTC)
        return moment.astimezone(ZoneInfo(self.zone)).hour


def cut_day(day: date, *, at: time, zone: str) -> CutDay:
    """A day on the wall of a zone, cut when the wall shows `at`."""

    def moment(on: date, shown: time) -> datetime:
        return datetime.combine(on, shown, tzinfo=ZoneInfo(zone)).astimezone(UTC)

    return CutDay(
        begins_at=moment(day, time.min),
        ends_at=moment(day + timedelta(days=1), time.min),
        cut_at=moment(day, at),
        zone=zone,
    )


class quarter_of(FunctionElement[int]):
    """The quarter of an hour that a stored moment is in, counted from 1970 on."""

    name = "quarter_of"
    type = BigInteger()
    inherit_cache = True


@compiles(quarter_of, "sqlite")
def _on_sqlite(element: quarter_of, compiler: Any, **options: Any) -> str:
    return (
        f"CAST(strftime('%s', {compiler.process(element.clauses, **options)}) AS INTEGER) / {QUARTER_SECONDS}"
    )


@compiles(quarter_of, "postgresql")
def _on_postgresql(element: quarter_of, compiler: Any, **options: Any) -> str:
    moment = compiler.process(element.clauses, **options)
    return f"CAST(floor(extract(epoch FROM {moment})) AS BIGINT) / {QUARTER_SECONDS}"
