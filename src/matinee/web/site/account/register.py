"""Registering."""

from __future__ import annotations

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from matinee.accounts.errors import TooManyAttempts, UserExists, WeakPassword
from matinee.accounts.passwords import PASSWORD_CHARACTERS_MIN
from matinee.kernel import clock
from matinee.web.shared.forms import CHARACTERS_MAX, HouseForm, is_address, stripped
from matinee.web.shared.languages import _
from matinee.web.shared.registration import registration
from matinee.web.shared.services import services
from matinee.web.shared.visitors import visitor
from matinee.web.site.account.begun_sessions import begun
from matinee.web.site.account.next_page import next_or_home, wanted_next, with_next
from matinee.web.site.blueprint import page, to


class RegisterForm(HouseForm):
    """A new member."""

    form_name = "register"
    username = StringField(
        filters=[stripped], validators=[InputRequired(), Length(max=CHARACTERS_MAX), is_address]
    )
    password = PasswordField(validators=[InputRequired(), Length(max=CHARACTERS_MAX)])

    def labels(self) -> dict[str, str]:
        return {"username": _("Mail address"), "password": _("Password")}


@page("/account/register", access="everybody", methods=("GET", "POST"))
def register() -> ResponseReturnValue:
    """The form; and a new account, signed in, whose address is confirmed by mail afterwards."""
    form = RegisterForm()
    if not form.is_submitted():
        if visitor().is_member:
            return redirect(next_or_home(visitor().caller.known_user_id), code=303)
        return render_template(
            "site/account/register.html",
            form=RegisterForm.to_show(),
            next=wanted_next(),
            characters_min=PASSWORD_CHARACTERS_MIN,
        )
    if form.validate():
        username: str = form.username.data
        try:
            work = registration(username=username, password=form.password.data, now=clock.now(), website=True)
            token, expires_at = services().transactions.write(work)
        except UserExists as error:
            form.refuse("username", error)
        except (WeakPassword, TooManyAttempts) as error:
            form.refuse("password", error)
        else:
            # In the middle of a purchase the tickets come first; the code can wait.
            flash(_("Welcome! We have mailed you a code that confirms your address."), "good")
            return begun(token, expires_at, next_url=wanted_next() or to("confirm"))
    form.keep()
    return redirect(with_next("register"), code=303)
