"""Screenings as entries for a calendar (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

PRODUCT = "-//Matinee//Tickets//EN"
# How often calendars that follow a programme are asked to look again.
REFRESH = timedelta(hours=1)


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
    for entry in entries:
        event = Event()
        event.add("uid", entry.uid)
        event.add("dtstamp", stamped_at.astimezone(UTC))
        event.add("dtstart", entry.starts_at.astimezone(UTC))
        event.add("dtend", entry.ends_at.astimezone(UTC))
        event.add("summary", entry.title)
        event.add("location", entry.location)
        event.add("description", entry.description)
        event.add("url", entry.url)
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
