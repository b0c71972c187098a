"""The answer to a step of planning: what was done, and how it is undone; as JSON for the page's script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from matinee.languages.formats import short_day_text
from matinee.programme.errors import NotAllFit, RefusedRepeat
from matinee.web.backoffice.blueprint import here
from matinee.web.backoffice.refusals import staff_sentence, status_of
from matinee.web.shared.forgery import is_ours
from matinee.web.shared.languages import _, page_language
from matinee.web.shared.negotiation import wants_json

REFUSED_SHOWN_MAX = 60
Fields = Mapping[str, Any]


def done(
    message: str, *, undo: tuple[str, Fields] | None = None, focus: int | None = None
) -> ResponseReturnValue:
    """`undo`: the endpoint and the fields that take the step back; `focus`: the screening that it was about."""
    if wants_json():
        back = None if undo is None else {"url": here(undo[0]), "fields": undo[1]}
        return jsonify(message=message, undo=back, focus=focus)
    flash(message, "good")
    return lead_back()


def lead_elsewhere(url: str) -> ResponseReturnValue:
    """Go to another page, where more is to be said before the step is made."""
    return jsonify(lead=url) if wants_json() else redirect(url, code=303)


def not_all_fit(error: NotAllFit, *, endpoint: str, fields: Fields) -> ResponseReturnValue:
    """What does not fit, and how the rest is planned all the same. Nothing was planned so far."""
    message = staff_sentence(error)
    told = [f"{what_of(each)}: {staff_sentence(each.why)}" for each in error.refused[:REFUSED_SHOWN_MAX]]
    if len(error.refused) > REFUSED_SHOWN_MAX:
        told.append(_("And %(num)d more.", num=len(error.refused) - REFUSED_SHOWN_MAX))
    if not wants_json():
        flash(" ".join([message, *told]), "error")
        return lead_back()
    go_on = {"url": here(endpoint), "fields": {**fields, "go_on": "1"}} if error.fit else None
    answer = jsonify(message=message, code=error.code, refused=told, fit=error.fit, go_on=go_on)
    answer.status_code = status_of(error)
    return answer


def what_of(refused: RefusedRepeat) -> str:
    """A screening that does not fit: film, hall, day and time."""
    day = short_day_text(refused.day, page_language())
    return f"{refused.title}, {refused.hall}, {day}, {refused.time}"


def lead_back() -> ResponseReturnValue:
    """To the page that the form stood on, or to the week."""
    wanted = request.form.get("next", "")
    return redirect(wanted if is_ours(wanted) else here("week"), code=303)


def ids_of(ids: Sequence[int]) -> Fields:
    """The field that names screenings."""
    return {"ids": list(ids)}
