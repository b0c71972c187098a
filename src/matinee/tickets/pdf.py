"""Tickets as PDF: for paper, and in the shape of a phone. Set by Typst from `templates/ticket.typ`.

Titles and names are handed over as data. None of them is ever a part of the program that Typst runs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

from matinee.languages.catalogs import translations
from matinee.languages.typefaces import FONTS
from matinee.tickets.facts import screening_facts
from matinee.tickets.qr import qr_svg
from matinee.tickets.shown import ShownTicket

if TYPE_CHECKING:
    import typst

Size = Literal["a4", "phone"]
SIZES: tuple[Size, ...] = ("a4", "phone")
TEMPLATE = Path(__file__).parent / "templates" / "ticket.typ"
_one_at_a_time = Lock()


def tickets_pdf(tickets: Sequence[ShownTicket], *, size: Size, language: str, base_url: str) -> bytes:
    """A file with a page for each of these tickets of one order."""
    data = json.dumps(_data(tickets, size=size, language=language, base_url=base_url), ensure_ascii=False)
    with _one_at_a_time:
        content = _compiler().compile(input=str(TEMPLATE), format="pdf", sys_inputs={"data": data})
    assert isinstance(content, bytes), "a PDF is one file"
    return content


@cache
def _compiler() -> typst.Compiler:
    # Late: the server starts without it. Kept: reading the fonts takes longer than setting a ticket.
    import typst

    return typst.Compiler(root=str(TEMPLATE.parent), font_paths=[str(FONTS)], ignore_system_fonts=True)


def _data(tickets: Sequence[ShownTicket], *, size: Size, language: str, base_url: str) -> dict[str, Any]:
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
        "tickets": [_ticket(one, base_url) for one in tickets],
    }


def _ticket(shown: ShownTicket, base_url: str) -> dict[str, str]:
    url = shown.url(base_url)
    return {
        "id": shown.id,
        "seat": shown.seat.label,
        "row": shown.seat.row,
        "place": shown.seat.place,
        "type": shown.type_name,
        "url": url,
        "qr": qr_svg(url).decode(),
    }
