"""GET /backoffice/at/<cinema>/till: the till of whoever is at work, from the float to the count."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.boxoffice.till_entries import pay_in, pay_out
from matinee.boxoffice.till_models import TillEntry, TillSession
from matinee.boxoffice.till_reports import till_report
from matinee.boxoffice.tills import find_open_till, open_till
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.kernel.money import Money
from matinee.web.backoffice.blueprint import here, staff_id, staff_page
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.counter.amounts import parse_amount
from matinee.web.backoffice.counter.clerks import cinema_here, my_till, typed
from matinee.web.backoffice.counter.denominations import denominations_of, field_name
from matinee.web.backoffice.counter.reports import sections_of
from matinee.web.backoffice.refusals import flash_refusal
from matinee.web.shared.languages import _

NOTE_CHARACTERS_MAX = 200
ENTRIES_SHOWN_MAX = 30
CLOSED_SHOWN_MAX = 5


@staff_page("/at/<cinema>/till", power="sell")
def till(cinema: str) -> ResponseReturnValue:
    """The open till with what is in it now (X report), or the form that opens one."""
    now = clock.now()

    def look(session: Session) -> str:
        house = cinema_here(session)
        mine = find_open_till(session, clerk_id=staff_id())
        common = {
            "currency": house.currency,
            "zone": house.timezone,
            "before": _closed(session, house.id),
            "typed": request.args.get("typed", "")[:40],
        }
        if mine is None or mine.cinema_id != house.id:
            return render_template("backoffice/counter/till_open.html", elsewhere=mine is not None, **common)
        return render_template(
            "backoffice/counter/till.html",
            till=mine,
            sections=sections_of(till_report(session, till=mine, now=now), mine),
            entries=_entries(session, mine),
            pieces=denominations_of(house.currency),
            field_name=field_name,
            counts={},
            now=now,
            **common,
        )

    return read(look)


@staff_page("/at/<cinema>/till/open", power="sell", methods=("POST",))
def open_my_till(cinema: str) -> ResponseReturnValue:
    """Open a till with the float that was counted, and lead to selling."""
    now = clock.now()
    text = typed("float", 40)

    def work(session: Session, trail: Trail) -> None:
        house = cinema_here(session)
        amount = parse_amount(text, house.currency)
        made = open_till(
            session,
            cinema_id=house.id,
            clerk=session.get_one(User, staff_id()),
            opening_float=amount,
            now=now,
        )
        said = f"Opened a till with {Money(amount, house.currency)}"
        trail("till.open", f"till:{made.id}", said, cinema_id=house.id)

    try:
        change(work, now=now)
    except DomainError as error:
        flash_refusal(error)
        return redirect(here("till", typed=text), code=303)
    flash(_("Your till is open."), "good")
    return redirect(here("counter"), code=303)


@staff_page("/at/<cinema>/till/move", power="sell", methods=("POST",))
def move_till_money(cinema: str) -> ResponseReturnValue:
    """Put money in or take it out that is of no order."""
    now = clock.now()
    text, note, out = typed("amount", 40), typed("note", NOTE_CHARACTERS_MAX), typed("way", 10) == "out"

    def work(session: Session, trail: Trail) -> None:
        house, mine = cinema_here(session), my_till(session)
        amount = parse_amount(text, house.currency)
        put = pay_out if out else pay_in
        put(session, till=mine, amount=amount, note=note, now=now)
        said = f"{'Paid out' if out else 'Paid in'} {Money(amount, house.currency)}: {note}"
        trail(f"till.pay_{'out' if out else 'in'}", f"till:{mine.id}", said, cinema_id=house.id)

    try:
        change(work, now=now)
    except DomainError as error:
        flash_refusal(error)
    else:
        flash(_("That is entered."), "good")
    return redirect(here("till"), code=303)


def _entries(session: Session, mine: TillSession) -> Sequence[TillEntry]:
    """The latest first; those without money are none of a drawer's business."""
    wanted = select(TillEntry).where(TillEntry.session_id == mine.id, TillEntry.amount != 0)
    return session.scalars(wanted.order_by(TillEntry.id.desc()).limit(ENTRIES_SHOWN_MAX)).all()


def _closed(session: Session, cinema_id: int) -> Sequence[TillSession]:
    wanted = select(TillSession).where(
        TillSession.cinema_id == cinema_id,
        TillSession.clerk_id == staff_id(),
        TillSession.closed_at.is_not(None),
    )
    return session.scalars(wanted.order_by(TillSession.id.desc()).limit(CLOSED_SHOWN_MAX)).all()
