"""The page of settings, and the language of mails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.accounts.changes import awaited_address, change_language
from matinee.accounts.models import Passkey, User, UserSession
from matinee.accounts.passkeys import passkeys_of
from matinee.accounts.passwords import PASSWORD_CHARACTERS_MIN
from matinee.accounts.roles import roles_of
from matinee.accounts.sessions import SESSION_ID_LENGTH, sessions_of
from matinee.kernel import clock
from matinee.web.shared.languages import _
from matinee.web.shared.services import services
from matinee.web.shared.visitors import visitor
from matinee.web.site.account.address import AddressCodeForm, AddressForm
from matinee.web.site.account.devices import device_name
from matinee.web.site.account.full_sessions import needs_full_session
from matinee.web.site.account.passkeys import PasskeyForm
from matinee.web.site.account.password import PasswordForm
from matinee.web.site.blueprint import page, to


@dataclass(frozen=True, slots=True)
class Device:
    """A signed-in device as its owner sees it."""

    id: str
    name: str
    since: datetime
    is_this: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """What the page shows of the account."""

    user: User
    new_address: str | None
    devices: tuple[Device, ...]
    passkeys: tuple[Passkey, ...]
    # Whether the page speaks of the second factor.
    is_staff: bool


@page("/account/settings", access="members")
@needs_full_session
def account_settings() -> ResponseReturnValue:
    """Everything that can be changed."""
    now, caller = clock.now(), visitor().caller
    user_id = caller.known_user_id

    def read(db: Session) -> Settings:
        user = db.get_one(User, user_id)
        return Settings(
            user=user,
            new_address=awaited_address(db, user=user, now=now),
            devices=tuple(
                _device(one, caller.session_hash) for one in sessions_of(db, user_id=user_id, now=now)
            ),
            passkeys=tuple(passkeys_of(db, user_id=user_id)),
            is_staff=bool(roles_of(db, user_id=user_id)) or user.totp_confirmed_at is not None,
        )

    return render_template(
        "site/account/settings.html",
        settings=services().transactions.read(read),
        password_form=PasswordForm.to_show(),
        address_form=AddressForm.to_show(),
        code_form=AddressCodeForm.to_show(),
        passkey_form=PasskeyForm.to_show(),
        characters_min=PASSWORD_CHARACTERS_MIN,
    )


def _device(one: UserSession, own_hash: str | None) -> Device:
    return Device(
        id=one.token_hash[:SESSION_ID_LENGTH],
        name=device_name(one.user_agent),
        since=one.created_at,
        is_this=one.token_hash == own_hash,
    )


@page("/account/settings/language", access="members", methods=("POST",))
@needs_full_session
def set_mail_language() -> ResponseReturnValue:
    """Write mails in another language."""
    user_id, language = visitor().caller.known_user_id, request.form.get("language", "")
    services().transactions.write(
        lambda db: change_language(db, user=db.get_one(User, user_id), language=language)
    )
    flash(_("We write to you in this language from now on."), "good")
    return redirect(to("account_settings"), code=303)
