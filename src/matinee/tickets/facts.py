"""What mails and tickets say about a screening, in one language."""

from __future__ import annotations

from matinee.languages import formats
from matinee.programme.models import Screening


def screening_facts(screening: Screening, *, language: str) -> dict[str, str]:
    """What is said about a screening that was read with its film, hall and cinema. Each is one line of text."""
    cinema = screening.hall.cinema
    return {
        "title": one_line(screening.film.title),
        "certificate": one_line(screening.film.certificate),
        "day": formats.written_out_day_text(screening.day, language),
        "short_day": formats.day_and_month_text(screening.day, language),
        "time": screening.time,
        "ends": formats.time_text(screening.ends_at, cinema.timezone, language),
        "hall": one_line(screening.hall.name),
        "cinema": one_line(cinema.name),
        "address": ", ".join(one_line(line) for line in cinema.address.splitlines() if line.strip()),
    }


def one_line(text: str) -> str:
    """The text without line breaks, and with single blanks."""
    return " ".join(text.split())
