"""Keys that sign the codes of tickets, so that a door without any data still tells a forged one (Ed25519, RFC 8032)."""

from __future__ import annotations

import base64
import binascii
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matinee.accounts.secret_box import SecretBox
from matinee.db.failing_together import FailingTogether
from matinee.db.transaction import Transactions
from matinee.kernel.base64url import base64url
from matinee.kernel.codes import TYPEABLE, random_code
from matinee.tickets.models import KEY_ID_LENGTH, SigningKey

log = logging.getLogger(__name__)

# For so long a process goes on with a key that was rotated elsewhere. Its signatures are good all the same.
KEY_KEPT = timedelta(minutes=1)
# base64url of the 64 bytes of a signature.
SIGNATURE_CHARACTERS = 86


@dataclass(frozen=True, slots=True)
class _Current:
    id: str
    key: Ed25519PrivateKey
    read_at: datetime


class TicketSeal:
    """Signs with the newest key; the first one is made when it is first needed."""

    def __init__(
        self, transactions: Transactions, box: SecretBox, *, clock_now: Callable[[], datetime]
    ) -> None:
        self._transactions, self._box, self._now = transactions, box, clock_now
        self._current: _Current | None = None
        self._reading = FailingTogether()

    def __call__(self, message: bytes) -> str:
        """The signature of `message` with the id of its key. The same key signs the same message in the same way."""
        current = self._key()
        return f"{current.id}.{base64url(current.key.sign(message))}"

    def _key(self) -> _Current:
        now = self._now()
        with self._reading():
            known = self._current
            if known is not None and known.read_at <= now < known.read_at + KEY_KEPT:
                return known
            found = self._transactions.read(lambda session: _opened(current_key(session), self._box))
            if found is None:
                found = self._transactions.write(
                    lambda session: _opened(rotate_key(session, box=self._box, now=now), self._box)
                )
            assert found is not None, "a key that was just locked can be unlocked"
            self._current = _Current(found[0], found[1], now)
            return self._current


def current_key(session: Session) -> SigningKey | None:
    """The key that signs now; None where there is none yet."""
    return session.scalars(
        select(SigningKey)
        .where(SigningKey.retired_at.is_(None))
        .order_by(SigningKey.created_at.desc(), SigningKey.id)
        .limit(1)
    ).one_or_none()


def keys_in_order(session: Session) -> Sequence[SigningKey]:
    """Every key there ever was, the newest first."""
    return session.scalars(select(SigningKey).order_by(SigningKey.created_at.desc(), SigningKey.id)).all()


def rotate_key(session: Session, *, box: SecretBox, now: datetime) -> SigningKey:
    """Sign with a new key from now on. What the earlier ones signed stays good."""
    session.execute(update(SigningKey).where(SigningKey.retired_at.is_(None)).values(retired_at=now))
    private = Ed25519PrivateKey.generate()
    made = SigningKey(
        id=random_code(KEY_ID_LENGTH, TYPEABLE),
        public_key=base64url(private.public_key().public_bytes_raw()),
        private_key=box.lock(private.private_bytes_raw()),
        created_at=now,
    )
    session.add(made)
    session.flush()
    return made


def public_keys(session: Session) -> dict[str, Ed25519PublicKey]:
    """Key id -> what tells whether it signed something, of every key there ever was."""
    return {
        key.id: Ed25519PublicKey.from_public_bytes(_read(key.public_key)) for key in keys_in_order(session)
    }


def is_sealed(message: bytes, sealed: str, *, keys: Mapping[str, Ed25519PublicKey]) -> bool:
    """Whether `sealed` is what one of the keys made of `message`. Nothing that comes in raises."""
    key_id, _, signature = sealed.partition(".")
    key = keys.get(key_id)
    if key is None or len(signature) != SIGNATURE_CHARACTERS:
        return False
    try:
        raw = _read(signature)
        key.verify(raw, message)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    # In one way alone: the last character has bits that decoding passes over.
    return base64url(raw) == signature


def _opened(key: SigningKey | None, box: SecretBox) -> tuple[str, Ed25519PrivateKey] | None:
    if key is None:
        return None
    raw = box.unlock(key.private_key)
    if raw is None:
        log.warning(
            "the key %s that signs tickets was locked with another secret key: a new one is made", key.id
        )
        return None
    return key.id, Ed25519PrivateKey.from_private_bytes(raw)


def _read(text: str) -> bytes:
    # Strict: what is no base64url must not be read as something else.
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
