"""GET /backoffice/sessions: who is signed in where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.models import User, UserRole, UserSession
from matinee.accounts.sessions import SESSION_ID_LENGTH, end_session
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.web.backoffice.blueprint import here, lead_to, staff_page, this_house
from matinee.web.backoffice.changes import Trail, change
from matinee.web.backoffice.listing import Column, Filter, Listing, Wanted, ordered, show_listing
from matinee.web.backoffice.orders.buttons import post_button
from matinee.web.backoffice.orders.customer_page import find_customer
from matinee.web.backoffice.refusals import flash_refusal
from matinee.web.shared.languages import _
from matinee.web.shared.visitors import visitor

SignedIn = tuple[UserSession, User]


@staff_page("/sessions", power="people")
def sessions() -> ResponseReturnValue:
    """The devices that are signed in, the latest first; those of staff, unless others are asked for."""
    zone = ZoneInfo(this_house().timezone)

    def told(moment: datetime) -> str:
        return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")

    columns: list[Column[SignedIn]] = [
        Column("user", _("Who"), lambda row: row[1].username, _user, sorts=True),
        Column("since", _("Signed in"), lambda row: told(row[0].created_at), sorts=True),
        Column("until", _("Until"), lambda row: told(row[0].expires_at), sorts=True),
        Column("factor", _("Second factor"), lambda row: _("shown") if row[0].second_factor_at else ""),
        Column("device", _("Device"), lambda row: row[0].user_agent),
        Column("do", _("What to do"), lambda row: "", _button),
    ]
    return show_listing(
        Listing(
            name="sessions",
            title=_("Signed in"),
            columns=columns,
            filters=(
                Filter("user", _("Who")),
                Filter("staff", _("Whose"), "choice", [("staff", _("Staff")), ("customers", _("Customers"))]),
            ),
            source=_sessions,
            sort="-since",
            nothing=_("Nobody who fits is signed in."),
        ),
        template="backoffice/orders/sessions.html",
    )


@staff_page("/sessions/<int:user_id>/end", power="people", methods=("POST",))
def sign_out_session(user_id: int) -> ResponseReturnValue:
    """Sign a device out (`session`). Raises UserNotFound."""
    wanted = request.form.get("session", "")[:64].replace("\0", "")

    def work(session: Session, trail: Trail) -> None:
        user = find_customer(session, user_id)
        end_session(session, user_id=user.id, session_id=wanted)
        trail("user.sign_out", f"user:{user_id}", f"Account {user_id}: one device signed out")

    try:
        change(work)
    except DomainError as error:
        flash_refusal(error)
    else:
        flash(_("The device is signed out."), "good")
    return lead_to(here("sessions"))


def _sessions(session: Session, wanted: Wanted) -> Sequence[SignedIn]:
    found: Any = (
        select(UserSession, User)
        .join(User, User.id == UserSession.user_id)
        .where(UserSession.expires_at > clock.now())
    )
    if "user" in wanted.filters:
        found = found.where(User.username.contains(wanted.filters["user"].lower(), autoescape=True))
    if "staff" in wanted.filters:
        is_staff = select(UserRole.user_id).where(UserRole.user_id == User.id).exists()
        found = found.where(is_staff if wanted.filters["staff"] == "staff" else ~is_staff)
    by = {"user": User.username, "since": UserSession.created_at, "until": UserSession.expires_at}
    statement = ordered(found, wanted, by, last=UserSession.token_hash)
    return [(row[0], row[1]) for row in session.execute(statement)]


def _user(row: SignedIn) -> Markup:
    return Markup('<a href="{}">{}</a>').format(here("customer", user_id=row[1].id), row[1].username)


def _button(row: SignedIn) -> Markup | str:
    if row[0].token_hash == visitor().caller.session_hash:
        return _("this device")
    url = here("sign_out_session", user_id=row[1].id)
    return post_button(url, _("Sign out"), session=row[0].token_hash[:SESSION_ID_LENGTH])
