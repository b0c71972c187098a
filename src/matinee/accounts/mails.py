"""What the mails about accounts say. Composed when they are delivered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.models import User, UserCode
from matinee.kernel.codes import hash_secret
from matinee.outbox.composing import ComposedMail, Composer, MailContext
from matinee.outbox.errors import NothingToSend
from matinee.outbox.rendering import render_mail


def compose_confirm_email(session: Session, payload: dict[str, Any], context: MailContext) -> ComposedMail:
    """The mail that confirms an address: the code in clear, and a link that carries it.

    Raises NothingToSend.
    """
    user, lifetime = _live_code(session, payload, purpose="confirm", context=context)
    code = payload["code"]
    link = (
        f"{context.base_url}/confirmEmail?username={quote(user.username, safe='')}"
        f"&code={quote(code, safe='')}&view=page"
    )
    values = _values(user, code, link, lifetime, context)
    return render_mail("matinee.accounts", "confirm_email", subject="Confirm your address", values=values)


def compose_reset_password(session: Session, payload: dict[str, Any], context: MailContext) -> ComposedMail:
    """The mail with the code for a new password. Raises NothingToSend.

    Its link carries no code: it would open the account to whoever sees the address, in a history or a log.
    """
    user, lifetime = _live_code(session, payload, purpose="reset", context=context)
    link = f"{context.base_url}/resetPassword?username={quote(user.username, safe='')}"
    values = _values(user, payload["code"], link, lifetime, context)
    return render_mail("matinee.accounts", "reset_password", subject="Choose a new password", values=values)


def _live_code(
    session: Session, payload: dict[str, Any], *, purpose: str, context: MailContext
) -> tuple[User, timedelta]:
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
    return user, code.expires_at - context.now


def _values(user: User, code: str, link: str, lifetime: timedelta, context: MailContext) -> dict[str, object]:
    return {
        "username": user.username,
        "code": code,
        "link": link,
        "valid_for": in_words(lifetime),
        "host": urlsplit(context.base_url).netloc,
        # What a mail program shows beside the subject, also on a locked screen: no code in it.
        "preview": f"For {user.username}",
    }


def in_words(duration: timedelta) -> str:
    """A duration for people: minutes below two hours, hours from there on, days from three days on."""
    minutes = max(1, round(duration.total_seconds() / 60))
    if minutes < 120:
        return _counted(minutes, "minute")
    hours = round(minutes / 60)
    return _counted(hours, "hour") if hours < 72 else _counted(round(hours / 24), "day")


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


COMPOSERS: dict[str, Composer] = {
    "confirm_email": compose_confirm_email,
    "reset_password": compose_reset_password,
}
