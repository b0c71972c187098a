"""How the API as given writes what it tells: its spellings exist in this package alone."""

from __future__ import annotations

from flask import Response, jsonify

from matinee.boxoffice.models import Ticket


def seat_number(label: str) -> int | str:
    """A label of digits alone is written as a number, any other as a string."""
    if label.isascii() and label.isdecimal() and str(int(label)) == label:
        return int(label)
    return label


def ticket_data(
    *, base_url: str, day: str, title: str, time: str, label: str, ticket_id: str
) -> dict[str, object]:
    """One ticket as the API writes it."""
    return {
        "date": day,
        "title": title,
        "time": time,
        "number": seat_number(label),
        "id": ticket_id,
        "urltoqr": f"{base_url}/tikets/{ticket_id}.png",
    }


def stored_ticket_data(ticket: Ticket, *, base_url: str) -> dict[str, object]:
    """A ticket that was read with its screening, film and seat."""
    screening = ticket.screening
    return ticket_data(
        base_url=base_url,
        day=screening.day.isoformat(),
        title=screening.film.title,
        time=screening.time,
        label=ticket.seat.label,
        ticket_id=ticket.id,
    )


def message(text: str, **more: object) -> Response:
    """200 with a message."""
    return jsonify(message=text, **more)


def confirmation_state(confirmed: bool) -> Response:
    """Whether an address is confirmed, in the API's words."""
    return message("Email confirmed" if confirmed else "Email not confirmed")


def without_effect() -> Response:
    """The answer to HEAD where GET would do something: HEAD only asks and must change nothing (RFC 9110, 9.2.1)."""
    return Response(status=200, content_type="application/json")
