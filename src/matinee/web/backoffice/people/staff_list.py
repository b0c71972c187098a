"""GET /backoffice/people: the staff, and who is invited to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from matinee.accounts.invitations import waiting_invitations
from matinee.accounts.models import ROLES
from matinee.accounts.staff import StaffMember, list_staff
from matinee.kernel import clock
from matinee.languages.formats import moment_text
from matinee.web.backoffice.blueprint import here, staff_page, this_house
from matinee.web.backoffice.changes import read
from matinee.web.backoffice.listing import Column, Filter, Listing, Wanted, in_order, show_listing
from matinee.web.shared.languages import _, page_language
from matinee.web.shared.roles import role_name

FACTORS = ("app", "passkey", "none")


@staff_page("/people", power="people")
def people() -> ResponseReturnValue:
    """Everybody who has a role; over them the invitations that wait."""
    return show_listing(
        Listing(
            name="people",
            title=_("People"),
            columns=_columns(),
            filters=(
                Filter("name", _("Address")),
                Filter("role", _("Role"), kind="choice", options=[(role, role_name(role)) for role in ROLES]),
                Filter(
                    "factor",
                    _("Second factor"),
                    kind="choice",
                    options=[("app", _("App")), ("passkey", _("Passkey")), ("none", _("None"))],
                ),
            ),
            source=_members,
            sort="name",
            nothing=_("Nobody of the staff fits."),
        ),
        template="backoffice/people/people.html",
        invitations=read(waiting_invitations),
        now=clock.now(),
        role_name=role_name,
    )


def _columns() -> list[Column[StaffMember]]:
    return [
        Column("name", _("Address"), lambda one: one.name, _link, sorts=True),
        Column("roles", _("Roles"), lambda one: ", ".join(map(role_name, one.roles))),
        Column("factor", _("Second factor"), _factor_words, _factor_cell),
        Column("last", _("Signed in last"), lambda one: one.last_session_at, _last, sorts=True),
    ]


def _link(one: StaffMember) -> Markup:
    return Markup('<a href="{}">{}</a>').format(here("person", user_id=one.user_id), one.name)


def factor_of(one: StaffMember) -> str:
    """Which of FACTORS a member of the staff has."""
    if one.second_factor_since is not None:
        return "app"
    return "passkey" if one.passkeys else "none"


def _factor_words(one: StaffMember) -> str:
    words = {"app": _("App"), "passkey": _("Passkey"), "none": _("None")}
    return words[factor_of(one)]


def _factor_cell(one: StaffMember) -> Markup:
    kind, sign = ("warn", "▲") if factor_of(one) == "none" else ("good", "✓")
    return Markup('<span class="state state-{}"><span aria-hidden="true">{}</span> {}</span>').format(
        kind, sign, _factor_words(one)
    )


def _last(one: StaffMember) -> str:
    if one.last_session_at is None:
        return _("Not lately")
    return moment_text(one.last_session_at, this_house().timezone, page_language())


def _members(session: Session, wanted: Wanted) -> Sequence[StaffMember]:
    found = [one for one in list_staff(session, now=clock.now()) if _fits(one, wanted)]
    by: dict[str, Callable[[StaffMember], Any]] = {
        "name": lambda one: one.name,
        "last": lambda one: (
            one.last_session_at or datetime.min.replace(tzinfo=clock.now().tzinfo),
            one.name,
        ),
    }
    return in_order(found, wanted, by)


def _fits(one: StaffMember, wanted: Wanted) -> bool:
    filters = wanted.filters
    return (
        filters.get("name", "").casefold() in one.name
        and filters.get("role", one.roles[0]) in one.roles
        and filters.get("factor", factor_of(one)) == factor_of(one)
    )
