"""What the scripts of the counter's map are told beside the drawing: names of seats, in the language of the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matinee.kernel.money import Money
from matinee.languages.formats import money_text
from matinee.programme.models import SEAT_KINDS
from matinee.programme.screening_prices import ZonePrice
from matinee.web.shared.languages import _, page_language
from matinee.web.site.picker.drawing import Drawing
from matinee.web.site.picker.words import kind_name, zone_name


def map_config(drawing: Drawing, prices: Sequence[ZonePrice], *, hall: str, currency: str) -> dict[str, Any]:
    """As the picker's, in so far as the map needs it. Braces in texts are filled by the scripts."""
    return {
        "map_label": _("Seats of %(hall)s", hall=hall),
        "zone_looks": dict(drawing.zones),
        "kinds": {kind: kind_name(kind) for kind in SEAT_KINDS},
        "zones": {
            zone: {"name": zone_name(zone), "price": _price(prices, zone, currency)} for zone in drawing.zones
        },
        "states": {
            "free": _("free"),
            "mine": _("chosen"),
            "held": _("held by somebody"),
            "sold": _("sold"),
            "house": _("kept back by the house"),
            "broken": _("broken"),
        },
        "words": {"name": _("Row {row}, seat {place}"), "name_without_row": _("Seat {place}")},
    }


def _price(prices: Sequence[ZonePrice], zone: str, currency: str) -> str:
    first = next((one for one in prices if one.zone == zone), None)
    return money_text(Money(first.amount, currency), page_language()) if first is not None else ""
