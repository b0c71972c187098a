"""The way back for who forgot the password: a code by mail, and a new password."""

from __future__ import annotations

from contextlib import suppress

from flask import flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from matinee.accounts.confirmation import send_reset_code
from matinee.accounts.errors import TooManyAttempts, UserNotFound, WeakPassword, WrongCode
from matinee.accounts.passwords import PASSWORD_CHARACTERS_MIN
from matinee.accounts.users import find_user
from matinee.kernel import clock
from matinee.web.shared.address import caller_address
from matinee.web.shared.forms import CHARACTERS_MAX, HouseForm, is_address, stripped
from matinee.web.shared.languages import _
from matinee.web.shared.password_reset import set_new_password
from matinee.web.shared.services import services
from matinee.web.shared.visitors import visitor
from matinee.web.site.account.begun_sessions import without_cookie
from matinee.web.site.blueprint import page, to

# Who asked for a code in this browser, so that the form is filled in, and no address stands in that of the page.
_ASKED_FOR = "reset_asked_for"


class ForgotForm(HouseForm):
    """Who forgot the password."""

    form_name = "forgot"
    username = StringField(
        filters=[stripped], validators=[InputRequired(), Length(max=CHARACTERS_MAX), is_address]
    )

    def labels(self) -> dict[str, str]:
        return {"username": _("Mail address")}


class ResetForm(HouseForm):
    """The code from the mail, and the new password."""

    form_name = "reset"
    username = StringField(filters=[stripped], validators=[InputRequired(), Length(max=CHARACTERS_MAX)])
    code = StringField(filters=[stripped], validators=[InputRequired(), Length(max=100)])
    password = PasswordField(validators=[InputRequired(), Length(max=CHARACTERS_MAX)])

    def labels(self) -> dict[str, str]:
        return {
            "username": _("Mail address"),
            "code": _("Code from the mail"),
            "password": _("New password"),
        }


@page("/account/forgot", access="everybody", methods=("GET", "POST"))
def forgot_password() -> ResponseReturnValue:
    """Mail a code with which a new password can be set. The answer does not tell whether there is such an account."""
    form = ForgotForm()
    if not form.is_submitted():
        known = visitor().name if visitor().is_member else ""
        return render_template("site/account/forgot.html", form=ForgotForm.to_show(username=known))
    if form.validate():
        try:
            _send_code(form.username.data)
        except TooManyAttempts as error:
            form.refuse("username", error)
        else:
            session[_ASKED_FOR] = form.username.data
            flash(_("If there is an account with this address, a code is on its way to it."), "good")
            return redirect(to("reset_password"), code=303)
    form.keep()
    return redirect(to("forgot_password"), code=303)


def _send_code(username: str) -> None:
    service, now = services(), clock.now()
    service.throttle.count_attempt("send_code", account=username, address=caller_address())

    def send(db: Session) -> None:
        user = find_user(db, username=username)
        send_reset_code(db, user=user, lifetime=service.reset_code_lifetime, now=now, website=True)

    with suppress(UserNotFound):
        service.transactions.write(send)


@page("/account/reset", access="everybody", methods=("GET", "POST"))
def reset_password() -> ResponseReturnValue:
    """The form; and the new password. Every session of the user ends."""
    form = ResetForm()
    if not form.is_submitted():
        username = request.args.get("username", "")[:CHARACTERS_MAX] or session.get(_ASKED_FOR, "")
        return render_template(
            "site/account/reset.html",
            form=ResetForm.to_show(username=username),
            characters_min=PASSWORD_CHARACTERS_MIN,
        )
    if form.validate():
        try:
            set_new_password(
                username=form.username.data,
                code=form.code.data,
                password=form.password.data,
                now=clock.now(),
            )
        except (UserNotFound, WrongCode):
            form.refuse("code", WrongCode())
        except (WeakPassword, TooManyAttempts) as error:
            form.refuse("password", error)
        else:
            session.pop(_ASKED_FOR, None)
            flash(_("Your new password is set. Sign in with it."), "good")
            return without_cookie(redirect(to("sign_in"), code=303))
    form.keep()
    return redirect(to("reset_password"), code=303)
