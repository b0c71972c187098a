"""The amounts of a price list as a grid of fields: a line for each zone, a column for each kind of ticket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.kernel.natural import natural_key
from matinee.programme.fields import ZONE_CHARACTERS_MAX, parse_line
from matinee.programme.models import STANDARD_ZONE, Hall, PriceList, Seat, TicketType
from matinee.programme.prices import amounts_by_zone_and_type
from matinee.programme.typed_numbers import typed_amount, written_amount
from matinee.web.backoffice.programme.forms import TypedForm, sentence_for_amount
from matinee.web.shared.languages import _

# Lines for zones that no hall has yet.
EMPTY_LINES = 1
LINES_MAX = 60


def zones_of(session: Session, *, cinema_id: int) -> list[str]:
    """The zones of the halls of a cinema, "standard" first."""
    wanted = select(Seat.zone).join(Hall, Hall.id == Seat.hall_id).where(Hall.cinema_id == cinema_id)
    found = {STANDARD_ZONE, *session.scalars(wanted.distinct())}
    return sorted(found, key=lambda zone: (zone != STANDARD_ZONE, natural_key(zone)))


def grid_values(
    session: Session, *, cinema_id: int, price_list: PriceList | None, currency: str
) -> dict[str, str]:
    """What stands in the fields: `zone-<line>`, `amount-<line>-<kind of ticket>`."""
    amounts = {} if price_list is None else amounts_by_zone_and_type(session, price_list_id=price_list.id)
    zones = zones_of(session, cinema_id=cinema_id)
    zones += sorted({zone for zone, _kind in amounts} - set(zones), key=natural_key)
    lines = {zone: line for line, zone in enumerate(zones)}
    values = {f"zone-{line}": zone for zone, line in lines.items()}
    for (zone, type_id), amount in amounts.items():
        values[f"amount-{lines[zone]}-{type_id}"] = written_amount(amount, currency=currency)
    return values


def lines_of(form: TypedForm) -> range:
    """The lines of the grid, with empty ones at the end."""
    numbers = [int(name[5:]) for name in form.values if name.startswith("zone-") and name[5:].isdecimal()]
    return range(min(LINES_MAX, max([n for n in numbers if n < LINES_MAX], default=-1) + 1 + EMPTY_LINES))


def parsed_amounts(
    form: TypedForm, *, types: Sequence[TicketType], currency: str
) -> Mapping[tuple[str, str], int]:
    """The amounts by zone and code of the kind, as price lists take them; the form notes what is none."""
    found: dict[tuple[str, str], int] = {}
    for line in range(LINES_MAX):
        typed = {each.code: f"amount-{line}-{each.id}" for each in types}
        if not any(form[name].strip() for name in typed.values()):
            continue
        zone = form.parse(
            f"zone-{line}",
            lambda text: parse_line(text, what="zone", characters_max=ZONE_CHARACTERS_MAX),
            _("A zone has 1 to 40 characters."),
            otherwise="",
        )
        for code, name in typed.items():
            if not form[name].strip():
                continue
            amount = form.parse(
                name,
                lambda text: typed_amount(text, currency=currency),
                sentence_for_amount(currency),
                otherwise=0,
            )
            if (zone, code) in found:
                form.errors[f"zone-{line}"] = _("This zone stands there twice.")
            found[zone, code] = amount
    return found
