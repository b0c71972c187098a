"""Counting the cash of a till and closing it: one's own, or one that somebody left open."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.boxoffice.counter_holds import release_counter_holds
from matinee.boxoffice.errors import TillClosed
from matinee.boxoffice.till_closing import close_till
from matinee.boxoffice.till_entries import cash_in
from matinee.boxoffice.till_models import TillSession
from matinee.boxoffice.tills import find_till
from matinee.kernel import clock
from matinee.kernel.money import Money
from matinee.languages.formats import money_text
from matinee.web.backoffice.blueprint import here, may_here, staff_id, staff_name, staff_page, this_house
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.counter.amounts import NotAnAmount, parse_amount
from matinee.web.backoffice.counter.clerks import cinema_here, typed
from matinee.web.backoffice.counter.denominations import NotACount, counted
from matinee.web.backoffice.refusals import flash_refusal
from matinee.web.backoffice.sure import ask_sure, is_sure
from matinee.web.shared.languages import _, page_language

NOTE_CHARACTERS_MAX = 1000


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted, and what ought to be there. Minor units."""

    counted: int
    expected: int
    currency: str
    clerk: str


@staff_page("/at/<cinema>/till/<id:till_id>/count", power="sell", methods=("GET", "POST"))
def count_till(cinema: str, till_id: int) -> ResponseReturnValue:
    """POST: what was counted. GET: the same in the address, with the difference, before the till is closed."""
    if request.method == "POST":
        return _keep_count(till_id)
    text = request.args.get("cash", "")
    if not (text.isascii() and text.isdecimal() and len(text) <= 12):
        return redirect(here("till"), code=303)
    amount = int(text)
    found = read(lambda session: _count(session, till_id, amount))

    def said(minor: int) -> str:
        return money_text(Money(minor, found.currency), page_language())

    return ask_sure(
        title=_("Close the till?"),
        facts=[
            (_("Clerk"), found.clerk),
            (_("Ought to be in the till"), said(found.expected)),
            (_("Counted"), said(found.counted)),
            (_("Difference"), said(found.counted - found.expected)),
        ],
        warning=_("What was counted is not what ought to be there. Count once more.")
        if found.counted != found.expected
        else "",
        word=_("close"),
        action=here("close_till_now", till_id=till_id),
        button=_("Close the till"),
        back=_back(till_id, found.clerk),
        fields={"cash": str(amount), "note": request.args.get("note", "")[:NOTE_CHARACTERS_MAX]},
    )


@staff_page("/at/<cinema>/till/<id:till_id>/close", power="sell", methods=("POST",))
def close_till_now(cinema: str, till_id: int) -> ResponseReturnValue:
    """Close the till for good, and lead to its Z report."""
    now = clock.now()
    text, note = typed("cash", 12), typed("note", NOTE_CHARACTERS_MAX)
    if not (text.isascii() and text.isdecimal()):
        abort(400)
    if not is_sure(_("close")):
        return redirect(here("count_till", till_id=till_id, cash=text, note=note), code=303)

    def work(session: Session, trail: Trail) -> bool:
        found = _closable(session, till_id)
        if found.clerk_id is not None:
            release_counter_holds(session, clerk_id=found.clerk_id, clerk_name=staff_name(), now=now)
        close_till(session, till=found, counted_cash=int(text), note=note, closed_by=staff_name(), now=now)
        assert found.expected_cash is not None, "it is closed"
        currency = cinema_here(session).currency
        difference = Money(int(text) - found.expected_cash, currency)
        said = f"Closed the till of {found.clerk_name}: Z {found.number}, difference {difference}"
        trail("till.close", f"till:{found.id}", said, cinema_id=found.cinema_id)
        return found.clerk_id == staff_id()

    mine = change(work, now=now)
    flash(_("The till is closed."), "good")
    return redirect(here("my_till_report" if mine else "till_report", till_id=till_id), code=303)


def _keep_count(till_id: int) -> ResponseReturnValue:
    currency, back = read(
        lambda session: (
            cinema_here(session).currency,
            _back(till_id, _closable(session, till_id).clerk_name),
        )
    )
    text = typed("counted", 40)
    try:
        pieces = counted(request.form, currency)
        total = parse_amount(text, currency) if text else None
    except (NotAnAmount, NotACount) as error:
        flash_refusal(error)
        return redirect(back, code=303)
    found = pieces if pieces is not None else total
    if found is None:
        flash(_("Count the cash first."), "error")
        return redirect(back, code=303)
    if total is not None and total != found:
        flash(_("The notes and coins do not come to the sum that you wrote."), "error")
        return redirect(back, code=303)
    note = typed("note", NOTE_CHARACTERS_MAX)
    return redirect(here("count_till", till_id=till_id, cash=found, note=note or None), code=303)


def _count(session: Session, till_id: int, amount: int) -> Count:
    found = _closable(session, till_id)
    return Count(amount, cash_in(session, till=found), cinema_here(session).currency, found.clerk_name)


def _closable(session: Session, till_id: int) -> TillSession:
    """The open till: one's own, or anybody's for a manager. Raises TillNotFound, TillClosed; 403."""
    found = find_till(session, till_id=till_id, cinema_id=this_house().id)
    if found.clerk_id != staff_id() and not may_here("figures"):
        abort(403)
    if found.closed_at is not None:
        raise TillClosed
    return found


def _back(till_id: int, clerk: str) -> str:
    return here("till") if clerk == staff_name() else here("till_report", till_id=till_id)
