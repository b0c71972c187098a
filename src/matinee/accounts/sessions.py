"""Sessions: the signed-in devices of a user."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, func, select
from sqlalchemy.orm import Session

from matinee.accounts.errors import SessionNotFound, SessionNotValid
from matinee.accounts.models import User, UserSession
from matinee.kernel.codes import hash_secret, random_token

USER_AGENT_CHARACTERS_MAX = 200
# So much of a token's hash names a session where people see it. It opens nothing.
SESSION_ID_LENGTH = 16


def start_session(
    session: Session,
    *,
    user: User,
    lifetime: timedelta,
    now: datetime,
    user_agent: str = "",
    second_factor: bool = False,
) -> tuple[str, datetime]:
    """Sign a device in; return its token and the moment (UTC) at which it expires. The token is kept as a hash only.

    `user_agent`: what the device calls itself, for its owner to know it by. `second_factor`: more than a password was shown.
    """
    token = random_token()
    # Whole seconds: what is told (Unix seconds) is then exactly what is kept.
    expires_at = (now + lifetime).replace(microsecond=0)
    session.add(
        UserSession(
            token_hash=hash_secret(token),
            user_id=user.id,
            user_agent=user_agent[:USER_AGENT_CHARACTERS_MAX],
            created_at=now,
            expires_at=expires_at,
            second_factor_at=now if second_factor else None,
        )
    )
    session.flush()
    return token, expires_at


def session_is_valid(session: Session, *, user: User, token: str, now: datetime) -> bool:
    """Whether `token` is a session of `user` that has not expired."""
    token_hash = hash_secret(token)
    found = session.scalars(
        select(UserSession).where(UserSession.token_hash == token_hash, UserSession.user_id == user.id)
    ).one_or_none()
    return found is not None and hmac.compare_digest(found.token_hash, token_hash) and found.expires_at > now


def require_session(session: Session, *, user: User, token: str, now: datetime) -> None:
    """Raise SessionNotValid unless `token` is a valid session of `user`."""
    if not session_is_valid(session, user=user, token=token, now=now):
        raise SessionNotValid


def end_all_sessions(session: Session, *, user: User, except_hash: str | None = None) -> None:
    """Sign every device of the user out; `except_hash`: but the one with this hash of its token."""
    ended = delete(UserSession).where(UserSession.user_id == user.id)
    if except_hash is not None:
        ended = ended.where(UserSession.token_hash != except_hash)
    session.execute(ended)


def end_session_of_token(session: Session, *, token: str) -> None:
    """Sign out the device that has this token; nothing happens where there is none."""
    session.execute(delete(UserSession).where(UserSession.token_hash == hash_secret(token)))


def session_is_full(session: Session, *, token_hash: str | None) -> bool:
    """Whether a session may change its user's account: not one without the second factor, where that is on."""
    found = session.execute(
        select(User.totp_confirmed_at, UserSession.second_factor_at)
        .join(UserSession, UserSession.user_id == User.id)
        .where(UserSession.token_hash == token_hash)
    ).one_or_none()
    return found is not None and (found.totp_confirmed_at is None or found.second_factor_at is not None)


def sessions_of(session: Session, *, user_id: int, now: datetime) -> Sequence[UserSession]:
    """The devices on which the user is signed in, the newest first."""
    return session.scalars(
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.expires_at > now)
        .order_by(UserSession.created_at.desc(), UserSession.token_hash)
    ).all()


def end_session(session: Session, *, user_id: int, session_id: str) -> None:
    """Sign one device of the user out: the one whose token's hash begins with `session_id`. Raises SessionNotFound."""
    found = session.scalars(
        select(UserSession).where(
            UserSession.user_id == user_id,
            func.substr(UserSession.token_hash, 1, SESSION_ID_LENGTH) == session_id,
        )
    ).first()
    if found is None:
        raise SessionNotFound
    session.delete(found)
    session.flush()


def delete_expired_sessions(session: Session, *, now: datetime) -> int:
    """Tidy up; return how many went. Nothing depends on it."""
    result = session.execute(delete(UserSession).where(UserSession.expires_at <= now))
    return result.rowcount if isinstance(result, CursorResult) else 0


def user_of_session(session: Session, *, token: str, now: datetime) -> User:
    """The user whom the session's token belongs to. Raises SessionNotValid."""
    user = session.scalars(
        select(User)
        .join(UserSession, UserSession.user_id == User.id)
        .where(UserSession.token_hash == hash_secret(token), UserSession.expires_at > now)
    ).one_or_none()
    if user is None:
        raise SessionNotValid
    return user
