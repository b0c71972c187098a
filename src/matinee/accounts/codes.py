"""Codes that are mailed: to confirm an address, to set a new password.

Random, single-use, kept as hashes, valid for a time, and dead after some wrong tries. An older one that has not expired
still works, since mails arrive out of order; a wrong try therefore counts against every code that it might have meant.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from matinee.accounts.models import User, UserCode
from matinee.kernel.codes import TYPEABLE, hash_secret, random_code
from matinee.outbox.messages import enqueue_message

Purpose = Literal["confirm", "reset", "address"]
WRONG_TRIES_MAX = 5
# 8 characters of 30: 39 bits, with 5 tries each. A reset code opens an account, so it is longer.
CODE_LENGTHS: dict[Purpose, int] = {"confirm": 8, "reset": 12, "address": 8}
_MAIL_KINDS: dict[Purpose, str] = {
    "confirm": "confirm_email",
    "reset": "reset_password",
    "address": "change_address",
}


def send_code(
    session: Session,
    *,
    user: User,
    purpose: Purpose,
    lifetime: timedelta,
    now: datetime,
    website: bool = False,
    new_username: str | None = None,
) -> None:
    """Make a code and put the mail that carries it into the outbox.

    `website`: the mail's link leads to the page of the website, not to that of the API as given. `new_username`: the
    address that the code is to prove; the mail goes there.
    """
    code = random_code(CODE_LENGTHS[purpose], TYPEABLE)
    session.add(
        UserCode(
            user_id=user.id,
            purpose=purpose,
            new_username=new_username,
            code_hash=hash_secret(code),
            created_at=now,
            expires_at=now + lifetime,
        )
    )
    enqueue_message(
        session,
        kind=_MAIL_KINDS[purpose],
        recipient=new_username or user.username,
        payload={"user_id": user.id, "code": code, **({"website": True} if website else {})},
        now=now,
    )


def match_code(
    session: Session, *, user: User, purpose: Purpose, code: str, now: datetime
) -> UserCode | None:
    """The live code that `code` is; or None, and a wrong try is counted, which the caller must let be committed.

    The code is not used up by this: see `use_up_code`.
    """
    live = session.scalars(
        select(UserCode)
        .where(
            UserCode.user_id == user.id,
            UserCode.purpose == purpose,
            UserCode.used_at.is_(None),
            UserCode.expires_at > now,
            UserCode.wrong_tries < WRONG_TRIES_MAX,
        )
        .order_by(UserCode.id)
        # Two tries at the same time must count as two, and a code must not be used twice.
        .with_for_update()
    ).all()
    offered = hash_secret(code.strip().upper())
    right = [candidate for candidate in live if hmac.compare_digest(candidate.code_hash, offered)]
    if right:
        return right[0]
    for candidate in live:
        candidate.wrong_tries += 1
    session.flush()
    return None


def use_up_code(session: Session, *, code: UserCode, now: datetime) -> None:
    """Make a matched code worthless from now on."""
    code.used_at = now
    session.flush()


def discard_codes(session: Session, *, user: User, purpose: Purpose) -> None:
    """Make every code of this purpose worthless, as after a password was reset."""
    session.execute(delete(UserCode).where(UserCode.user_id == user.id, UserCode.purpose == purpose))


def delete_expired_codes(session: Session, *, now: datetime) -> int:
    """Tidy up; return how many went. Nothing depends on it."""
    result = session.execute(delete(UserCode).where(UserCode.expires_at <= now))
    return result.rowcount if isinstance(result, CursorResult) else 0
