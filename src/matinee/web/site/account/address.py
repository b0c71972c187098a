"""Changing the mail address: a code that is sent to the new one proves it."""

from __future__ import annotations

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from matinee.accounts.changes import ask_for_address, change_address, forget_asked_address
from matinee.accounts.errors import SameAddress, TooManyAttempts, UserExists, WrongCode, WrongPassword
from matinee.accounts.models import User
from matinee.kernel import clock
from matinee.web.shared.address import caller_address
from matinee.web.shared.forms import CHARACTERS_MAX, HouseForm, is_address, stripped
from matinee.web.shared.languages import _
from matinee.web.shared.services import services
from matinee.web.shared.visitors import visitor
from matinee.web.site.account.full_sessions import needs_full_session
from matinee.web.site.account.own_password import check_own_password
from matinee.web.site.blueprint import page, to


class AddressForm(HouseForm):
    """The new address, and the password: whoever has the address can have the account."""

    form_name = "address"
    new_address = StringField(
        filters=[stripped], validators=[InputRequired(), Length(max=CHARACTERS_MAX), is_address]
    )
    password = PasswordField(validators=[InputRequired(), Length(max=CHARACTERS_MAX)])

    def labels(self) -> dict[str, str]:
        return {"new_address": _("New mail address"), "password": _("Your password")}


class AddressCodeForm(HouseForm):
    """The code from the mail to the new address."""

    form_name = "address-code"
    code = StringField(filters=[stripped], validators=[InputRequired(), Length(max=100)])

    def labels(self) -> dict[str, str]:
        return {"code": _("Code from the mail")}


@page("/account/settings/address", access="members", methods=("POST",))
@needs_full_session
def ask_for_new_address() -> ResponseReturnValue:
    """Mail a code to the new address."""
    form, service = AddressForm(), services()
    if form.validate():
        try:
            check_own_password(form.password.data)
            service.throttle.count_attempt("send_code", account=visitor().name, address=caller_address())
            _ask(form.new_address.data)
        except WrongPassword as error:
            form.refuse("password", error)
        except (SameAddress, TooManyAttempts) as error:
            form.refuse("new_address", error)
        else:
            flash(_("A code is on its way to the new address. Type it in here."), "good")
            return redirect(to("account_settings", _anchor="address"), code=303)
    form.keep()
    return redirect(to("account_settings", _anchor="address"), code=303)


def _ask(new_address: str) -> None:
    service, now, user_id = services(), clock.now(), visitor().caller.known_user_id
    service.transactions.write(
        lambda db: ask_for_address(
            db,
            user=db.get_one(User, user_id),
            new_username=new_address,
            lifetime=service.confirm_code_lifetime,
            now=now,
        )
    )


@page("/account/settings/address/code", access="members", methods=("POST",))
@needs_full_session
def confirm_new_address() -> ResponseReturnValue:
    """Take the new address, by the code."""
    form, service, now = AddressCodeForm(), services(), clock.now()
    user_id = visitor().caller.known_user_id
    if form.validate():
        try:
            service.throttle.count_attempt("try_code", account=visitor().name, address=caller_address())
            refusal = service.transactions.write(
                lambda db: change_address(db, user=db.get_one(User, user_id), code=form.code.data, now=now)
            )
            if refusal is not None:
                raise refusal
        except (WrongCode, UserExists, TooManyAttempts) as error:
            form.refuse("code", error)
        else:
            flash(_("Your account has its new address."), "good")
            return redirect(to("account_settings"), code=303)
    form.keep()
    return redirect(to("account_settings", _anchor="address"), code=303)


@page("/account/settings/address/keep", access="members", methods=("POST",))
@needs_full_session
def keep_old_address() -> ResponseReturnValue:
    """Forget the new address."""
    user_id = visitor().caller.known_user_id
    services().transactions.write(lambda db: forget_asked_address(db, user=db.get_one(User, user_id)))
    flash(_("Your account keeps its address."), "good")
    return redirect(to("account_settings"), code=303)
