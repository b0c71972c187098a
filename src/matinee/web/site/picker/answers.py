"""Answers to the picker's calls: JSON where a script asks, another page where a form was sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask import Response, flash, jsonify, redirect
from flask.typing import ResponseReturnValue

from matinee.accounts.errors import TooManyAttempts
from matinee.kernel.errors import DomainError
from matinee.web.shared.negotiation import wants_json
from matinee.web.shared.refusals import flash_refusal, sentence, status_of
from matinee.web.shared.services import services
from matinee.web.site.blueprint import to
from matinee.web.site.picker.buyer import own_hold
from matinee.web.site.picker.shown_choice import ShownChoice, panel_of, present_choice, told_hold
from matinee.web.site.picker.shown_screening import ShownScreening, shown_screening


def current_choice(shown: ShownScreening, *, now: datetime) -> ShownChoice | None:
    """What the visitor holds of the screening now."""
    screening_id = shown.screening.id
    return services().transactions.read(
        lambda session: present_choice(
            session, hold=own_hold(session, screening_id=screening_id, now=now), shown=shown
        )
    )


def answer(
    work: Callable[[], str | None], *, screening_id: int, now: datetime, back: str | None = None
) -> ResponseReturnValue:
    """Do what was asked, and tell what is held then; a refusal is said beside it.

    `work` changes something and gives the address that leads on, if any. `back`: where a form leads otherwise.
    Raises ScreeningNotFound.
    """
    refusal: DomainError | None = None
    onward: str | None = None
    try:
        onward = work()
    except DomainError as error:
        refusal = error
    if wants_json():
        return told(screening_id, now=now, refusal=refusal, onward=onward)
    if refusal is not None:
        flash_refusal(refusal)
    return redirect(onward or back or to("screening", screening_id=screening_id), code=303)


def told(
    screening_id: int, *, now: datetime, refusal: DomainError | None = None, onward: str | None = None
) -> Response:
    """What the visitor holds, as JSON; with what was refused and which seats it is about."""
    shown = shown_screening(screening_id, now=now)
    choice = current_choice(shown, now=now)
    body: dict[str, Any] = {**told_hold(choice, now=now), "panel": panel_of(choice, shown=shown)}
    if onward is not None:
        body["onward"] = onward
    status = 200
    if refusal is not None:
        status = status_of(refusal)
        labels: Sequence[str] = getattr(refusal, "labels", ())
        body["refused"] = {"code": refusal.code, "sentence": sentence(refusal), "seats": list(labels)}
    response = jsonify(body)
    response.status_code = status
    # It is about one person.
    response.headers["Cache-Control"] = "no-store"
    if isinstance(refusal, TooManyAttempts):
        response.headers["Retry-After"] = str(refusal.retry_after_seconds)
    return response


def say(message: str) -> None:
    """Say it at the top of the next page, where a form was sent; scripts say it themselves."""
    if not wants_json():
        flash(message, "good")
