"""The passkeys of a member: adding, renaming, removing. A script adds; the others are plain forms."""

from __future__ import annotations

from flask import flash, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from matinee.accounts.errors import PasskeyNotFound
from matinee.accounts.models import User
from matinee.accounts.news_mails import send_account_news
from matinee.accounts.passkeys import (
    NAME_CHARACTERS_MAX,
    options_for_new,
    remove_passkey,
    rename_passkey,
    store_passkey,
)
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.web.shared.forms import CHARACTERS_MAX, HouseForm, stripped
from matinee.web.shared.languages import _
from matinee.web.shared.refusals import flash_refusal
from matinee.web.shared.services import services
from matinee.web.shared.signin import user_agent
from matinee.web.shared.visitors import visitor
from matinee.web.site.account.challenges import keep_challenge, relying_party, take_challenge
from matinee.web.site.account.devices import device_name
from matinee.web.site.account.full_sessions import needs_full_session
from matinee.web.site.account.own_password import check_own_password
from matinee.web.site.account.passkey_sign_in import json_text, passkey_answer, refused
from matinee.web.site.blueprint import page, to


class PasskeyForm(HouseForm):
    """A name for the new passkey, and the password: a passkey opens the account for good."""

    form_name = "passkey"
    name = StringField(filters=[stripped], validators=[Length(max=NAME_CHARACTERS_MAX)])
    password = PasswordField(validators=[InputRequired(), Length(max=CHARACTERS_MAX)])

    def labels(self) -> dict[str, str]:
        return {"name": _("Name, as you like"), "password": _("Your password")}


@page("/account/settings/passkeys/options", access="members", methods=("POST",))
@needs_full_session
def new_passkey_options() -> ResponseReturnValue:
    """What the browser needs to make a passkey. The password is asked for, as JSON."""
    body = request.get_json(silent=True)
    password = str(body.get("password", ""))[:CHARACTERS_MAX] if isinstance(body, dict) else ""
    user_id, party = visitor().caller.known_user_id, relying_party()
    try:
        check_own_password(password)
        options, challenge = services().transactions.read(
            lambda db: options_for_new(db, user=db.get_one(User, user_id), party=party)
        )
    except DomainError as error:
        return refused(error)
    keep_challenge(challenge, purpose="new", now=clock.now())
    return json_text(options)


@page("/account/settings/passkeys", access="members", methods=("POST",))
@needs_full_session
def add_passkey() -> ResponseReturnValue:
    """Keep the passkey that the browser made; a mail tells of it."""
    now, party, user_id = clock.now(), relying_party(), visitor().caller.known_user_id
    name = str((request.get_json(silent=True) or {}).get("name", "")).strip() or device_name(user_agent())

    try:
        challenge = take_challenge(purpose="new", now=now)
        answer = passkey_answer()

        def store(db: Session) -> None:
            user = db.get_one(User, user_id)
            store_passkey(db, user=user, party=party, challenge=challenge, answer=answer, name=name, now=now)
            send_account_news(db, address=user.username, language=user.language, news="passkey", now=now)

        services().transactions.write(store)
    except DomainError as error:
        return refused(error)
    flash(_("The passkey is kept. You can sign in with it."), "good")
    return jsonify(next=to("account_settings", _anchor="passkeys"))


@page("/account/settings/passkeys/<int:passkey_id>/name", access="members", methods=("POST",))
@needs_full_session
def name_passkey(passkey_id: int) -> ResponseReturnValue:
    """Call a passkey by another name."""
    user_id, name = visitor().caller.known_user_id, request.form.get("name", "")
    try:
        services().transactions.write(
            lambda db: rename_passkey(db, user_id=user_id, passkey_id=passkey_id, name=name)
        )
    except PasskeyNotFound as error:
        flash_refusal(error)
    else:
        flash(_("The passkey has its new name."), "good")
    return redirect(to("account_settings", _anchor="passkeys"), code=303)


@page("/account/settings/passkeys/<int:passkey_id>/remove", access="members", methods=("POST",))
@needs_full_session
def drop_passkey(passkey_id: int) -> ResponseReturnValue:
    """Let a passkey open nothing any more."""
    user_id = visitor().caller.known_user_id
    try:
        services().transactions.write(lambda db: remove_passkey(db, user_id=user_id, passkey_id=passkey_id))
    except PasskeyNotFound as error:
        flash_refusal(error)
    else:
        flash(_("The passkey is removed. Delete it on your device, too."), "good")
    return redirect(to("account_settings", _anchor="passkeys"), code=303)
