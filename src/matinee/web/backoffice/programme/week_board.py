"""The week as it is drawn: for each day the halls as lanes, on an axis of the hours that pass.

Places on the axis are minutes since the day began, as they pass: on a night when the clock is changed, an hour is missing
on the axis or stands there twice, and every film is as long as it takes. What the clock shows is told beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from matinee.boxoffice.queries import tickets_per_screening
from matinee.programme.models import Cinema, Hall
from matinee.programme.queries import halls_of, seats_per_hall
from matinee.programme.week_plan import PlannedShow, shows_of_days
from matinee.programme.weeks import DAYS_PER_WEEK, NIGHT_ENDS

HOUR = 60
# What is drawn of every day at the least, in minutes since NIGHT_ENDS: from 10:00 to 01:00.
AXIS_FROM, AXIS_TO = 5 * HOUR, 20 * HOUR
# So many colours tell films apart, beside their titles.
HUES = 8


@dataclass(frozen=True, slots=True)
class Block:
    """A screening on its lane. `start`: minutes since 1970, as everywhere here."""

    show: PlannedShow
    start: int
    minutes: int
    ends: str
    tickets: int
    hue: int


@dataclass(frozen=True, slots=True)
class Lane:
    """A hall on a day."""

    hall: Hall
    seats: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the programme. `hours`: (minutes since it began, day and time that the clock shows then)."""

    day: date
    begin: int
    hours: tuple[tuple[int, str, str], ...]
    lanes: tuple[Lane, ...]
    shows: int
    drafts: int


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the cinema; the axis reaches from `axis_from` to `axis_to`, in minutes since each day began."""

    days: tuple[Day, ...]
    axis_from: int
    axis_to: int
    now: int

    @property
    def drafts(self) -> int:
        """How many of the week are not published."""
        return sum(day.drafts for day in self.days)


def read_week(session: Session, *, cinema: Cinema, first_day: date, now: datetime) -> Week:
    """The week that begins on this day. It takes the same few statements however much is planned and sold."""
    shows = shows_of_days(session, cinema_id=cinema.id, first_day=first_day, days=DAYS_PER_WEEK)
    halls = halls_of(session, cinema_id=cinema.id)
    seats = seats_per_hall(session, cinema_id=cinema.id)
    tickets = tickets_per_screening(session, screening_ids=[show.id for show in shows])
    zone = ZoneInfo(cinema.timezone)
    blocks: dict[tuple[date, int], list[Block]] = {}
    for show in shows:
        place = (show.shown_on, show.hall_id)
        blocks.setdefault(place, []).append(_block(show, tickets[show.id], zone))

    def day_of_week(number: int) -> Day:
        day = first_day + timedelta(days=number)
        lanes = [Lane(hall, seats.get(hall.id, 0), tuple(blocks.get((day, hall.id), ()))) for hall in halls]
        return _day(day, lanes, zone)

    days = tuple(day_of_week(number) for number in range(DAYS_PER_WEEK))
    axis_from, axis_to = _axis(days)
    return Week(days, axis_from, axis_to, _minute(now))


def _day(day: date, lanes: Sequence[Lane], zone: ZoneInfo) -> Day:
    begin = _begin(day, zone)
    shows = [block.show for lane in lanes for block in lane.blocks]
    return Day(
        day=day,
        begin=begin,
        hours=_hours(begin, _begin(day + timedelta(days=1), zone), zone),
        lanes=tuple(lanes),
        shows=len(shows),
        drafts=sum(show.draft for show in shows),
    )


def _block(show: PlannedShow, tickets: int, zone: ZoneInfo) -> Block:
    start = _minute(show.starts_at)
    return Block(
        show=show,
        start=start,
        minutes=_minute(show.ends_at) - start,
        ends=show.ends_at.astimezone(zone).strftime("%H:%M"),
        tickets=tickets,
        hue=show.film_id % HUES,
    )


def _hours(begin: int, end: int, zone: ZoneInfo) -> tuple[tuple[int, str, str], ...]:
    found = []
    for passed in range(0, end - begin, HOUR):
        wall = datetime.fromtimestamp((begin + passed) * 60, zone)
        found.append((passed, wall.date().isoformat(), wall.strftime("%H:%M")))
    return tuple(found)


def _axis(days: Iterable[Day]) -> tuple[int, int]:
    """The hours that are drawn of every day, so that something of each hall stands under the same hour."""
    first, last = AXIS_FROM, AXIS_TO
    for day in days:
        for lane in day.lanes:
            for block in lane.blocks:
                passed = block.start - day.begin
                first = min(first, passed // HOUR * HOUR)
                last = max(last, passed + block.minutes + lane.hall.turnaround_minutes)
    return max(0, first), -(-last // HOUR) * HOUR


def _begin(day: date, zone: ZoneInfo) -> int:
    return _minute(datetime.combine(day, time.fromisoformat(NIGHT_ENDS), zone).astimezone(UTC))


def _minute(moment: datetime) -> int:
    return int(moment.timestamp()) // 60
