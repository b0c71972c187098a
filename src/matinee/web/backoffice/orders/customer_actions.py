"""What staff does for a customer with an account: mails, language, confirmation, unlocking, signing out."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.accounts.changes import change_language
from matinee.accounts.confirmation import send_confirmation, send_reset_code
from matinee.accounts.lockouts import unlock_account
from matinee.accounts.models import User
from matinee.accounts.sessions import end_all_sessions, end_session
from matinee.accounts.users import confirm_email_by_staff
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.languages.catalogs import LANGUAGES
from matinee.web.backoffice.blueprint import here, lead_to, staff_page
from matinee.web.backoffice.changes import Trail, change
from matinee.web.backoffice.orders.customer_page import find_customer
from matinee.web.backoffice.refusals import flash_refusal
from matinee.web.shared.languages import _
from matinee.web.shared.services import services


def _act(
    user_id: int, action: str, summary: str, said: str, work: Callable[[Session, User], object]
) -> ResponseReturnValue:
    """Do it to the account, leave a trail without the name, which outlives the account; and lead back."""

    def audited(session: Session, trail: Trail) -> None:
        work(session, find_customer(session, user_id))
        trail(action, f"user:{user_id}", f"Account {user_id}: {summary}")

    try:
        change(audited)
    except DomainError as error:
        flash_refusal(error)
    else:
        flash(said, "good")
    return lead_to(here("customer", user_id=user_id))


@staff_page("/customers/<int:user_id>/reset", power="sell", methods=("POST",))
def send_customer_reset(user_id: int) -> ResponseReturnValue:
    """Mail a code with which the owner sets a new password. Raises UserNotFound."""
    now, lifetime = clock.now(), services().reset_code_lifetime
    return _act(
        user_id, "user.send_reset", "mail for a new password sent", _("The mail is on its way."),
        lambda session, user: send_reset_code(session, user=user, lifetime=lifetime, now=now, website=True),
    )  # fmt: skip


@staff_page("/customers/<int:user_id>/confirmation", power="sell", methods=("POST",))
def send_customer_confirmation(user_id: int) -> ResponseReturnValue:
    """Mail a code that confirms the address. Raises UserNotFound."""
    now, lifetime = clock.now(), services().confirm_code_lifetime
    return _act(
        user_id, "user.send_confirmation", "mail to confirm the address sent", _("The mail is on its way."),
        lambda session, user: send_confirmation(session, user=user, lifetime=lifetime, now=now, website=True),
    )  # fmt: skip


@staff_page("/customers/<int:user_id>/language", power="sell", methods=("POST",))
def change_customer_language(user_id: int) -> ResponseReturnValue:
    """Write mails to the customer in another language. Raises UserNotFound."""
    language = request.form.get("language", "")
    if language not in LANGUAGES:
        flash(_("We do not write in this language."), "error")
        return lead_to(here("customer", user_id=user_id))
    return _act(
        user_id, "user.language", f"mails in {language}", _("Mails are written in this language from now on."),
        lambda session, user: change_language(session, user=user, language=language),
    )  # fmt: skip


@staff_page("/customers/<int:user_id>/confirmed", power="people", methods=("POST",))
def confirm_customer(user_id: int) -> ResponseReturnValue:
    """Take the address as confirmed, without a code. Raises UserNotFound."""
    now = clock.now()
    return _act(
        user_id, "user.confirm", "address confirmed by hand", _("The address is confirmed."),
        lambda session, user: confirm_email_by_staff(session, user=user, now=now),
    )  # fmt: skip


@staff_page("/customers/<int:user_id>/unlock", power="people", methods=("POST",))
def unlock_customer(user_id: int) -> ResponseReturnValue:
    """Let the customer try again at once. Raises UserNotFound."""
    return _act(
        user_id, "user.unlock", "unlocked", _("It can be tried again."),
        lambda session, user: unlock_account(session, username=user.username),
    )  # fmt: skip


@staff_page("/customers/<int:user_id>/sign-out", power="people", methods=("POST",))
def sign_customer_out(user_id: int) -> ResponseReturnValue:
    """Sign one device out (`session`), or all. Raises UserNotFound."""
    one = request.form.get("session", "")
    if one:
        return _act(
            user_id, "user.sign_out", "one device signed out", _("The device is signed out."),
            lambda session, user: end_session(session, user_id=user.id, session_id=one[:64].replace("\0", "")),
        )  # fmt: skip
    return _act(
        user_id, "user.sign_out", "all devices signed out", _("All devices are signed out."),
        lambda session, user: end_all_sessions(session, user=user),
    )  # fmt: skip
