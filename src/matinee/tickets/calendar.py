"""Screenings as entries for a calendar (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from icalendar import Calendar, Event

PRODUCT = "-//Matinee//Tickets//EN"
# How often calendars that follow a programme are asked to look again.
REFRESH = timedelta(hours=1)
# Writing one takes half a millisecond, and a programme has hundreds, which stay as they are. Of half a kilobyte each.
ENTRIES_KEPT_MAX = 5000


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A screening. With the same `uid` a later file replaces the entry of an earlier one."""

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    location: str
    description: str
    url: str


def screening_calendar(
    *,
    uid: str,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    location: str,
    description: str,
    url: str,
    stamped_at: datetime,
) -> bytes:
    """A file with one event; times are written in UTC.

    With the same `uid` a second file replaces the first one's entry. `stamped_at` is when the entry was made.
    """
    entry = CalendarEntry(uid, title, starts_at, ends_at, location, description, url)
    return _written(_calendar(), [entry], stamped_at)


def programme_calendar(*, name: str, entries: Iterable[CalendarEntry], stamped_at: datetime) -> bytes:
    """A calendar to follow, under a name; times are written in UTC. `stamped_at` is when the entries were made."""
    calendar = _calendar()
    calendar.add("x-wr-calname", name)
    calendar.add("name", name)
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    return _written(calendar, entries, stamped_at)


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    return calendar


def _written(calendar: Calendar, entries: Iterable[CalendarEntry], stamped_at: datetime) -> bytes:
    head, end, _rest = calendar.to_ical().partition(b"END:VCALENDAR")
    written: bytes = head + b"".join(_event(entry, stamped_at) for entry in entries) + end + b"\r\n"
    return written


@lru_cache(maxsize=ENTRIES_KEPT_MAX)
def _event(entry: CalendarEntry, stamped_at: datetime) -> bytes:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", stamped_at.astimezone(UTC))
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", entry.ends_at.astimezone(UTC))
    event.add("summary", entry.title)
    event.add("location", entry.location)
    event.add("description", entry.description)
    event.add("url", entry.url)
    written: bytes = event.to_ical()
    return written
