"""What the mails about accounts say. Composed when they are delivered, in the language of the account."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts import news_mails
from matinee.accounts.durations import in_words
from matinee.accounts.invitation_mails import compose_invitation
from matinee.accounts.models import User, UserCode
from matinee.kernel.codes import hash_secret
from matinee.languages.catalogs import translations
from matinee.outbox.composing import ComposedMail, Composer, MailContext
from matinee.outbox.errors import NothingToSend
from matinee.outbox.rendering import render_mail

PACKAGE = "matinee.accounts"


def compose_confirm_email(session: Session, payload: dict[str, Any], context: MailContext) -> ComposedMail:
    """The mail that confirms an address: the code in clear, and a link that carries it.

    Raises NothingToSend.
    """
    user, code = _live_code(session, payload, purpose="confirm", context=context)
    path = f"/{user.language}/confirm" if _by_website(payload) else "/confirmEmail"
    view = "" if _by_website(payload) else "&view=page"
    link = (
        f"{context.base_url}{path}?username={quote(user.username, safe='')}"
        f"&code={quote(payload['code'], safe='')}{view}"
    )
    _ = translations(user.language).gettext
    return _code_mail(
        user,
        code,
        context,
        name="confirm_email",
        subject=_("Confirm your address"),
        code_in_clear=payload["code"],
        link=link,
    )


def compose_reset_password(session: Session, payload: dict[str, Any], context: MailContext) -> ComposedMail:
    """The mail with the code for a new password. Raises NothingToSend.

    Its link carries no code: it would open the account to whoever sees the address, in a history or a log.
    """
    user, code = _live_code(session, payload, purpose="reset", context=context)
    path = f"/{user.language}/account/reset" if _by_website(payload) else "/resetPassword"
    link = f"{context.base_url}{path}?username={quote(user.username, safe='')}"
    _ = translations(user.language).gettext
    return _code_mail(
        user,
        code,
        context,
        name="reset_password",
        subject=_("Choose a new password"),
        code_in_clear=payload["code"],
        link=link,
    )


def compose_change_address(session: Session, payload: dict[str, Any], context: MailContext) -> ComposedMail:
    """The mail to a new address: the code that proves that it is the user's. Raises NothingToSend."""
    user, code = _live_code(session, payload, purpose="address", context=context)
    link = f"{context.base_url}/{user.language}/account/settings"
    _ = translations(user.language).gettext
    return _code_mail(
        user,
        code,
        context,
        name="change_address",
        subject=_("Confirm your new address"),
        code_in_clear=payload["code"],
        link=link,
    )


def _by_website(payload: dict[str, Any]) -> bool:
    return bool(payload.get("website"))


def _live_code(
    session: Session, payload: dict[str, Any], *, purpose: str, context: MailContext
) -> tuple[User, UserCode]:
    if "code" not in payload:
        # Somebody has a mail tried again that was given up.
        raise NothingToSend("its code was forgotten when it was given up")
    found = session.execute(
        select(User, UserCode)
        .join(UserCode, UserCode.user_id == User.id)
        .where(
            User.id == payload["user_id"],
            UserCode.purpose == purpose,
            UserCode.code_hash == hash_secret(payload["code"]),
        )
    ).first()
    if found is None:
        raise NothingToSend("the code is not valid any more")
    user, code = found
    if code.expires_at <= context.now:
        raise NothingToSend("the code has expired")
    return user, code


def _code_mail(
    user: User,
    code: UserCode,
    context: MailContext,
    *,
    name: str,
    subject: str,
    code_in_clear: str,
    link: str,
) -> ComposedMail:
    _ = translations(user.language).gettext
    address = code.new_username or user.username
    values: dict[str, object] = {
        "username": user.username,
        "new_username": code.new_username,
        "code": code_in_clear,
        "link": link,
        "valid_for": in_words(code.expires_at - context.now, user.language),
        "host": urlsplit(context.base_url).netloc,
        # What a mail program shows beside the subject, also on a locked screen: no code in it.
        "preview": _("For %(address)s") % {"address": address},
    }
    return render_mail(PACKAGE, name, subject=subject, values=values, language=user.language)


COMPOSERS: dict[str, Composer] = {
    "confirm_email": compose_confirm_email,
    "reset_password": compose_reset_password,
    "change_address": compose_change_address,
    "account_news": news_mails.compose_account_news,
    "invitation": compose_invitation,
}
