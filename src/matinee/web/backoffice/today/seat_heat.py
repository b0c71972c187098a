"""GET /backoffice/at/<cinema>/today/halls/<id>: how often each seat of a hall is sold, on its plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from matinee.kernel import clock
from matinee.programme.queries import halls_of
from matinee.reports.seats.heat import HallHeat, SeatHeat, hall_heat
from matinee.web.backoffice.blueprint import staff_page, this_house
from matinee.web.backoffice.changes import read
from matinee.web.shared.languages import _
from matinee.web.site.picker.drawing import draw
from matinee.web.site.picker.words import seat_name

WEEKS = (1, 4, 13, 26)
WEEKS_USUAL = 4
# So many steps above "never"; each is a fifth.
STEPS = 5


@dataclass(frozen=True, slots=True)
class RowHeat:
    """A row of the hall: how many seats it has, and what they are sold on average, in per cent."""

    name: str
    seats: int
    percent: int


@staff_page("/at/<cinema>/today/halls/<id:hall_id>", power="house_today")
def hall_seats(cinema: str, hall_id: int) -> ResponseReturnValue:
    """The heat of a hall's seats over some weeks (`weeks`, one of those that are offered). Raises HallNotFound."""
    asked = request.args.get("weeks", str(WEEKS_USUAL))
    if asked not in {str(weeks) for weeks in WEEKS}:
        abort(400, _("This cannot be counted over so many weeks."))
    now, house = clock.now(), this_house()
    found, halls = read(
        lambda session: (
            hall_heat(session, cinema_id=house.id, hall_id=hall_id, weeks=int(asked), now=now),
            halls_of(session, cinema_id=house.id),
        )
    )
    return render_template(
        "backoffice/today/heat.html",
        found=found,
        halls=halls,
        weeks=int(asked),
        weeks_offered=WEEKS,
        drawing=draw([one.seat for one in found.seats]) if found.seats else None,
        by_label={one.seat.label: one for one in found.seats},
        rows=list(row_heats(found)),
        step_of=step_of,
        steps=[(0, _("never")), *((step, _step_name(step)) for step in range(1, STEPS + 1))],
        seat_name=seat_name,
    )


def step_of(percent: int, sold: int) -> int:
    """Which step a seat is drawn in: 0 where it was never sold, else the fifth that its share is in, from 1 on."""
    if sold == 0:
        return 0
    return max(1, -(-percent * STEPS // 100))


def _step_name(step: int) -> str:
    width = 100 // STEPS
    if step == 1:
        return _("up to %(last)d %%", last=width)
    return _("%(first)d to %(last)d %%", first=(step - 1) * width + 1, last=step * width)


def row_heats(found: HallHeat) -> Iterable[RowHeat]:
    """The rows of the hall as they stand from the screen on; seats without a row are one together."""
    rows: dict[str, list[SeatHeat]] = {}
    for one in sorted(found.seats, key=lambda heat: heat.seat.y):
        rows.setdefault(one.seat.row, []).append(one)
    for name, seats in rows.items():
        chances = max(1, len(seats) * found.screenings)
        yield RowHeat(name or "–", len(seats), sum(one.sold for one in seats) * 100 // chances)
