"""POST /screenings/<id>/more-time and /continue: what one does with a hold, by forms that scripts send too."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import HoldExpired
from matinee.boxoffice.holds import check_held_choice, extend_hold
from matinee.boxoffice.models import Order
from matinee.boxoffice.orders import lock_order
from matinee.boxoffice.rules import PUBLIC_RULES
from matinee.kernel import clock
from matinee.web.shared.languages import _
from matinee.web.shared.services import services
from matinee.web.site.blueprint import page, to
from matinee.web.site.picker.answers import answer, say
from matinee.web.site.picker.buyer import count_write, own_hold


@page("/screenings/<int:screening_id>/more-time", access="everybody", methods=("POST",))
def more_time(screening_id: int) -> ResponseReturnValue:
    """Let the hold live for a whole lifetime from now on."""
    now = clock.now()

    def work(session: Session) -> None:
        hold = _required(own_hold(session, screening_id=screening_id, now=now))
        extend_hold(session, order=hold, terms=services().hold_terms, now=now)

    def extend() -> None:
        count_write()
        services().transactions.write(work)
        say(_("You have more time now."))

    return answer(extend, screening_id=screening_id, now=now)


@page("/screenings/<int:screening_id>/continue", access="everybody", methods=("POST",))
def continue_to_order(screening_id: int) -> ResponseReturnValue:
    """Look at the choice as a whole, and lead on to the order if it keeps the rules."""
    now = clock.now()

    def work(session: Session) -> str:
        hold = _required(own_hold(session, screening_id=screening_id, now=now))
        if hold.state == "held":
            lock_order(session, hold)
            check_held_choice(session, order=hold, rules=PUBLIC_RULES, now=now)
        return hold.code

    def go_on() -> str:
        return to("order", code=services().transactions.write(work))

    return answer(go_on, screening_id=screening_id, now=now)


def _required(hold: Order | None) -> Order:
    if hold is None:
        raise HoldExpired
    return hold
