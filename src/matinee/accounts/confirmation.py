"""Confirming a mail address, and setting a new password, by a mailed code."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from matinee.accounts.codes import discard_codes, match_code, send_code, use_up_code
from matinee.accounts.errors import EmailAlreadyConfirmed, WeakPassword, WrongCode
from matinee.accounts.models import User
from matinee.accounts.passwords import check_password_strength
from matinee.accounts.sessions import end_all_sessions
from matinee.kernel.errors import DomainError


def send_confirmation(
    session: Session, *, user: User, lifetime: timedelta, now: datetime, website: bool = False
) -> None:
    """Mail a code that confirms the address; `website`: with a link to the website. Raises EmailAlreadyConfirmed."""
    if user.email_confirmed_at is not None:
        raise EmailAlreadyConfirmed
    send_code(session, user=user, purpose="confirm", lifetime=lifetime, now=now, website=website)


def confirm_email(session: Session, *, user: User, code: str, now: datetime) -> DomainError | None:
    """Confirm the address. A wrong code is returned as WrongCode, not raised: its count must be committed.

    Raises EmailAlreadyConfirmed.
    """
    if user.email_confirmed_at is not None:
        raise EmailAlreadyConfirmed
    matched = match_code(session, user=user, purpose="confirm", code=code, now=now)
    if matched is None:
        return WrongCode()
    use_up_code(session, code=matched, now=now)
    user.email_confirmed_at = now
    session.flush()
    return None


def send_reset_code(
    session: Session, *, user: User, lifetime: timedelta, now: datetime, website: bool = False
) -> None:
    """Mail a code with which a new password can be set; `website`: with a link to the website."""
    send_code(session, user=user, purpose="reset", lifetime=lifetime, now=now, website=website)


def check_reset_code(
    session: Session, *, user: User, code: str, password: str, now: datetime
) -> DomainError | None:
    """Whether `code` would set `password`: None, or the refusal, returned so that a wrong try is committed.

    The code is looked at first. A good code with a weak password stays good, so that a better one can be tried.
    """
    if match_code(session, user=user, purpose="reset", code=code, now=now) is None:
        return WrongCode()
    try:
        check_password_strength(password, username=user.username)
    except WeakPassword as refusal:
        return refusal
    return None


def reset_password(
    session: Session, *, user: User, code: str, password_hash: str, now: datetime
) -> DomainError | None:
    """Set a new password; every session of the user ends and every reset code is worthless. A wrong code is returned."""
    matched = match_code(session, user=user, purpose="reset", code=code, now=now)
    if matched is None:
        return WrongCode()
    use_up_code(session, code=matched, now=now)
    user.password_hash = password_hash
    discard_codes(session, user=user, purpose="reset")
    end_all_sessions(session, user=user)
    session.flush()
    return None
