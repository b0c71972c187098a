"""What seats are called: their kinds, zones, rows and places, in the language of the page."""

from __future__ import annotations

from matinee.languages import names
from matinee.programme.models import STANDARD_ZONE
from matinee.programme.screening_prices import ZonePrice
from matinee.web.shared.languages import _, page_language


def kind_name(kind: str) -> str:
    """What a seat of this kind is called."""
    return {
        "standard": _("seat"),
        "premium": _("premium seat"),
        "sofa": _("sofa seat"),
        "wheelchair": _("wheelchair place"),
        "companion": _("companion seat"),
    }[kind]


def kind_title(kind: str) -> str:
    """The kind as the legend names it."""
    return {
        "standard": _("Standard seat"),
        "premium": _("Premium seat"),
        "sofa": _("Sofa"),
        "wheelchair": _("Wheelchair place"),
        "companion": _("Seat for a companion"),
    }[kind]


def zone_name(zone: str) -> str:
    """The zone as people read it: cinemas write theirs as they like."""
    return _("Standard") if zone == STANDARD_ZONE else zone[:1].upper() + zone[1:]


def seat_name(row: str, place: str) -> str:
    """The seat as one looks for it in the hall."""
    if not row:
        return _("Seat %(place)s", place=place)
    return _("Row %(row)s, seat %(place)s", row=row, place=place)


def type_value(price: ZonePrice) -> str:
    """What a form sends for a ticket type; nothing for the one that a cinema without any is taken to have."""
    return price.ticket_type_code if price.ticket_type_id is not None else ""


def language_name(tag: str) -> str:
    """What a language is called within a sentence, by its tag (BCP 47); the tag itself where nobody knows it."""
    return names.language_name(tag, page_language())
