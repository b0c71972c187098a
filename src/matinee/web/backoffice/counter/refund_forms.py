"""Giving tickets back at the counter: first what it comes to, then for good."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import NotTheseTickets
from matinee.boxoffice.till_refunds import RefundWay, WaysBack, plan_refund, refund_at_till
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.kernel.money import Money
from matinee.languages.formats import money_text
from matinee.web.backoffice.blueprint import here, staff_name, staff_page, this_house
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.counter.clerks import lead_to_till, my_till, order_here, typed
from matinee.web.backoffice.counter.order_page import shown_order
from matinee.web.backoffice.refusals import flash_refusal
from matinee.web.backoffice.sure import ask_sure, is_sure
from matinee.web.shared.languages import _, ngettext, page_language

REASON_CHARACTERS_MAX = 200


@staff_page("/at/<cinema>/counter/orders/<code>/refund", power="sell")
def counter_refund(cinema: str, code: str) -> ResponseReturnValue:
    """What giving these tickets (`ticket`) back comes to, and whether somebody is sure."""
    without_till = lead_to_till()
    if without_till is not None:
        return without_till
    now, ids, way = clock.now(), request.args.getlist("ticket"), _way(request.args.get("way"))
    reason = request.args.get("reason", "").replace("\0", "").strip()[:REASON_CHARACTERS_MAX]
    back = here("counter_order", code=code)

    def look(session: Session) -> tuple[list[str], WaysBack, str]:
        shown = shown_order(session, code=code, now=now)
        labels = [one.seat.label for one in shown.valid if one.ticket.id in ids]
        order = order_here(session, code)
        return labels, plan_refund(session, order=order, ticket_ids=ids, way=way), order.currency

    try:
        labels, ways, currency = read(look)
    except NotTheseTickets:
        flash(_("Choose which tickets are given back."), "error")
        return redirect(back, code=303)
    if not reason:
        flash(_("Write a reason."), "error")
        return redirect(back, code=303)
    return ask_sure(
        title=_("Give these tickets back?"),
        facts=[
            (_("Order"), code.upper()),
            (_("Tickets"), ngettext("%(num)d ticket", "%(num)d tickets", len(labels))),
            (_("Seats"), ", ".join(labels)),
            *_facts(ways, currency),
            (_("Reason"), reason),
        ],
        warning=_("These tickets let nobody in any more, and their seats are sold to others."),
        word=_("refund"),
        action=here("counter_refund_now", code=code),
        button=_("Give back"),
        back=back,
        fields={"tickets": ",".join(ids), "way": way, "reason": reason},
    )


@staff_page("/at/<cinema>/counter/orders/<code>/refund", power="sell", methods=("POST",))
def counter_refund_now(cinema: str, code: str) -> ResponseReturnValue:
    """Take the tickets back, and hand the money out."""
    without_till = lead_to_till()
    if without_till is not None:
        return without_till
    now, way = clock.now(), _way(request.form.get("way"))
    ids, reason = typed("tickets", 4000).split(","), typed("reason", REASON_CHARACTERS_MAX)
    back = here("counter_order", code=code)
    if not is_sure(_("refund")):
        return redirect(back, code=303)

    def work(session: Session, trail: Trail) -> tuple[WaysBack, str]:
        order = order_here(session, code)
        ways = refund_at_till(
            session,
            order=order,
            ticket_ids=ids,
            way=way,
            till=my_till(session),
            actor=staff_name(),
            reason=reason,
            now=now,
        )
        said = f"Took {len(ids)} tickets back, {Money(ways.total, order.currency)}: {reason}"
        trail("counter.refund", f"order:{order.code}", said, cinema_id=this_house().id)
        return ways, order.currency

    try:
        ways, currency = change(work, now=now)
    except DomainError as error:
        flash_refusal(error)
    else:
        flash(told_ways(ways, currency), "good")
    return redirect(back, code=303)


def told_ways(ways: WaysBack, currency: str) -> str:
    """What a clerk has to do now."""
    said = [f"{name}: {amount}" for name, amount in _facts(ways, currency)]
    return " · ".join(said) if ways.total else _("Done. No money goes back.")


def _facts(ways: WaysBack, currency: str) -> Sequence[tuple[str, str]]:
    names = (
        (_("In cash out of the till"), ways.cash),
        (_("Back on the card, at the terminal"), ways.card),
        (_("Back onto the voucher"), ways.voucher),
        (_("Back by the way it was paid online"), ways.elsewhere),
    )
    found = [(name, money_text(Money(amount, currency), page_language())) for name, amount in names if amount]
    return found or [(_("Money back"), money_text(Money(0, currency), page_language()))]


def _way(text: str | None) -> RefundWay:
    return "cash" if text == "cash" else "as_paid"
