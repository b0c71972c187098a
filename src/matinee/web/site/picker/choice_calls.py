"""GET and POST /screenings/<id>/choice: what the visitor has chosen, for the scripts of the picker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import abort, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy.orm import Session

from matinee.boxoffice.choice_so_far import hold_choice
from matinee.boxoffice.holds import Holder
from matinee.boxoffice.models import Order
from matinee.boxoffice.offers import SeatChoice
from matinee.kernel import clock
from matinee.web.shared.services import services
from matinee.web.site.blueprint import page
from matinee.web.site.picker.answers import answer, told
from matinee.web.site.picker.buyer import begin_order, count_write, holder_of, keep_secret, own_hold

# Of the shape alone: how many seats one purchase may have is a setting.
SEATS_MAX = 500


class WantedSeat(BaseModel):
    """A seat and who it is for; without a ticket type, the cinema's first."""

    label: str = Field(max_length=12)
    ticket_type: str | None = Field(None, max_length=40)


class WantedSeats(BaseModel):
    """All the seats that the visitor wants from now on."""

    seats: list[WantedSeat] = Field(max_length=SEATS_MAX)


@page("/screenings/<int:screening_id>/choice", access="everybody")
def screening_choice(screening_id: int) -> ResponseReturnValue:
    """What the visitor holds."""
    return told(screening_id, now=clock.now())


@page("/screenings/<int:screening_id>/choice", access="everybody", methods=("POST",))
def choose_seats(screening_id: int) -> ResponseReturnValue:
    """Hold exactly these seats: the first makes the hold, none releases it. All or nothing."""
    now = clock.now()
    try:
        wanted = WantedSeats.model_validate(request.get_json(silent=True))
    except ValidationError:
        abort(400)
    choices = [SeatChoice(seat.label, seat.ticket_type) for seat in wanted.seats]

    def choose() -> None:
        set_choice(screening_id, choices, now=now)

    return answer(choose, screening_id=screening_id, now=now)


def set_choice(screening_id: int, choices: Sequence[SeatChoice], *, now: datetime) -> None:
    """Let the visitor's hold be for these seats. Raises what `hold_choice` raises, and TooManyAttempts."""
    count_write()

    def work(session: Session) -> tuple[Order | None, Holder | None]:
        hold = own_hold(session, screening_id=screening_id, now=now)
        holder = holder_of(session)
        after = hold_choice(
            session,
            hold=hold,
            screening_id=screening_id,
            choices=choices,
            holder=holder,
            terms=services().hold_terms,
            now=now,
        )
        if after is None or hold is not None:
            return after, None
        begin_order(after)
        return after, holder

    order, new_holder = services().transactions.write(work)
    if order is not None and new_holder is not None:
        keep_secret(order, new_holder)
