"""What the scripts of the picker are told: addresses, and the words for what they say by themselves."""

from __future__ import annotations

from typing import Any

from flask_wtf.csrf import generate_csrf

from matinee.kernel.money import Money
from matinee.languages.formats import money_text
from matinee.programme.models import SEAT_KINDS
from matinee.web.shared.languages import _, page_language
from matinee.web.shared.services import services
from matinee.web.site.blueprint import to
from matinee.web.site.picker.drawing import Drawing
from matinee.web.site.picker.shown_screening import ShownScreening
from matinee.web.site.picker.words import kind_name, type_value, zone_name


def config_of(shown: ShownScreening, drawing: Drawing) -> dict[str, Any]:
    """All that the scripts need beside the drawing. Braces in texts are filled by them."""
    here = {"screening_id": shown.screening.id}
    return {
        "urls": {
            "seats": to("screening_seats", **here),
            "choice": to("screening_choice", **here),
        },
        "token": generate_csrf(),
        "map_label": _("Seats of %(hall)s", hall=shown.hall.name),
        "zone_looks": dict(drawing.zones),
        "seats_max": services().seats_per_order_max,
        "kinds": {kind: kind_name(kind) for kind in SEAT_KINDS},
        "zones": {
            zone: {"name": zone_name(zone), "price": _price(shown, zone), "types": _types(shown, zone)}
            for zone in drawing.zones
        },
        "states": {
            "free": _("free"),
            "mine": _("chosen by you"),
            "held": _("somebody is choosing it"),
            "sold": _("taken"),
            "house": _("not for sale"),
        },
        "words": _words(),
    }


def _words() -> dict[str, str]:
    return {
        "name": _("Row {row}, seat {place}"),
        "name_without_row": _("Seat {place}"),
        "added": _("{seat} is yours for now."),
        "removed": _("{seat} is free again."),
        "kept_rest": _("Your other seats are still yours."),
        "not_free": _("{seat} is not free."),
        "too_many": _("One purchase has at most {number} seats."),
        "expired": _("Your time is over, and the seats are free for others again. Choose once more."),
        "warning": _("Your seats are kept for two more minutes."),
        "extended": _("You have more time now."),
        "offline": _("The box office does not answer. We keep trying."),
        "online": _("The box office answers again."),
        "stale": _("This page is too old to be used. Load it again."),
        "closed": _("This screening is not on sale any more."),
        "best_found": _("These seats are kept for you: {seats}."),
        "no_seats_in_row": _("Nothing is free in this row."),
    }


def _price(shown: ShownScreening, zone: str) -> str:
    types = shown.types_of(zone)
    if not types:
        return ""
    return money_text(Money(types[0].amount, shown.cinema.currency), page_language())


def _types(shown: ShownScreening, zone: str) -> list[dict[str, str]]:
    currency, language = shown.cinema.currency, page_language()
    return [
        {
            "code": type_value(one),
            "name": f"{one.ticket_type_name} · {money_text(Money(one.amount, currency), language)}",
        }
        for one in shown.types_of(zone)
    ]
