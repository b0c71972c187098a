"""A sign-in whose password was right and whose second factor is still asked for: kept signed in the visitor's cookie."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import session
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.kernel.codes import hash_secret
from matinee.web.shared.services import services
from matinee.web.shared.signin import Recognised

LIFETIME = timedelta(minutes=5)
_PENDING = "pending_sign_in"


@dataclass(frozen=True, slots=True)
class PendingSignIn:
    """Who is about to sign in, and where to."""

    username: str
    recognised: Recognised
    next_url: str


def keep_pending(*, user_id: int, password_hash: str, next_url: str, now: datetime) -> None:
    """Keep that this user's password, or passkey, was right just now."""
    session[_PENDING] = {
        "user": user_id,
        # A password that is set meanwhile ends it.
        "password": hash_secret(password_hash)[:32],
        "at": int(now.timestamp()),
        "next": next_url,
    }


def find_pending(*, now: datetime) -> PendingSignIn | None:
    """The sign-in that waits for its second factor; None where there is none, or it began too long ago."""
    kept = session.get(_PENDING)
    if not isinstance(kept, dict) or now.timestamp() - kept["at"] > LIFETIME.total_seconds():
        return None

    def read(db: Session) -> PendingSignIn | None:
        user = db.get(User, kept["user"])
        if user is None or hash_secret(user.password_hash)[:32] != kept["password"]:
            return None
        recognised = Recognised(user.id, user.password_hash, None, user.totp_confirmed_at is not None)
        return PendingSignIn(user.username, recognised, kept["next"])

    return services().transactions.read(read)


def forget_pending() -> None:
    """There is none any more."""
    session.pop(_PENDING, None)
