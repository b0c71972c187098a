"""GET /screenings/<id>: a screening, and the map on which its seats are chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request
from flask.typing import ResponseReturnValue

from matinee.kernel import clock
from matinee.web.shared.house import house_of
from matinee.web.shared.services import services
from matinee.web.site.blueprint import page
from matinee.web.site.picker.answers import current_choice
from matinee.web.site.picker.config import config_of
from matinee.web.site.picker.drawing import Drawing, DrawnLine, DrawnSeat, draw
from matinee.web.site.picker.shown_choice import PANEL_WORDS, ShownChoice, told_hold
from matinee.web.site.picker.shown_screening import ShownScreening, shown_screening
from matinee.web.site.picker.words import kind_name, language_name, seat_name, zone_name

WITH_MAP = ("on_sale", "sold_out")


@dataclass(frozen=True, slots=True)
class ListedRow:
    """The row that is open in the list, and its seats that can be added."""

    line: DrawnLine
    free: tuple[tuple[str, str], ...]


@page("/screenings/<int:screening_id>", access="everybody")
def screening(screening_id: int) -> ResponseReturnValue:
    """The screening with its map, as long as it can be bought; else why not, and other times of the film."""
    now = clock.now()
    shown = shown_screening(screening_id, now=now)
    stage = shown.stage(now=now)
    with_map = stage in WITH_MAP and bool(shown.states.seats)
    return render_template(
        "site/screening.html",
        house=house_of(shown.cinema.slug),
        shown=shown,
        stage=stage,
        now=now,
        language_name=language_name,
        **PANEL_WORDS,
        **(_picker(shown, now=now) if with_map else {}),
    )


def _picker(shown: ShownScreening, *, now: datetime) -> dict[str, object]:
    drawing = draw(shown.states.seats, curve=shown.hall.curve)
    choice = current_choice(shown, now=now)
    marks = _marks(shown, choice)
    return {
        "drawing": drawing,
        "choice": choice,
        "marks": marks,
        "listed": _listed(drawing, marks, request.args.get("line", "")),
        "config": {**config_of(shown, drawing), "start": told_hold(choice, now=now)},
        "hold_minutes": round(services().hold_terms.lifetime.total_seconds() / 60),
    }


def _marks(shown: ShownScreening, choice: ShownChoice | None) -> dict[str, str]:
    """Seat label -> why it is not free; what the visitor holds is his own."""
    states = shown.states
    found = {
        label: mark
        for mark, ids in (("house", states.house), ("held", states.held), ("sold", states.sold))
        for label in states.labels(ids)
    }
    found.update({one.seat.label: "mine" for one in choice.seats} if choice is not None else {})
    return found


def _listed(drawing: Drawing, marks: dict[str, str], wanted: str) -> ListedRow | None:
    line = next((line for line in drawing.lines if str(line.key) == wanted), None)
    if line is None:
        return None
    return ListedRow(
        line,
        tuple((seat.label, _listed_name(seat, line)) for seat in line.seats if seat.label not in marks),
    )


def _listed_name(seat: DrawnSeat, line: DrawnLine) -> str:
    # The row was chosen before, unless several share the line.
    name = seat_name("" if seat.row == line.name else seat.row, seat.place)
    kind = "" if seat.kind == "standard" else kind_name(seat.kind)
    return ", ".join(part for part in (name, kind, zone_name(seat.zone)) if part)
