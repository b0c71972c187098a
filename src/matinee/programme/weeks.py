"""Weeks of a cinema, and the days that people mean: a night's screening after midnight belongs to the evening before it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

# What begins before this time on the wall is the end of the night before, for whoever plans and for whoever comes.
NIGHT_ENDS = "05:00"
DAYS_PER_WEEK = 7


def first_day_of_week(day: date, *, starts_on: int) -> date:
    """The first day of the cinema's week that this day is in. `starts_on`: ISO number of a weekday."""
    return day - timedelta(days=(day.isoweekday() - starts_on) % DAYS_PER_WEEK)


def programme_day(day: date, time: str) -> date:
    """The day in whose programme a screening stands that begins on this day at this time ("HH:MM") of the wall's clock."""
    return day - timedelta(days=1) if time < NIGHT_ENDS else day


def days_to_repeat(after: date, *, weekdays: Collection[int], weeks: int, starts_on: int) -> list[date]:
    """The days after this one that fall on these weekdays (ISO numbers), to the end of the `weeks`-th week of the cinema.

    The week that `after` is in is the first.
    """
    first = first_day_of_week(after, starts_on=starts_on)
    days = (first + timedelta(days=number) for number in range(DAYS_PER_WEEK * weeks))
    return [day for day in days if day > after and day.isoweekday() in weekdays]
