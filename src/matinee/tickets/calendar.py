"""The screening as an entry for a calendar (RFC 5545)."""

from __future__ import annotations

from datetime import UTC, datetime

from icalendar import Calendar, Event

PRODUCT = "-//Matinee//Tickets//EN"


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
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", stamped_at.astimezone(UTC))
    event.add("dtstart", starts_at.astimezone(UTC))
    event.add("dtend", ends_at.astimezone(UTC))
    event.add("summary", title)
    event.add("location", location)
    event.add("description", description)
    event.add("url", url)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
