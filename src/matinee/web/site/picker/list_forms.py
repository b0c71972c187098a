"""POST /screenings/<id>/list: adding, changing and removing single seats by plain forms, without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import request
from flask.typing import ResponseReturnValue

from matinee.boxoffice.offers import SeatChoice
from matinee.kernel import clock
from matinee.web.site.blueprint import page, to
from matinee.web.site.picker.answers import answer, current_choice
from matinee.web.site.picker.choice_calls import set_choice
from matinee.web.site.picker.shown_screening import shown_screening


@page("/screenings/<int:screening_id>/list", access="everybody", methods=("POST",))
def choose_in_list(screening_id: int) -> ResponseReturnValue:
    """Change the choice by one seat: `add` or `change` with a `ticket_type`, or `remove`; each names a seat by its label."""
    now = clock.now()
    form = request.form
    line = form.get("line", "")
    back = to("screening", screening_id=screening_id, line=line or None, _anchor="choose")

    def choose() -> None:
        set_choice(screening_id, _after(screening_id, form, now=now), now=now)

    return answer(choose, screening_id=screening_id, now=now, back=back)


def _after(screening_id: int, form: Mapping[str, str], *, now: datetime) -> list[SeatChoice]:
    choice = current_choice(shown_screening(screening_id, now=now), now=now)
    seats = {one.seat.label: one.ticket_type for one in choice.seats} if choice is not None else {}
    wanted = form.get("add") or form.get("change")
    if wanted:
        seats[wanted] = form.get("ticket_type") or None
    seats.pop(form.get("remove", ""), None)
    return [SeatChoice(label, ticket_type) for label, ticket_type in seats.items()]
