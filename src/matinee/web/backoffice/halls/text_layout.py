"""The text layout of a hall: out as a file, in with a look at what would change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import SeatsInUse
from matinee.boxoffice.hall_plans import ChangedPlan, change_hall_plan, conflicts_with
from matinee.boxoffice.seat_conflicts import SeatConflict
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.programme.errors import FaultyFile
from matinee.programme.halls import layout_of, version_of_plan
from matinee.programme.layout_differences import differences
from matinee.programme.layout_export import format_layout
from matinee.programme.layouts import HallLayout, parse_layout
from matinee.programme.models import Hall
from matinee.web.backoffice.blueprint import here, staff_page, this_house
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.halls.found import hall_here
from matinee.web.backoffice.halls.saving import leave_trail
from matinee.web.backoffice.halls.words import difference_words, told_conflict
from matinee.web.backoffice.refusals import staff_sentence
from matinee.web.shared.languages import _

LINE_NAME = "hall.txt"


@staff_page("/at/<cinema>/halls/<int:hall_id>/plan.txt", power="plan")
def hall_text(cinema: str, hall_id: int) -> ResponseReturnValue:
    """The hall as text, to keep or to edit elsewhere."""

    def write(session: Session) -> str:
        return format_layout(layout_of(session, hall=_hall(session, hall_id)))

    text = read(write)
    return Response(
        text,
        mimetype="text/plain",
        headers={"Content-Disposition": f'attachment; filename="hall-{hall_id}.txt"'},
    )


@dataclass(frozen=True, slots=True)
class Preview:
    """What a text would change, and what stands against it."""

    version: str
    differences: list[tuple[str, str]]
    conflicts: list[SeatConflict]


@staff_page("/at/<cinema>/halls/<int:hall_id>/import", power="plan", methods=("GET", "POST"))
def import_hall_text(cinema: str, hall_id: int) -> ResponseReturnValue:
    """Take a text layout over: first shown with what it changes, then saved. 422 for what cannot be read."""
    hall = read(lambda session: _hall(session, hall_id))
    if request.method == "GET":
        return _shown(
            hall, text=read(lambda session: format_layout(layout_of(session, hall=_hall(session, hall_id))))
        )
    file = request.files.get("file")
    data = file.read() if file is not None and file.filename else request.form.get("text", "").encode()
    text = data.decode("utf-8-sig", "replace")
    try:
        layout = parse_layout(data, file_name=LINE_NAME)
    except FaultyFile as error:
        return _shown(hall, text=text, problems=error.problems, status=422)
    if request.form.get("step") == "save":
        return _save(hall, layout, text)
    return _shown(hall, text=text, preview=read(lambda session: _preview(session, hall_id, layout)))


def _save(hall: Hall, layout: HallLayout, text: str) -> ResponseReturnValue:
    now = clock.now()

    def save(session: Session, trail: Trail) -> ChangedPlan:
        found = _hall(session, hall.id)
        changed = change_hall_plan(
            session, hall=found, layout=layout, seen_version=request.form.get("version", ""), now=now
        )
        leave_trail(trail, found, changed)
        return changed

    try:
        changed = change(save, now=now)
    except SeatsInUse as error:
        flash(staff_sentence(error), "error")
        return _shown(
            hall, text=text, preview=read(lambda session: _preview(session, hall.id, layout)), status=409
        )
    except DomainError as error:
        flash(staff_sentence(error), "error")
        return _shown(hall, text=text, status=409)
    flash(_("Saved."), "good")
    for conflict in changed.not_kept_back:
        told = told_conflict(conflict)
        flash(f"{told['seat']}: {told['screening']}, {told['order']}: {told['harm']}", "info")
    return redirect(here("hall", hall_id=hall.id), code=303)


def _preview(session: Session, hall_id: int, layout: HallLayout) -> Preview:
    hall = _hall(session, hall_id)
    return Preview(
        version_of_plan(session, hall=hall),
        [difference_words(one) for one in differences(layout_of(session, hall=hall), layout)],
        conflicts_with(session, hall=hall, layout=layout, now=clock.now()),
    )


def _hall(session: Session, hall_id: int) -> Hall:
    return hall_here(session, cinema_id=this_house().id, hall_id=hall_id)


def _shown(
    hall: Hall, *, text: str, preview: Preview | None = None, problems: Any = (), status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "backoffice/halls/import.html",
        hall=hall,
        text=text,
        preview=preview,
        problems=problems,
        conflicts=[told_conflict(one) for one in preview.conflicts] if preview is not None else [],
    )
    return page, status
