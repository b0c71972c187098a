"""Signing in by password, with the second factor where it is on; signing out."""

from __future__ import annotations

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from matinee.accounts.errors import TooManyAttempts, WrongCode, WrongCredentials
from matinee.accounts.sessions import end_session_of_token, session_is_full
from matinee.kernel import clock
from matinee.web.shared.address import caller_address
from matinee.web.shared.forms import CHARACTERS_MAX, HouseForm, stripped
from matinee.web.shared.languages import _
from matinee.web.shared.services import services
from matinee.web.shared.signin import begin_session, recognise, session_cookie, user_agent
from matinee.web.shared.visitors import visitor
from matinee.web.site.account.begun_sessions import begun, without_cookie
from matinee.web.site.account.next_page import next_or_home, wanted_next, with_next
from matinee.web.site.account.pending_sign_ins import find_pending, forget_pending, keep_pending
from matinee.web.site.blueprint import page, to


class SignInForm(HouseForm):
    """Who signs in."""

    form_name = "sign-in"
    username = StringField(filters=[stripped], validators=[InputRequired(), Length(max=CHARACTERS_MAX)])
    password = PasswordField(validators=[InputRequired(), Length(max=CHARACTERS_MAX)])

    def labels(self) -> dict[str, str]:
        return {"username": _("Mail address"), "password": _("Password")}


class CodeForm(HouseForm):
    """The code of an authenticator app."""

    form_name = "code"
    code = StringField(filters=[stripped], validators=[InputRequired(), Length(max=20)])

    def labels(self) -> dict[str, str]:
        return {"code": _("Code")}


@page("/sign-in", access="everybody", methods=("GET", "POST"))
def sign_in() -> ResponseReturnValue:
    """The form; and the attempt, which ends signed in, at the second step, or back at the form."""
    form = SignInForm()
    if not form.is_submitted():
        if _is_signed_in():
            return redirect(next_or_home(visitor().caller.known_user_id), code=303)
        return render_template("site/account/sign_in.html", form=SignInForm.to_show(), next=wanted_next())
    if form.validate():
        try:
            return _attempt(form.username.data, form.password.data)
        except (WrongCredentials, TooManyAttempts) as error:
            form.refuse("password", error)
    form.keep()
    return redirect(with_next("sign_in"), code=303)


def _is_signed_in() -> bool:
    caller = visitor().caller
    return visitor().is_member and services().transactions.read(
        lambda db: session_is_full(db, token_hash=caller.session_hash)
    )


def _attempt(username: str, password: str) -> ResponseReturnValue:
    service, now = services(), clock.now()
    service.throttle.count_attempt("login", account=username, address=caller_address())
    recognised = recognise(service.transactions, service.passwords, username=username, password=password)
    service.throttle.forget_attempts("login", account=username)
    if recognised.has_second_factor:
        keep_pending(
            user_id=recognised.user_id,
            password_hash=recognised.password_hash,
            next_url=next_or_home(recognised.user_id),
            now=now,
        )
        return redirect(to("sign_in_code"), code=303)
    agent = user_agent()
    token, expires_at = service.transactions.write(
        lambda db: begin_session(db, recognised, lifetime=service.session_lifetime, now=now, user_agent=agent)
    )
    return begun(token, expires_at, next_url=next_or_home(recognised.user_id))


@page("/sign-in/code", access="everybody", methods=("GET", "POST"))
def sign_in_code() -> ResponseReturnValue:
    """The second step: the code of the authenticator app."""
    service, now = services(), clock.now()
    pending = find_pending(now=now)
    if pending is None:
        flash(_("That took too long. Sign in again."), "info")
        return redirect(to("sign_in"), code=303)
    form = CodeForm()
    if not form.is_submitted():
        return render_template("site/account/sign_in_code.html", form=CodeForm.to_show())
    agent = user_agent()
    if form.validate():
        try:
            service.throttle.count_attempt("try_code", account=pending.username, address=caller_address())
            token, expires_at = service.transactions.write(
                lambda db: begin_session(
                    db,
                    pending.recognised,
                    lifetime=service.session_lifetime,
                    now=now,
                    user_agent=agent,
                    code=form.code.data,
                    box=service.secret_box,
                )
            )
        except (WrongCode, WrongCredentials, TooManyAttempts) as error:
            form.refuse("code", error)
        else:
            forget_pending()
            return begun(token, expires_at, next_url=pending.next_url)
    form.keep()
    return redirect(to("sign_in_code"), code=303)


@page("/sign-out", access="everybody", methods=("POST",))
def sign_out() -> ResponseReturnValue:
    """End this browser's session."""
    token = session_cookie()
    if token is not None:
        services().transactions.write(lambda db: end_session_of_token(db, token=token))
    forget_pending()
    flash(_("You are signed out."), "good")
    return without_cookie(redirect(to("start"), code=303))
