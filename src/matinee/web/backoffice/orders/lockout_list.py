"""GET /backoffice/throttled: who is locked out for a while, and letting somebody try again."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from flask import flash, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from matinee.accounts.lockouts import Lockout, end_lockout, lockouts
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.web.backoffice.blueprint import here, lead_to, staff_page, this_house
from matinee.web.backoffice.changes import Trail, change
from matinee.web.backoffice.listing import Column, Filter, Listing, Wanted, in_order, show_listing
from matinee.web.backoffice.orders.buttons import post_button
from matinee.web.backoffice.orders.words import choices, word_for
from matinee.web.backoffice.refusals import flash_refusal
from matinee.web.shared.languages import N_, _

WHAT = {
    "login": N_("Signing in"),
    "register": N_("Registering"),
    "send_code": N_("Having codes sent"),
    "try_code": N_("Trying codes"),
}


@staff_page("/throttled", power="people")
def throttled() -> ResponseReturnValue:
    """What is refused just now, to which account or network address, and until when."""
    zone = ZoneInfo(this_house().timezone)
    columns: list[Column[Lockout]] = [
        Column("who", _("Who"), _who, sorts=True),
        Column("kind", _("By"), lambda one: _("Account") if one.of_account else _("Network address")),
        Column("what", _("What is refused"), lambda one: word_for(one.what, WHAT)),
        Column("count", _("Tries"), lambda one: one.count, sorts=True, at_end=True),
        Column(
            "until",
            _("Until"),
            lambda one: one.until.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"),
            sorts=True,
        ),
        Column("do", _("What to do"), lambda one: "", _button),
    ]
    return show_listing(
        Listing(
            name="throttled",
            title=_("Locked out"),
            columns=columns,
            filters=(Filter("who", _("Who")), Filter("what", _("What is refused"), "choice", choices(WHAT))),
            source=_lockouts,
            sort="-until",
            nothing=_("Nobody is locked out."),
        ),
        template="backoffice/orders/throttled.html",
    )


@staff_page("/throttled/unlock", power="people", methods=("POST",))
def unlock() -> ResponseReturnValue:
    """Let it be tried again at once."""
    now, key = clock.now(), request.form.get("key", "")

    def work(session: Session, trail: Trail) -> None:
        ended = end_lockout(session, key=key, now=now)
        whose = "an account" if ended.of_account else f"the network address {ended.who}"
        trail("lockout.end", f"lockout:{ended.what}", f"Unlocked for {whose}: {ended.what}")

    try:
        change(work, now=now)
    except DomainError as error:
        flash_refusal(error)
    else:
        flash(_("It can be tried again."), "good")
    return lead_to(here("throttled"))


def _lockouts(session: Session, wanted: Wanted) -> Sequence[Lockout]:
    found = lockouts(session, now=clock.now())
    if "who" in wanted.filters:
        found = [one for one in found if wanted.filters["who"].lower() in one.who]
    if "what" in wanted.filters:
        found = [one for one in found if one.what == wanted.filters["what"]]
    by = {"who": lambda one: one.who, "count": lambda one: one.count, "until": lambda one: one.until}
    return in_order(found, wanted, by)


def _who(one: Lockout) -> str:
    return one.who or _("a name that no account has")


def _button(one: Lockout) -> Markup:
    return post_button(here("unlock"), _("Unlock"), key=one.key)
