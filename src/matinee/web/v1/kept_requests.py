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

import psycopg
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import CursorResult, bindparam, delete, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from matinee.db.base import UtcDateTime
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
_INSERT = """
    INSERT INTO idempotent_request AS kept (key_hash, request_hash, started, created_at, expires_at)
    SELECT :key_hash, :request_hash, '', :now, :expires_at {patiently}
    ON CONFLICT (key_hash) DO UPDATE
        SET request_hash = excluded.request_hash, started = excluded.started, status = NULL, answer = NULL,
            created_at = excluded.created_at, expires_at = excluded.expires_at
        WHERE kept.expires_at <= :now
    RETURNING key_hash
"""
# Typed: SQLite compares moments as the text that the column type writes.
_MOMENTS = (bindparam("now", type_=UtcDateTime()), bindparam("expires_at", type_=UtcDateTime()))
# SQLite lets one writer in at a time: whoever comes here is alone.
_CLAIM = text(_INSERT.format(patiently="WHERE true")).bindparams(*_MOMENTS)
# PostgreSQL waits for a while for a row that another is inserting; as long as usual for all that comes after it.
_CLAIM_WAITING = text(
    f"""
    WITH patience AS MATERIALIZED (
        SELECT current_setting('lock_timeout') AS usual, set_config('lock_timeout', :patience, true)),
    claimed AS ({_INSERT.format(patiently="FROM patience")})
    SELECT set_config('lock_timeout', patience.usual, true) FROM claimed, patience
    """  # noqa: S608 - constants
).bindparams(*_MOMENTS)
_NOTE = text("UPDATE idempotent_request SET started = :started WHERE key_hash = :key_hash")
_KEEP = text("UPDATE idempotent_request SET status = :status, answer = :answer WHERE key_hash = :key_hash")


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
    values: dict[str, object] = {
        "key_hash": keyed.key_hash,
        "request_hash": keyed.request_hash,
        "now": now,
        "expires_at": now + KEY_LIFETIME,
    }
    claim = _CLAIM
    if session.get_bind().dialect.name == "postgresql":
        claim, values["patience"] = _CLAIM_WAITING, f"{WAIT_SECONDS}s"
    try:
        claimed = session.execute(claim, values).first() is not None
    except OperationalError as error:
        if isinstance(error.orig, psycopg.errors.LockNotAvailable):
            raise RequestInProgress from error
        raise
    if claimed:
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


def note_started(session: Session, keyed: KeyedRequest, *, started: str) -> None:
    """Keep what the request has begun, for a repetition that comes before there is an answer."""
    session.execute(_NOTE, {"key_hash": keyed.key_hash, "started": started})


def keep_answer(session: Session, keyed: KeyedRequest, *, answer: Answer) -> None:
    """Keep the answer, encrypted with what only the caller has."""
    plain = {
        "headers": dict(answer.headers),
        "body": None if answer.body is None else answer.content().decode(),
    }
    encrypted = keyed.cipher().encrypt(json.dumps(plain).encode())
    session.execute(_KEEP, {"key_hash": keyed.key_hash, "status": answer.status, "answer": encrypted})


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
