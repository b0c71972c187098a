"""Taking one's data along, and leaving."""

from __future__ import annotations

import json

from flask import flash, make_response, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import PasswordField
from wtforms.validators import InputRequired, Length

from matinee.accounts.errors import StaffAccount, TooManyAttempts, WrongPassword
from matinee.accounts.models import User
from matinee.accounts.passkeys import passkeys_of, recognise_passkey
from matinee.accounts.roles import roles_of
from matinee.boxoffice.account_removal import delete_account
from matinee.boxoffice.personal_data import personal_data
from matinee.boxoffice.visits import count_coming_tickets
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.web.shared.forms import CHARACTERS_MAX, HouseForm
from matinee.web.shared.languages import _
from matinee.web.shared.services import services
from matinee.web.shared.visitors import visitor
from matinee.web.site.account.begun_sessions import without_cookie
from matinee.web.site.account.challenges import relying_party, take_challenge
from matinee.web.site.account.full_sessions import needs_full_session
from matinee.web.site.account.own_password import check_own_password
from matinee.web.site.account.passkey_sign_in import passkey_answer, refused
from matinee.web.site.blueprint import page, to

FILENAME = "my-data.json"


class DeleteForm(HouseForm):
    """The password, asked for again."""

    form_name = "delete"
    password = PasswordField(validators=[InputRequired(), Length(max=CHARACTERS_MAX)])

    def labels(self) -> dict[str, str]:
        return {"password": _("Your password")}


@page("/account/export", access="members")
@needs_full_session
def export_my_data() -> ResponseReturnValue:
    """Everything that is known of the member, as one file."""
    now, user_id = clock.now(), visitor().caller.known_user_id
    data = services().transactions.read(lambda db: personal_data(db, user=db.get_one(User, user_id), now=now))
    whole = {"made_at": now.isoformat(), **data}
    response = make_response(json.dumps(whole, ensure_ascii=False, indent=2) + "\n")
    response.mimetype = "application/json"
    response.headers["Content-Disposition"] = f'attachment; filename="{FILENAME}"'
    response.cache_control.no_store = True
    return response


@page("/account/delete", access="members", methods=("GET", "POST"))
@needs_full_session
def delete_my_account() -> ResponseReturnValue:
    """What is lost and what stays; and deleting, by the password."""
    form = DeleteForm()
    if not form.is_submitted():
        return _show()
    if form.validate():
        try:
            check_own_password(form.password.data)
            _delete()
        except (WrongPassword, TooManyAttempts, StaffAccount) as error:
            form.refuse("password", error)
        else:
            return without_cookie(redirect(_farewell(), code=303))
    form.keep()
    return redirect(to("delete_my_account"), code=303)


@page("/account/delete/passkey", access="members", methods=("POST",))
@needs_full_session
def delete_by_passkey() -> ResponseReturnValue:
    """Deleting, by a passkey of the member. A script asks."""
    now, party, user_id = clock.now(), relying_party(), visitor().caller.known_user_id
    try:
        challenge = take_challenge(purpose="use", now=now)
        answer = passkey_answer()
        shown = services().transactions.write(
            lambda db: recognise_passkey(db, party=party, challenge=challenge, answer=answer, now=now)
        )
        if shown.user.id != user_id:
            raise WrongPassword
        _delete()
    except DomainError as error:
        return refused(error)
    response = make_response({"next": _farewell()})
    return without_cookie(response)


def _show() -> ResponseReturnValue:
    now, user_id = clock.now(), visitor().caller.known_user_id

    def read(db: Session) -> dict[str, object]:
        return {
            "coming_count": count_coming_tickets(db, user_id=user_id, now=now),
            "roles": roles_of(db, user_id=user_id),
            "has_passkeys": bool(passkeys_of(db, user_id=user_id)),
        }

    return render_template(
        "site/account/delete.html", form=DeleteForm.to_show(), **services().transactions.read(read)
    )


def _delete() -> None:
    now, user_id = clock.now(), visitor().caller.known_user_id
    services().transactions.write(lambda db: delete_account(db, user=db.get_one(User, user_id), now=now))


def _farewell() -> str:
    flash(_("Your account is deleted. We would be glad to see you again."), "good")
    return to("start")
