"""Holding seats for whoever stands at the counter: the best ones, chosen ones, for whom, and letting them go."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.boxoffice.counter_holds import (
    find_counter_hold,
    hold_best_at_counter,
    hold_choice_at_counter,
    release_counter_holds,
)
from matinee.boxoffice.errors import HoldExpired
from matinee.boxoffice.models import Order
from matinee.boxoffice.offers import SeatChoice
from matinee.boxoffice.order_details import details_of
from matinee.kernel import clock
from matinee.web.backoffice.blueprint import here, lead_to, staff_id, staff_name, staff_page, this_house
from matinee.web.backoffice.changes import Trail, change
from matinee.web.backoffice.counter.clerks import SEATS_MAX, counter_terms, lead_to_till, typed
from matinee.web.backoffice.counter.sale_page import answer_sale
from matinee.web.backoffice.counter.sale_view import screening_here
from matinee.web.shared.languages import page_language

LABEL_CHARACTERS_MAX = 12


@staff_page("/at/<cinema>/counter/screenings/<id:screening_id>/best", power="sell", methods=("POST",))
def hold_best(cinema: str, screening_id: int) -> ResponseReturnValue:
    """Hold the best seats for so many people (`count`), in place of what was held."""
    without_till = lead_to_till()
    if without_till is not None:
        return without_till
    now = clock.now()
    text = typed("count", 4)
    if not (text.isascii() and text.isdecimal()):
        abort(400)

    def work(session: Session, trail: Trail) -> None:
        screening_here(session, screening_id)
        order = hold_best_at_counter(
            session,
            screening_id=screening_id,
            count=int(text),
            clerk_id=staff_id(),
            clerk_name=staff_name(),
            language=page_language(),
            terms=counter_terms(),
            now=now,
        )
        trail("counter.hold", f"order:{order.code}", f"Holds {text} seats", cinema_id=this_house().id)

    change(work, now=now)
    return answer_sale(screening_id, now=now)


@staff_page("/at/<cinema>/counter/screenings/<id:screening_id>/seats", power="sell", methods=("POST",))
def hold_chosen(cinema: str, screening_id: int) -> ResponseReturnValue:
    """Hold these seats (`seats`, separated by commas) and no others; those that are held already keep their types."""
    without_till = lead_to_till()
    if without_till is not None:
        return without_till
    now = clock.now()
    labels = _labels(typed("seats", SEATS_MAX * (LABEL_CHARACTERS_MAX + 2)))

    def work(session: Session, trail: Trail) -> None:
        screening_here(session, screening_id)
        held = find_counter_hold(session, clerk_id=staff_id(), now=now)
        known = _types(session, held) if held is not None else {}
        order = _hold(session, screening_id, {label: known.get(label) for label in labels}, now=now)
        subject = f"order:{order.code}" if order is not None else f"screening:{screening_id}"
        trail(
            "counter.hold",
            subject,
            f"Holds {', '.join(labels) or 'nothing'}"[:300],
            cinema_id=this_house().id,
        )

    change(work, now=now)
    return answer_sale(screening_id, now=now)


@staff_page("/at/<cinema>/counter/screenings/<id:screening_id>/types", power="sell", methods=("POST",))
def hold_types(cinema: str, screening_id: int) -> ResponseReturnValue:
    """Say for whom the seats are: each by name (`type-A1`), or one more seat for a type (`more`)."""
    now = clock.now()
    more = request.form.get("more")

    def work(session: Session, trail: Trail) -> None:
        held = find_counter_hold(session, clerk_id=staff_id(), now=now)
        if held is None or held.screening_id != screening_id:
            raise HoldExpired
        known = _types(session, held)
        chosen = {
            label: request.form.get(f"type-{label}", kind or "") or None for label, kind in known.items()
        }
        if more is not None:
            chosen = _one_more(known, more or None)
        _hold(session, screening_id, chosen, now=now)
        trail(
            "counter.hold", f"order:{held.code}", "Changed who the seats are for", cinema_id=this_house().id
        )

    change(work, now=now)
    return answer_sale(screening_id, now=now)


@staff_page("/at/<cinema>/counter/give-up", power="sell", methods=("POST",))
def give_up_sale(cinema: str) -> ResponseReturnValue:
    """Let go what is held, and lead back to the screenings."""
    now = clock.now()

    def work(session: Session, trail: Trail) -> None:
        count = release_counter_holds(session, clerk_id=staff_id(), clerk_name=staff_name(), now=now)
        trail("counter.give_up", f"user:{staff_id()}", f"Let {count} holds go", cinema_id=this_house().id)

    change(work, now=now)
    return lead_to(here("counter"))


def _hold(
    session: Session, screening_id: int, chosen: Mapping[str, str | None], *, now: datetime
) -> Order | None:
    return hold_choice_at_counter(
        session,
        screening_id=screening_id,
        choices=[SeatChoice(label, kind) for label, kind in chosen.items()],
        clerk_id=staff_id(),
        clerk_name=staff_name(),
        language=page_language(),
        terms=counter_terms(),
        now=now,
    )


def _labels(text: str) -> list[str]:
    parts = [part.strip()[:LABEL_CHARACTERS_MAX] for part in text.split(",")]
    return [part for part in parts if part]


def _types(session: Session, held: Order) -> dict[str, str | None]:
    """Seat label -> ticket type of what is held, in natural order."""
    return {one.seat.label: one.ticket_type for one in details_of(session, orders=[held])[0].seats}


def _one_more(known: dict[str, str | None], kind: str | None) -> dict[str, str | None]:
    """One more seat of this type: the last that is for the type that most are for, so that nobody counts again."""
    others = [one for one in known.values() if one != kind]
    if not others:
        return known
    most = max(others, key=others.count)
    last = [label for label, one in known.items() if one == most][-1]
    return {**known, last: kind}
