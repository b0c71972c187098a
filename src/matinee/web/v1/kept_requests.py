"""The rows of requests that came with an Idempotency-Key, and their answers, encrypted.

The row is inserted before the work and in its transaction: the key of the table makes a second request wait for the
first, and a refusal or a crash takes the row away again.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import CursorResult, bindparam, delete, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from matinee.db.direct import DirectConnections
from matinee.db.direct_select import DirectSelect
from matinee.db.transaction import Transactions
from matinee.web.v1.answers import Answer
from matinee.web.v1.errors import IdempotencyKeyReused, RequestInProgress
from matinee.web.v1.models import IdempotentRequest

KEY_LIFETIME = timedelta(hours=24)
# How long a second request waits for the first on PostgreSQL, until it is told to come back.
WAIT_SECONDS = 3
_KNOWN = DirectSelect(
    select(IdempotentRequest.status).where(IdempotentRequest.key_hash == bindparam("key_hash"))
)


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request with a key: by whom, and what is asked."""

    identity: str
    key: str
    request_hash: str

    @property
    def key_hash(self) -> str:
        """Under which the row is kept; callers do not meet each other's keys."""
        return hashlib.sha256(f"{self.identity}\0{self.key}".encode()).hexdigest()

    def cipher(self) -> Fernet:
        """Only who sends the key again can read the answer: it may hold a token, or the secret of an order."""
        derivation = HKDF(
            algorithm=SHA256(), length=32, salt=b"matinee kept answer", info=self.identity.encode()
        )
        return Fernet(base64.urlsafe_b64encode(derivation.derive(self.key.encode())))


def claim_key(session: Session, keyed: KeyedRequest, *, now: datetime) -> IdempotentRequest | None:
    """Insert the row of a request that is new, and return None; else return the row that is there.

    Waits for a request with this key that is being carried out. Raises IdempotencyKeyReused where the row is of another
    request, RequestInProgress where the wait was too long.
    """
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    fresh = {
        "request_hash": keyed.request_hash,
        "started": "",
        "status": None,
        "answer": None,
        "created_at": now,
        "expires_at": now + KEY_LIFETIME,
    }
    row = dialect.insert(IdempotentRequest).values(key_hash=keyed.key_hash, **fresh)
    inserted = row.on_conflict_do_update(
        index_elements=[IdempotentRequest.key_hash], set_=fresh, where=IdempotentRequest.expires_at <= now
    ).returning(IdempotentRequest.key_hash)
    if _waiting_a_while(session, inserted) is not None:
        return None
    kept = session.get_one(IdempotentRequest, keyed.key_hash, populate_existing=True)
    if kept.request_hash != keyed.request_hash:
        raise IdempotencyKeyReused
    return kept


def is_known_request(
    transactions: Transactions, direct: DirectConnections | None, keyed: KeyedRequest
) -> bool:
    """Whether a request with this key was carried out before, or one of another kind with the same key."""
    # In a rush each of thousands comes by here.
    return bool(_KNOWN.rows(transactions, direct, key_hash=keyed.key_hash))


def _waiting_a_while(session: Session, statement: Any) -> str | None:
    if session.get_bind().dialect.name != "postgresql":
        # SQLite lets one writer in at a time: whoever comes here is alone.
        return session.execute(statement).scalar_one_or_none()
    session.execute(text(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'"))
    try:
        found: str | None = session.execute(statement).scalar_one_or_none()
    except OperationalError as error:
        if isinstance(error.orig, psycopg.errors.LockNotAvailable):
            raise RequestInProgress from error
        raise
    session.execute(text("SET LOCAL lock_timeout TO DEFAULT"))
    return found


def note_started(session: Session, keyed: KeyedRequest, *, started: str) -> None:
    """Keep what the request has begun, for a repetition that comes before there is an answer."""
    session.execute(_row(keyed).values(started=started))


def keep_answer(session: Session, keyed: KeyedRequest, *, answer: Answer) -> None:
    """Keep the answer, encrypted with what only the caller has."""
    plain = {
        "headers": dict(answer.headers),
        "body": None if answer.body is None else answer.content().decode(),
    }
    encrypted = keyed.cipher().encrypt(json.dumps(plain).encode())
    session.execute(_row(keyed).values(status=answer.status, answer=encrypted))


def kept_answer(kept: IdempotentRequest, keyed: KeyedRequest) -> Answer | None:
    """The answer that was given before; None where the first try came to none."""
    if kept.answer is None or kept.status is None:
        return None
    plain = json.loads(keyed.cipher().decrypt(kept.answer))
    body = plain["body"]
    return Answer(
        None if body is None else body.encode(),
        status=kept.status,
        headers={**plain["headers"], "Idempotent-Replayed": "true"},
    )


def delete_expired_requests(session: Session, *, now: datetime) -> int:
    """Tidy up; return how many went. Nothing depends on it."""
    result = session.execute(delete(IdempotentRequest).where(IdempotentRequest.expires_at <= now))
    return result.rowcount if isinstance(result, CursorResult) else 0


def _row(keyed: KeyedRequest) -> Any:
    return update(IdempotentRequest).where(IdempotentRequest.key_hash == keyed.key_hash)
