"""What mails say about a screening, in words that do not depend on the language of the machine."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from matinee.boxoffice.models import Order

# Not strftime: that follows the language of the machine.
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def screening_facts(order: Order) -> dict[str, str]:
    """What mails say about the screening of an order that was read with its film, hall and cinema."""
    screening = order.screening
    cinema = screening.hall.cinema
    ends_at = screening.ends_at.astimezone(ZoneInfo(cinema.timezone))
    return {
        "title": _one_line(screening.film.title),
        "certificate": screening.film.certificate,
        "day": long_day(screening.day),
        "short_day": f"{screening.day.day} {MONTHS[screening.day.month - 1][:3]}",
        "time": screening.time,
        "ends": f"{ends_at:%H:%M}",
        "hall": _one_line(screening.hall.name),
        "cinema": _one_line(cinema.name),
        "address": _one_line(cinema.address),
    }


def long_day(day: date) -> str:
    """ "Tuesday, 24 November 2026"."""
    return f"{WEEKDAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
