"""Who calls the API: a person with a session, a program with a key, or nobody who is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from matinee.accounts.errors import SessionNotValid
from matinee.accounts.models import User, UserRole, UserSession
from matinee.accounts.scopes import scopes_of_roles
from matinee.kernel.codes import hash_secret


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and what he may do."""

    # Tells callers apart, and never changes: "user:7", "key:PUBLICID", "anonymous".
    identity: str
    # As it stands in the trail of an order: a user's name, "key NAME", "buyer".
    name: str
    scopes: frozenset[str] = frozenset()
    user_id: int | None = None
    # Of the session's token.
    session_hash: str | None = None
    api_key_id: int | None = None
    # Of a member of the staff; a key has none.
    roles: frozenset[str] = frozenset()

    @property
    def is_known(self) -> bool:
        """Whether a session or a key says who it is."""
        return not self.identity.startswith(ANONYMOUS_IDENTITY)

    @property
    def known_user_id(self) -> int:
        """The user, where the scope that was asked for says that it is one: `me` is given to people alone."""
        assert self.user_id is not None, "no key has the scope `me`"
        return self.user_id

    def may(self, scope: str) -> bool:
        """Whether the caller has this scope."""
        return scope in self.scopes


ANONYMOUS_IDENTITY = "anonymous"
ANONYMOUS = Caller(identity=ANONYMOUS_IDENTITY, name="buyer")


def caller_of_session(session: Session, *, token: str, now: datetime) -> Caller:
    """The user whom the session's token belongs to, with the scopes of the roles held. Raises SessionNotValid.

    A user whose second factor is on has the roles in a session that showed it, and in no other.
    """
    token_hash = hash_secret(token)
    # Not only what is shown: a stolen password alone must not open the powers of staff by another way in.
    shown = or_(User.totp_confirmed_at.is_(None), UserSession.second_factor_at.is_not(None))
    rows = session.execute(
        select(User.id, User.username, UserRole.role)
        .join(UserSession, UserSession.user_id == User.id)
        .outerjoin(UserRole, and_(UserRole.user_id == User.id, shown))
        .where(UserSession.token_hash == token_hash, UserSession.expires_at > now)
    ).all()
    if not rows:
        raise SessionNotValid
    user_id, username, _ = rows[0]
    roles = frozenset(row.role for row in rows if row.role is not None)
    return Caller(
        identity=f"user:{user_id}",
        name=username,
        scopes=scopes_of_roles(roles),
        user_id=user_id,
        session_hash=token_hash,
        roles=roles,
    )
