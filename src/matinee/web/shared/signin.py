"""Signing in: the cookie of a session, and the check of a password, which takes its time outside any transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Response, request
from sqlalchemy.orm import Session

from matinee.accounts.errors import UserNotFound, WrongCredentials
from matinee.accounts.models import User
from matinee.accounts.passwords import Passwords
from matinee.accounts.sessions import start_session
from matinee.accounts.users import find_user
from matinee.db.transaction import Transactions

COOKIE = "token"


def set_session_cookie(response: Response, *, token: str, expires_at: datetime, secure: bool) -> None:
    """Give the caller the cookie that ends with the session."""
    response.set_cookie(
        COOKIE, token, expires=expires_at, path="/", secure=secure, httponly=True, samesite="Lax"
    )


def session_cookie() -> str | None:
    """The session token that the caller's cookie carries."""
    return request.cookies.get(COOKIE) or None


def user_agent() -> str:
    """What the caller's program calls itself, as far as it can be kept."""
    return "".join(part for part in request.headers.get("User-Agent", "") if part.isprintable())


def log_in(
    transactions: Transactions,
    passwords: Passwords,
    *,
    username: str,
    password: str,
    lifetime: timedelta,
    now: datetime,
    user_agent: str = "",
) -> tuple[str, datetime]:
    """Start a session and return its token and end. Raises WrongCredentials, after the same effort for unknown names.

    A hash that was made at another cost than today's is replaced.
    """
    known = transactions.read(lambda session: _password_hash(session, username))
    if not passwords.matches(known, password) or known is None:
        raise WrongCredentials
    renewed = passwords.hash(password) if passwords.needs_rehash(known) else None

    def start(session: Session) -> tuple[str, datetime]:
        user: User = find_user(session, username=username)
        # A password that is reset now ends every session; it must wait for this one, or this one for it.
        session.refresh(user, with_for_update={"key_share": True})
        if user.password_hash != known:
            # It was changed while we looked at the old one.
            raise WrongCredentials
        if renewed is not None:
            user.password_hash = renewed
        return start_session(session, user=user, lifetime=lifetime, now=now, user_agent=user_agent)

    return transactions.write(start)


def _password_hash(session: Session, username: str) -> str | None:
    try:
        return find_user(session, username=username).password_hash
    except UserNotFound:
        return None
