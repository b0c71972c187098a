"""POST /backoffice/at/<cinema>/halls/<id>/plan: the editor saves."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from matinee.boxoffice.errors import SeatsInUse
from matinee.boxoffice.hall_plans import ChangedPlan, change_hall_plan
from matinee.boxoffice.seats_sold import seats_sold
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.programme.halls import layout_of, version_of_plan
from matinee.programme.models import Hall
from matinee.programme.plan_faults import faults_of
from matinee.web.backoffice.blueprint import staff_page, this_house
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.halls.found import hall_here
from matinee.web.backoffice.halls.plan_json import NoPlan, SentPlan, read_plan, told_plan
from matinee.web.backoffice.halls.words import fault_sentence, report_words, told_conflict
from matinee.web.backoffice.refusals import staff_sentence, status_of
from matinee.web.shared.languages import _


@staff_page("/at/<cinema>/halls/<int:hall_id>/plan", power="plan", methods=("POST",))
def save_hall_plan(cinema: str, hall_id: int) -> ResponseReturnValue:
    """Make the hall like the plan that came, and answer with its new version; else say what stands against it."""
    hall = read(lambda session: hall_here(session, cinema_id=this_house().id, hall_id=hall_id))
    try:
        sent = _sent(hall)
    except NoPlan:
        return jsonify(message=_("This is no plan of a hall. Load the page again."), code="no_plan"), 400
    faults = faults_of(sent.layout)
    if faults:
        problems = [fault_sentence(fault) for fault in faults]
        seats = sorted({label for fault in faults for label in fault.labels})
        message = _("The plan cannot be saved like this.")
        return jsonify(message=message, code="faulty_plan", problems=problems, seats=seats), 422
    return _saved(sent, hall)


def _sent(hall: Hall) -> SentPlan:
    try:
        body = request.get_json(force=True)
    except HTTPException as error:
        if error.code == 413:
            raise
        raise NoPlan("it is no JSON") from error
    except RecursionError as error:
        raise NoPlan("it is nested too deeply") from error
    return read_plan(body, hall_name=hall.name, turnaround_minutes=hall.turnaround_minutes)


def _saved(sent: SentPlan, hall: Hall) -> ResponseReturnValue:
    now = clock.now()

    def save(session: Session, trail: Trail) -> dict[str, Any]:
        found = hall_here(session, cinema_id=hall.cinema_id, hall_id=hall.id)
        changed = change_hall_plan(
            session, hall=found, layout=sent.layout, seen_version=sent.version, now=now
        )
        leave_trail(trail, found, changed)
        sold = seats_sold(session, hall_id=found.id, now=now)
        told = told_plan(
            layout_of(session, hall=found), version=version_of_plan(session, hall=found), sold=sold
        )
        told["not_kept_back"] = [told_conflict(conflict) for conflict in changed.not_kept_back]
        return told

    try:
        return jsonify(change(save, now=now))
    except SeatsInUse as error:
        conflicts = [told_conflict(conflict) for conflict in error.conflicts]
        return jsonify(message=staff_sentence(error), code=error.code, conflicts=conflicts), 409
    except DomainError as error:
        return jsonify(message=staff_sentence(error), code=error.code), status_of(error)


def leave_trail(trail: Trail, hall: Hall, changed: ChangedPlan) -> None:
    """Write into the audit log what was done to the plan."""
    report = changed.report
    counts = {"new": report.seats_new, "changed": report.seats_changed, "removed": report.seats_removed}
    trail(
        "hall.plan",
        f"hall:{hall.id}",
        report_words(hall.name, **counts),
        cinema_id=hall.cinema_id,
        details={**counts, "curve": hall.curve, "focus_changed": report.focus_changed},
    )
