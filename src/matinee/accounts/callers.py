"""Who calls the API: a person with a session, a program with a key, or nobody who is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from matinee.accounts.errors import SessionNotValid
from matinee.accounts.models import User, UserRole, UserSession
from matinee.accounts.scopes import scopes_of_roles


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
    # The roles that the user would have, had this session shown a second factor.
    withheld_roles: frozenset[str] = frozenset()
    # Whether the user's second factor is on, shown or not.
    has_second_factor: bool = False
    # Of a user: in which mails are written.
    language: str | None = None

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


# A row for each role of the user, one where there is none; no row where the session is not valid at `now`.
CALLER_OF_SESSION = (
    select(
        User.id,
        User.username,
        User.language,
        User.totp_confirmed_at,
        UserSession.second_factor_at,
        UserRole.role,
    )
    .join(UserSession, UserSession.user_id == User.id)
    .outerjoin(UserRole, UserRole.user_id == User.id)
    .where(UserSession.token_hash == bindparam("token_hash"), UserSession.expires_at > bindparam("now"))
)


def caller_of_rows(rows: Sequence[Sequence[Any]], *, token_hash: str, second_factor_required: bool) -> Caller:
    """The user whom rows of `CALLER_OF_SESSION` tell of, with the scopes of the roles held. Raises SessionNotValid.

    A user whose second factor is on has the roles in a session that showed it, and in no other; where staff is required to
    have one, everybody does.
    """
    if not rows:
        raise SessionNotValid
    user_id, username, language, is_on, shown_at, _ = rows[0]
    held = frozenset(role for *_, role in rows if role is not None)
    # Not only what is shown: a stolen password alone must not open the powers of staff by another way in.
    counts = shown_at is not None or (is_on is None and not second_factor_required)
    roles = held if counts else frozenset()
    return Caller(
        identity=f"user:{user_id}",
        name=username,
        scopes=scopes_of_roles(roles),
        user_id=user_id,
        session_hash=token_hash,
        roles=roles,
        withheld_roles=held - roles,
        has_second_factor=is_on is not None,
        language=language,
    )
