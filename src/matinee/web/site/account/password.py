"""Changing the password: the old one is asked for."""

from __future__ import annotations

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from wtforms import PasswordField
from wtforms.validators import InputRequired, Length

from matinee.accounts.changes import change_password
from matinee.accounts.errors import TooManyAttempts, WeakPassword, WrongPassword
from matinee.accounts.models import User
from matinee.accounts.passwords import check_password_strength
from matinee.kernel import clock
from matinee.web.shared.forms import CHARACTERS_MAX, HouseForm
from matinee.web.shared.languages import _
from matinee.web.shared.services import services
from matinee.web.shared.visitors import visitor
from matinee.web.site.account.full_sessions import needs_full_session
from matinee.web.site.account.own_password import check_own_password
from matinee.web.site.blueprint import page, to


class PasswordForm(HouseForm):
    """The old password and the new one."""

    form_name = "password"
    old_password = PasswordField(validators=[InputRequired(), Length(max=CHARACTERS_MAX)])
    new_password = PasswordField(validators=[InputRequired(), Length(max=CHARACTERS_MAX)])

    def labels(self) -> dict[str, str]:
        return {"old_password": _("Old password"), "new_password": _("New password")}


@page("/account/settings/password", access="members", methods=("POST",))
@needs_full_session
def set_password() -> ResponseReturnValue:
    """Set the password; every other device is signed out."""
    form = PasswordForm()
    if form.validate():
        try:
            check_own_password(form.old_password.data)
            check_password_strength(form.new_password.data, username=visitor().name)
        except (WrongPassword, TooManyAttempts) as error:
            form.refuse("old_password", error)
        except WeakPassword as error:
            form.refuse("new_password", error)
        else:
            _change(form.new_password.data)
            flash(_("Your new password is set. Every other device is signed out."), "good")
            return redirect(to("account_settings"), code=303)
    form.keep()
    return redirect(to("account_settings", _anchor="password"), code=303)


def _change(password: str) -> None:
    service, caller, now = services(), visitor().caller, clock.now()
    # Hashing takes a while, on purpose; no transaction waits for it.
    password_hash = service.passwords.hash(password)
    service.transactions.write(
        lambda db: change_password(
            db,
            user=db.get_one(User, caller.known_user_id),
            password_hash=password_hash,
            session_hash=caller.session_hash,
            now=now,
        )
    )
