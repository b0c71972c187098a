"""All figures of a cinema's day, read at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from matinee.programme.models import Cinema
from matinee.reports.today.clock_hours import cut_day
from matinee.reports.today.money import DayMoney, money_of
from matinee.reports.today.sales import DaySales, sales_of
from matinee.reports.today.shown import ShownToday, shown_on

A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class HouseToday:
    """A cinema's day up to `now`, and the same weekday a week before, which is cut at the same time on the wall."""

    now: datetime
    day: date
    zone: str
    currency: str
    screenings: Sequence[ShownToday]
    sales: DaySales
    sales_before: DaySales
    money: DayMoney
    money_before: DayMoney

    @property
    def hour(self) -> int:
        """The hour that the wall shows."""
        return self.now.astimezone(ZoneInfo(self.zone)).hour

    @property
    def running(self) -> list[ShownToday]:
        """What is on at this moment."""
        return [one for one in self.screenings if one.starts_at <= self.now < one.ends_at]

    @property
    def next_ones(self) -> list[ShownToday]:
        """What begins later today."""
        return [one for one in self.screenings if one.starts_at > self.now]


def house_today(session: Session, *, cinema_id: int, now: datetime) -> HouseToday:
    """The figures at `now`. The number of statements does not depend on how much there is."""
    cinema = session.get_one(Cinema, cinema_id)
    wall = now.astimezone(ZoneInfo(cinema.timezone))
    # To the minute: that is what is said beside it.
    shown = time(wall.hour, wall.minute, fold=wall.fold)
    today = cut_day(wall.date(), at=shown, zone=cinema.timezone)
    before = cut_day(wall.date() - A_WEEK, at=shown, zone=cinema.timezone)
    return HouseToday(
        now=now,
        day=wall.date(),
        zone=cinema.timezone,
        currency=cinema.currency,
        screenings=shown_on(session, cinema_id=cinema_id, day=wall.date(), now=now),
        sales=sales_of(session, cinema_id=cinema_id, day=today),
        sales_before=sales_of(session, cinema_id=cinema_id, day=before),
        money=money_of(session, cinema_id=cinema_id, day=today),
        money_before=money_of(session, cinema_id=cinema_id, day=before),
    )
