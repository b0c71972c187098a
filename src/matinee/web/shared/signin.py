"""Signing in: the cookie of a session, and the check of a password, which takes its time outside any transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response, request
from sqlalchemy.orm import Session

from matinee.accounts.errors import UserNotFound, WrongCode, WrongCredentials
from matinee.accounts.models import User
from matinee.accounts.passwords import Passwords
from matinee.accounts.second_factor import take_code
from matinee.accounts.secret_box import SecretBox
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


@dataclass(frozen=True, slots=True)
class Recognised:
    """A user whose password was right, before a session begins."""

    user_id: int
    # As it was when it was looked at.
    password_hash: str
    # The same password, hashed at today's cost, where it was kept at another.
    renewed_hash: str | None
    has_second_factor: bool


def recognise(
    transactions: Transactions, passwords: Passwords, *, username: str, password: str
) -> Recognised:
    """Whose password it is. Raises WrongCredentials, after the same effort for unknown names."""
    known = transactions.read(lambda session: _known(session, username))
    matches = passwords.matches(known.password_hash if known is not None else None, password)
    if not matches or known is None:
        raise WrongCredentials
    renewed = passwords.hash(password) if passwords.needs_rehash(known.password_hash) else None
    return Recognised(known.id, known.password_hash, renewed, known.totp_confirmed_at is not None)


def begin_session(
    session: Session,
    recognised: Recognised,
    *,
    lifetime: timedelta,
    now: datetime,
    user_agent: str = "",
    code: str | None = None,
    box: SecretBox | None = None,
) -> tuple[str, datetime]:
    """Start a session and return its token and end. `code`: of the second factor, which `box` opens.

    Raises WrongCredentials where the password was changed meanwhile, WrongCode.
    """
    user = session.get(User, recognised.user_id)
    if user is None:
        raise WrongCredentials
    # A password that is reset now ends every session; it must wait for this one, or this one for it.
    session.refresh(user, with_for_update={"key_share": True})
    if user.password_hash != recognised.password_hash:
        # It was changed while we looked at the old one.
        raise WrongCredentials
    if code is not None and (box is None or not _takes(session, user, code, box, now)):
        raise WrongCode
    if recognised.renewed_hash is not None:
        user.password_hash = recognised.renewed_hash
    return start_session(
        session,
        user=user,
        lifetime=lifetime,
        now=now,
        user_agent=user_agent,
        second_factor=code is not None,
    )


def log_in(
    transactions: Transactions,
    passwords: Passwords,
    *,
    username: str,
    password: str,
    lifetime: timedelta,
    now: datetime,
    user_agent: str = "",
    code: str | None = None,
    box: SecretBox | None = None,
) -> tuple[str, datetime]:
    """Start a session and return its token and end; without a `code`, one with a moviegoer's powers where the user has a
    second factor.

    Raises WrongCredentials, after the same effort for unknown names, and WrongCode. A hash that was made at another cost
    than today's is replaced.
    """
    recognised = recognise(transactions, passwords, username=username, password=password)
    return transactions.write(
        lambda session: begin_session(
            session, recognised, lifetime=lifetime, now=now, user_agent=user_agent, code=code, box=box
        )
    )


def _takes(session: Session, user: User, code: str, box: SecretBox, now: datetime) -> bool:
    return user.totp_confirmed_at is not None and take_code(session, user=user, code=code, box=box, now=now)


def _known(session: Session, username: str) -> User | None:
    try:
        return find_user(session, username=username)
    except UserNotFound:
        return None
