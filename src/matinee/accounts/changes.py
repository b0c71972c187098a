"""What the owner of an account changes about it: the password, the address, the language of mails."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.codes import WRONG_TRIES_MAX, discard_codes, match_code, send_code, use_up_code
from matinee.accounts.errors import SameAddress, UserExists, WrongCode
from matinee.accounts.models import User, UserCode
from matinee.accounts.news_mails import send_account_news
from matinee.accounts.sessions import end_all_sessions
from matinee.db.constraints import translating
from matinee.kernel.errors import DomainError
from matinee.languages.catalogs import known_language


def change_password(
    session: Session, *, user: User, password_hash: str, session_hash: str | None, now: datetime
) -> None:
    """Set the password of a user who has shown the old one. Every session but `session_hash` ends; a mail tells of it."""
    user.password_hash = password_hash
    # A code that somebody asked for before would set another password.
    discard_codes(session, user=user, purpose="reset")
    end_all_sessions(session, user=user, except_hash=session_hash)
    send_account_news(session, address=user.username, language=user.language, news="password", now=now)
    session.flush()


def change_language(session: Session, *, user: User, language: str) -> None:
    """Write mails to the user in this language from now on."""
    user.language = known_language(language)
    session.flush()


def ask_for_address(
    session: Session, *, user: User, new_username: str, lifetime: timedelta, now: datetime
) -> None:
    """Mail a code to the new address, which is in normal form. Nothing changes before it is shown. Raises SameAddress.

    Nothing is said about an address that another account has: it is told when the code is shown, to who reads its mail.
    """
    if new_username == user.username:
        raise SameAddress
    discard_codes(session, user=user, purpose="address")
    send_code(session, user=user, purpose="address", lifetime=lifetime, now=now, new_username=new_username)


def awaited_address(session: Session, *, user: User, now: datetime) -> str | None:
    """The new address that is to be proved by a code; None where there is none."""
    return session.scalars(
        select(UserCode.new_username).where(
            UserCode.user_id == user.id,
            UserCode.purpose == "address",
            UserCode.used_at.is_(None),
            UserCode.expires_at > now,
            UserCode.wrong_tries < WRONG_TRIES_MAX,
        )
    ).first()


def forget_asked_address(session: Session, *, user: User) -> None:
    """Keep the old address after all."""
    discard_codes(session, user=user, purpose="address")


def change_address(session: Session, *, user: User, code: str, now: datetime) -> DomainError | None:
    """Give the account the address that the code was sent to; the old one is told. A wrong code is returned as WrongCode.

    Codes that were mailed to the old address open nothing any more. Raises UserExists.
    """
    matched = match_code(session, user=user, purpose="address", code=code, now=now)
    if matched is None or matched.new_username is None:
        return WrongCode()
    use_up_code(session, code=matched, now=now)
    send_account_news(session, address=user.username, language=user.language, news="address", now=now)
    for purpose in ("confirm", "reset"):
        discard_codes(session, user=user, purpose=purpose)
    user.username = matched.new_username
    user.email_confirmed_at = now
    with translating({"uq_users_username": UserExists}):
        session.flush()
    return None
