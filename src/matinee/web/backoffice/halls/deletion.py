"""Taking a hall away, as long as nothing was ever planned in it."""

from __future__ import annotations

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.programme.errors import HallInUse
from matinee.programme.halls import delete_hall, is_used
from matinee.programme.models import Hall
from matinee.programme.queries import seats_by_hall
from matinee.web.backoffice.blueprint import here, staff_page, this_house
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.halls.found import hall_here
from matinee.web.backoffice.refusals import flash_refusal
from matinee.web.backoffice.sure import ask_sure, is_sure
from matinee.web.shared.languages import _


@staff_page("/at/<cinema>/halls/<int:hall_id>/delete", power="plan", methods=("GET", "POST"))
def remove_hall(cinema: str, hall_id: int) -> ResponseReturnValue:
    """Ask, then take the hall away with its seats."""
    hall, seats, used = read(lambda session: _looked_at(session, hall_id))
    back = here("hall", hall_id=hall_id)
    if used:
        flash_refusal(HallInUse())
        return redirect(back, code=303)
    if request.method == "POST" and is_sure(hall.name):

        def remove(session: Session, trail: Trail) -> None:
            found = hall_here(session, cinema_id=this_house().id, hall_id=hall_id)
            trail(
                "hall.delete",
                f"hall:{hall_id}",
                f"{found.name} taken away with {seats} seats",
                cinema_id=found.cinema_id,
            )
            delete_hall(session, hall=found)

        try:
            change(remove)
        except HallInUse as error:
            flash_refusal(error)
            return redirect(back, code=303)
        flash(_("%(hall)s is gone.", hall=hall.name), "good")
        return redirect(here("halls"), code=303)
    return ask_sure(
        title=_("Take %(hall)s away?", hall=hall.name),
        facts=((_("Seats"), str(seats)), (_("Screenings"), "0")),
        word=hall.name,
        action=here("remove_hall", hall_id=hall_id),
        button=_("Take it away"),
        back=back,
    )


def _looked_at(session: Session, hall_id: int) -> tuple[Hall, int, bool]:
    hall = hall_here(session, cinema_id=this_house().id, hall_id=hall_id)
    seats = len(seats_by_hall(session, [hall_id])[hall_id])
    return hall, seats, is_used(session, hall=hall)
