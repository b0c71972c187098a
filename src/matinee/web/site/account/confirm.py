"""Confirming the mail address: by the link in the mail and a button, or by the code, typed in."""

from __future__ import annotations

from contextlib import suppress

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from matinee.accounts.confirmation import confirm_email, send_confirmation
from matinee.accounts.errors import EmailAlreadyConfirmed, TooManyAttempts, UserNotFound, WrongCode
from matinee.accounts.users import find_user
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.web.shared.address import caller_address
from matinee.web.shared.forms import CHARACTERS_MAX, HouseForm, stripped
from matinee.web.shared.languages import _
from matinee.web.shared.refusals import flash_refusal
from matinee.web.shared.services import services
from matinee.web.shared.visitors import visitor
from matinee.web.site.blueprint import page, to


class ConfirmForm(HouseForm):
    """Whose address, and the code from the mail."""

    form_name = "confirm"
    username = StringField(filters=[stripped], validators=[InputRequired(), Length(max=CHARACTERS_MAX)])
    code = StringField(filters=[stripped], validators=[InputRequired(), Length(max=100)])

    def labels(self) -> dict[str, str]:
        return {"username": _("Mail address"), "code": _("Code from the mail")}


@page("/confirm", access="everybody", methods=("GET", "POST"))
def confirm() -> ResponseReturnValue:
    """The button or the form; and confirming. Opening the link changes nothing: mail scanners open links."""
    form = ConfirmForm()
    if not form.is_submitted():
        linked = {name: request.args.get(name, "")[:CHARACTERS_MAX] for name in ("username", "code")}
        shown = ConfirmForm.to_show(username=linked["username"] or visitor().name * visitor().is_member)
        by_link = all(linked.values()) and not shown.errors
        return render_template("site/account/confirm.html", form=shown, by_link=by_link, linked=linked)
    if form.validate():
        try:
            _confirm(form.username.data, form.code.data)
        except EmailAlreadyConfirmed:
            flash(_("This address was confirmed before. There is nothing more to do."), "info")
            return redirect(_after(), code=303)
        except (UserNotFound, WrongCode):
            form.refuse("code", WrongCode())
        except TooManyAttempts as error:
            form.refuse("code", error)
        else:
            flash(_("Thank you, your address is confirmed."), "good")
            return redirect(_after(), code=303)
    form.keep()
    return redirect(to("confirm"), code=303)


def _confirm(username: str, code: str) -> None:
    service, now = services(), clock.now()
    service.throttle.count_attempt("try_code", account=username, address=caller_address())
    refusal: DomainError | None = service.transactions.write(
        lambda db: confirm_email(db, user=find_user(db, username=username), code=code, now=now)
    )
    # Returned and not raised inside: a wrong try is committed, so that it counts.
    if refusal is not None:
        raise refusal


def _after() -> str:
    return to("account") if visitor().is_member else to("sign_in")


@page("/confirm/resend", access="everybody", methods=("POST",))
def resend_confirmation() -> ResponseReturnValue:
    """Mail another code. The answer does not tell whether there is such an account."""
    service, now = services(), clock.now()
    username = (request.form.get("username") or visitor().name).strip()[:CHARACTERS_MAX]

    def send(db: Session) -> None:
        user = find_user(db, username=username)
        send_confirmation(db, user=user, lifetime=service.confirm_code_lifetime, now=now, website=True)

    try:
        service.throttle.count_attempt("send_code", account=username, address=caller_address())
    except TooManyAttempts as error:
        flash_refusal(error)
        return redirect(to("confirm"), code=303)
    with suppress(UserNotFound, EmailAlreadyConfirmed):
        service.transactions.write(send)
    flash(_("If this address waits to be confirmed, a new code is on its way to it."), "good")
    return redirect(to("confirm"), code=303)
