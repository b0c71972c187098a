"""Accepting an invitation to join the staff: by the account of its address, or by opening one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import PasswordField
from wtforms.validators import InputRequired, Length

from matinee.accounts.errors import InvitationNotValid, TooManyAttempts, UserExists, WeakPassword
from matinee.accounts.invitations import (
    accept_invitation,
    accept_with_new_account,
    has_account,
    invitation_of_code,
)
from matinee.accounts.models import Invitation, User
from matinee.accounts.passwords import PASSWORD_CHARACTERS_MIN, check_password_strength
from matinee.accounts.sessions import start_session
from matinee.kernel import clock
from matinee.web.shared.address import caller_address
from matinee.web.shared.forms import CHARACTERS_MAX, HouseForm
from matinee.web.shared.languages import _, page_language
from matinee.web.shared.roles import role_name
from matinee.web.shared.services import services
from matinee.web.shared.signin import user_agent
from matinee.web.shared.visitors import visitor
from matinee.web.site.account.begun_sessions import begun
from matinee.web.site.blueprint import page, to

_CODE = "invitation"
CODE_CHARACTERS_MAX = 100


class JoinForm(HouseForm):
    """The password of the account that is opened."""

    form_name = "join"
    password = PasswordField(validators=[InputRequired(), Length(max=CHARACTERS_MAX)])

    def labels(self) -> dict[str, str]:
        return {"password": _("Password")}


@dataclass(frozen=True, slots=True)
class Invited:
    """Who is invited by whom, and whether the address has an account."""

    invitation: Invitation
    has_account: bool


@page("/invitation", access="everybody", methods=("GET", "POST"))
def invitation() -> ResponseReturnValue:
    """The invitation, with the button or the form; and accepting it. Opening the link changes nothing."""
    if request.method == "GET" and "code" in request.args:
        # Kept by this browser: the code stays in no history, and outlives a sign-in on the way.
        session[_CODE] = request.args["code"][:CODE_CHARACTERS_MAX]
        return redirect(to("invitation"), code=303)
    code = str(session.get(_CODE, ""))
    invited = _find(code)
    if request.method == "POST":
        return _accept(code) if visitor().is_member else _join(code, invited)
    response = render_template(
        "site/account/invitation.html",
        invited=invited,
        roles=[role_name(role) for role in invited.invitation.roles.split()],
        is_for_visitor=visitor().name == invited.invitation.email,
        form=JoinForm.to_show(),
        characters_min=PASSWORD_CHARACTERS_MIN,
    )
    return response, {"Cache-Control": "no-store"}


def _find(code: str) -> Invited:
    now = clock.now()

    def read(db: Session) -> Invited:
        found = invitation_of_code(db, code=code, now=now)
        return Invited(found, has_account(db, invitation=found))

    try:
        return services().transactions.read(read)
    except InvitationNotValid:
        session.pop(_CODE, None)
        raise


def _accept(code: str) -> ResponseReturnValue:
    service, now, caller = services(), clock.now(), visitor().caller
    service.throttle.count_attempt("try_code", account=caller.name, address=caller_address())
    service.transactions.write(
        lambda db: accept_invitation(
            db,
            code=code,
            user=db.get_one(User, caller.known_user_id),
            session_hash=caller.session_hash,
            now=now,
        )
    )
    return redirect(_welcome(), code=303)


def _join(code: str, invited: Invited) -> ResponseReturnValue:
    form, service, now = JoinForm(), services(), clock.now()
    address = invited.invitation.email
    if form.validate():
        try:
            check_password_strength(form.password.data, username=address)
            service.throttle.count_attempt("register", account=address, address=caller_address())
            # Hashing takes a while, on purpose; no transaction waits for it.
            password_hash = service.passwords.hash(form.password.data)
            agent, language = user_agent(), page_language()

            def work(db: Session) -> tuple[str, datetime]:
                user = accept_with_new_account(
                    db, code=code, password_hash=password_hash, language=language, now=now
                )
                return start_session(
                    db, user=user, lifetime=service.session_lifetime, now=now, user_agent=agent
                )

            token, expires_at = service.transactions.write(work)
        except (WeakPassword, TooManyAttempts, UserExists) as error:
            form.refuse("password", error)
        else:
            return begun(token, expires_at, next_url=_welcome())
    form.keep()
    return redirect(to("invitation"), code=303)


def _welcome() -> str:
    session.pop(_CODE, None)
    flash(_("Welcome to the staff. This is the back office."), "good")
    return url_for("backoffice.entrance")
