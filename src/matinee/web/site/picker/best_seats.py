"""POST /screenings/<id>/best: the best seats for a party, in one click; works without scripts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.boxoffice.choice_so_far import hold_best_instead
from matinee.boxoffice.holds import BestWish, Holder
from matinee.boxoffice.models import Order
from matinee.kernel import clock
from matinee.web.shared.services import services
from matinee.web.site.blueprint import page, to
from matinee.web.site.picker.answers import answer
from matinee.web.site.picker.buyer import begin_order, count_write, holder_of, keep_secret, own_hold

# A field "count_adult" says how many adults come.
COUNT = "count_"
COUNT_MAX = 500


@page("/screenings/<int:screening_id>/best", access="everybody", methods=("POST",))
def choose_best(screening_id: int) -> ResponseReturnValue:
    """Hold the best seats in place of what was held. A form is led on to the order."""
    now = clock.now()
    wish = _wish(request.form)

    def choose() -> str:
        order = _hold_best(screening_id, wish, now=now)
        return to("order", code=order.code)

    return answer(choose, screening_id=screening_id, now=now)


def _hold_best(screening_id: int, wish: BestWish, *, now: datetime) -> Order:
    count_write()

    def work(session: Session) -> tuple[Order, Holder]:
        holder = holder_of(session)
        order = hold_best_instead(
            session,
            hold=own_hold(session, screening_id=screening_id, now=now),
            screening_id=screening_id,
            wish=wish,
            holder=holder,
            terms=services().hold_terms,
            now=now,
        )
        begin_order(order)
        return order, holder

    order, holder = services().transactions.write(work)
    keep_secret(order, holder)
    return order


def _wish(form: Mapping[str, str]) -> BestWish:
    types: list[str | None] = []
    for name, value in form.items():
        if name.startswith(COUNT) and value.isascii() and value.isdigit():
            types += [name.removeprefix(COUNT) or None] * min(int(value[:4]), COUNT_MAX)
    return BestWish(ticket_types=types, zone=form.get("zone") or None, split="split" in form)
