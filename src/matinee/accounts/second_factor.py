"""The second factor of staff: codes of an authenticator app (TOTP, RFC 6238)."""

from __future__ import annotations

import base64
import hmac
import logging
import secrets
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import update
from sqlalchemy.orm import Session

from matinee.accounts.errors import SecondFactorOff, SecondFactorOn, WrongCode
from matinee.accounts.models import User, UserSession
from matinee.accounts.secret_box import SecretBox
from matinee.kernel.errors import DomainError

log = logging.getLogger(__name__)

# What authenticator apps take for granted.
DIGITS = 6
STEP_SECONDS = 30
SECRET_BYTES = 20
# A phone's clock may be one step off; typing takes a while, too.
STEPS_BESIDE = (0, -1, 1)


def begin_second_factor(session: Session, *, user: User, box: SecretBox) -> None:
    """Make a secret for the user's app. It counts once a first code was right. Raises SecondFactorOn."""
    if user.totp_confirmed_at is not None:
        raise SecondFactorOn
    user.totp_secret = box.lock(secrets.token_bytes(SECRET_BYTES))
    user.totp_last_step = None
    session.flush()


def secret_in_letters(user: User, *, box: SecretBox) -> str | None:
    """The secret that waits for a first code, as it is typed into an app. None where there is none, or it counts already."""
    secret = _secret(user, box) if user.totp_confirmed_at is None else None
    return base64.b32encode(secret).decode() if secret is not None else None


def secret_as_url(user: User, *, box: SecretBox, issuer: str) -> str | None:
    """The same as an `otpauth:` address, which an app reads from a QR code."""
    secret = _secret(user, box) if user.totp_confirmed_at is None else None
    return _totp(secret).get_provisioning_uri(user.username, issuer) if secret is not None else None


def confirm_second_factor(
    session: Session, *, user: User, code: str, session_hash: str, box: SecretBox, now: datetime
) -> DomainError | None:
    """Let the second factor count from now on; the session in which it is confirmed has shown it.

    A wrong code is returned as WrongCode. Raises SecondFactorOn, SecondFactorOff where none was begun.
    """
    session.refresh(user, with_for_update={"key_share": True})
    if user.totp_confirmed_at is not None:
        raise SecondFactorOn
    if user.totp_secret is None:
        raise SecondFactorOff
    if not take_code(session, user=user, code=code, box=box, now=now):
        return WrongCode()
    user.totp_confirmed_at = now
    session.execute(
        update(UserSession).where(UserSession.token_hash == session_hash).values(second_factor_at=now)
    )
    session.flush()
    return None


def take_code(session: Session, *, user: User, code: str, box: SecretBox, now: datetime) -> bool:
    """Whether `code` is one of the user's app at `now`. No code is taken twice, nor one before the last that was.

    Tries are to be counted by the caller.
    """
    # Two tries of one code at the same time: the second sees that it was taken.
    session.refresh(user, with_for_update={"key_share": True})
    secret = _secret(user, box)
    if secret is None:
        return False
    offered = "".join(code.split()).encode()
    step_now = int(now.timestamp()) // STEP_SECONDS
    for step in (step_now + beside for beside in STEPS_BESIDE):
        right = _totp(secret).generate(step * STEP_SECONDS)
        if hmac.compare_digest(right, offered) and step > (user.totp_last_step or 0):
            user.totp_last_step = step
            session.flush()
            return True
    return False


def turn_off_second_factor(session: Session, *, user: User) -> None:
    """Ask for no code any more. Raises SecondFactorOff where none is asked for, and none was begun."""
    if user.totp_secret is None:
        raise SecondFactorOff
    user.totp_secret = user.totp_confirmed_at = user.totp_last_step = None
    session.flush()


def _totp(secret: bytes) -> TOTP:
    # SHA-1 is what the apps know; its weakness is none for a MAC (RFC 6238, section 1.2).
    return TOTP(secret, DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303


def _secret(user: User, box: SecretBox) -> bytes | None:
    if user.totp_secret is None:
        return None
    secret = box.unlock(user.totp_secret)
    if secret is None:
        log.error(
            "the second factor of user %s cannot be read: the secret key is another one; "
            "`matinee user second-factor off` lets him begin anew",
            user.id,
        )
    return secret
