"""GET /backoffice/at/<cinema>/counter/screenings/<id>/blocked: seats of a screening that nobody shall get."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.boxoffice.blocked_seats import NOTE_CHARACTERS_MAX, block_seats, kept_seats, unblock_seats
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.web.backoffice.blueprint import here, staff_page
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.counter.clerks import typed
from matinee.web.backoffice.counter.map_config import map_config
from matinee.web.backoffice.counter.sale_view import sale_view, screening_here
from matinee.web.backoffice.refusals import flash_refusal
from matinee.web.shared.languages import _, ngettext
from matinee.web.site.picker.drawing import draw

SEATS_CHARACTERS_MAX = 4000


@staff_page("/at/<cinema>/counter/screenings/<id:screening_id>/blocked", power="sell")
def blocked_seats(cinema: str, screening_id: int) -> ResponseReturnValue:
    """What is kept back, why, and a map on which more is chosen."""
    now = clock.now()

    def look(session: Session) -> str:
        view = sale_view(session, screening_id=screening_id, now=now)
        drawing = draw(view.states.seats) if view.states.seats else None
        states = {**view.told_states(), "mine": []}
        return render_template(
            "backoffice/counter/blocked.html",
            view=view,
            shown=view.screening,
            kept=kept_seats(session, screening_id=screening_id),
            drawing=drawing,
            marks={label: mark for label, mark in view.marks().items() if mark != "mine"},
            states=states,
            config=map_config(drawing, view.prices, hall=view.screening.hall.name, currency=view.currency)
            if drawing is not None
            else {},
            reasons={"house": _("kept for the house"), "broken": _("broken"), "blocked": _("blocked")},
            wanted=request.args.get("seats", "")[:SEATS_CHARACTERS_MAX],
        )

    return read(look)


@staff_page("/at/<cinema>/counter/screenings/<id:screening_id>/block", power="sell", methods=("POST",))
def block_some_seats(cinema: str, screening_id: int) -> ResponseReturnValue:
    """Block the seats (`seats`, separated by commas), with a `note`."""
    now = clock.now()
    labels = [one.strip() for one in typed("seats", SEATS_CHARACTERS_MAX).split(",") if one.strip()]
    note = typed("note", NOTE_CHARACTERS_MAX)

    def work(session: Session, trail: Trail) -> None:
        screening = screening_here(session, screening_id)
        block_seats(session, screening_id=screening_id, labels=labels, note=note, now=now)
        said = f"Blocked {', '.join(labels)}: {note}"[:500]
        trail("screening.block", f"screening:{screening_id}", said, cinema_id=screening.cinema_id)

    try:
        change(work, now=now)
    except DomainError as error:
        flash_refusal(error)
        return redirect(here("blocked_seats", screening_id=screening_id, seats=",".join(labels)), code=303)
    flash(ngettext("%(num)d seat is blocked.", "%(num)d seats are blocked.", len(labels)), "good")
    return redirect(here("blocked_seats", screening_id=screening_id), code=303)


@staff_page("/at/<cinema>/counter/screenings/<id:screening_id>/unblock", power="sell", methods=("POST",))
def unblock_some_seats(cinema: str, screening_id: int) -> ResponseReturnValue:
    """Let blocked seats (`seat`) be sold again."""
    labels = [one.replace("\0", "") for one in request.form.getlist("seat")]

    def work(session: Session, trail: Trail) -> list[str]:
        screening = screening_here(session, screening_id)
        free = unblock_seats(session, screening_id=screening_id, labels=labels)
        said = f"Unblocked {', '.join(free)}"[:500]
        trail("screening.unblock", f"screening:{screening_id}", said, cinema_id=screening.cinema_id)
        return free

    try:
        free = change(work)
    except DomainError as error:
        flash_refusal(error)
    else:
        flash(
            ngettext("%(num)d seat can be sold again.", "%(num)d seats can be sold again.", len(free)), "good"
        )
    return redirect(here("blocked_seats", screening_id=screening_id), code=303)
