"""Tickets as PDF: for paper, and in the shape of a phone. Set by Typst from `templates/ticket.typ`.

Titles and names are handed over as data. None of them is ever a part of the program that Typst runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from matinee.languages.catalogs import translations
from matinee.languages.typesetting import set_pdf
from matinee.outbox.composing import Seal
from matinee.tickets.facts import screening_facts
from matinee.tickets.qr import qr_svg, ticket_url
from matinee.tickets.shown import ShownTicket

Size = Literal["a4", "phone"]
SIZES: tuple[Size, ...] = ("a4", "phone")
TEMPLATE = Path(__file__).parent / "templates" / "ticket.typ"


def tickets_pdf(
    tickets: Sequence[ShownTicket], *, size: Size, language: str, base_url: str, seal: Seal
) -> bytes:
    """A file with a page for each of these tickets of one order."""
    return set_pdf(TEMPLATE, _data(tickets, size=size, language=language, base_url=base_url, seal=seal))


def _data(
    tickets: Sequence[ShownTicket], *, size: Size, language: str, base_url: str, seal: Seal
) -> dict[str, Any]:
    first = tickets[0]
    speech = translations(language)
    _ = speech.gettext
    facts = screening_facts(first.screening, language=language)
    title = speech.ngettext("Ticket: %(film)s", "Tickets: %(film)s", len(tickets)) % {"film": facts["title"]}
    return {
        "size": size,
        "language": language,
        "title": title,
        "film": facts["title"],
        "certificate": facts["certificate"],
        "day": facts["day"],
        "time": facts["time"],
        "hall": facts["hall"],
        "cinema": facts["cinema"],
        "address": facts["address"],
        "order": first.order_code,
        "owed": _("Not paid yet: pay at the counter before you go in.") if first.is_unpaid else "",
        "words": {
            "ticket": _("Ticket"),
            "hall": _("Hall"),
            "row": _("Row"),
            "place": _("Place"),
            "seat": _("Seat"),
            "qr": _("QR code of the ticket:"),
            "order": _("Order"),
            "until": _("until about %(time)s") % {"time": facts["ends"]},
            "hint": _(
                "Show the code at the door, printed or on your phone. Whoever shows it first is let in, so keep it to "
                "yourself."
            ),
        },
        "tickets": [_ticket(one, base_url, seal) for one in tickets],
    }


def _ticket(shown: ShownTicket, base_url: str, seal: Seal) -> dict[str, str]:
    code = shown.code(base_url, seal=seal)
    return {
        "id": shown.id,
        "seat": shown.seat.label,
        "row": shown.seat.row,
        "place": shown.seat.place,
        "type": shown.type_name,
        "url": ticket_url(base_url, shown.id),
        "qr": qr_svg(code).decode(),
    }
