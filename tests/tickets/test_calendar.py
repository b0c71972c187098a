from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from icalendar import Calendar

from matinee.tickets.calendar import screening_calendar


def test_lines_are_folded_and_special_characters_survive() -> None:
    start = datetime(2027, 3, 12, 19, 30, tzinfo=timezone(timedelta(hours=2)))
    title = "Що?; Де, коли \\ " * 10
    content = screening_calendar(
        uid="a@b",
        title=title,
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        location="Hall 1, Odeon; left",
        description="one\ntwo",
        url="https://b/tikets/x",
        stamped_at=start,
    )
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"DTSTART:20270312T173000Z" in content
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert str(event["summary"]) == title
    assert str(event["description"]) == "one\ntwo"
    assert event.decoded("dtend") == datetime(2027, 3, 12, 19, 30, tzinfo=UTC)
