"""API keys: with which programs call. A key is shown once, when it is made; only its hash is kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matinee.accounts.callers import Caller
from matinee.accounts.errors import ApiKeyNotFound, ApiKeyNotValid
from matinee.accounts.models import ApiKey
from matinee.accounts.scopes import check_grantable
from matinee.kernel.codes import TYPEABLE, hash_secret, random_code, random_token

# By which a key is known from the token of a session, by people and by programs that look for leaked secrets.
PREFIX = "mk_"
PUBLIC_ID_LENGTH = 12
HINT_LENGTH = 4
# When a key was last used is written down at most this often: it must not cost each call a transaction.
USE_NOTED_EVERY = timedelta(minutes=1)


def create_api_key(
    session: Session,
    *,
    name: str,
    scopes: Iterable[str],
    creator: Caller,
    expires_at: datetime | None,
    now: datetime,
) -> tuple[ApiKey, str]:
    """Store a key, and return it with its secret, which nobody can read again.

    Raises ScopeNotFound, and ScopeMissing for a scope that the creator does not have himself.
    """
    granted = check_grantable(scopes, held=creator.scopes)
    secret = PREFIX + random_token()
    key = ApiKey(
        public_id=random_code(PUBLIC_ID_LENGTH, TYPEABLE),
        name=name,
        key_hash=hash_secret(secret),
        hint=secret[-HINT_LENGTH:],
        scopes=" ".join(granted),
        created_by=creator.user_id,
        created_at=now,
        expires_at=expires_at,
        last_used_at=None,
        revoked_at=None,
    )
    session.add(key)
    session.flush()
    return key, secret


def list_api_keys(session: Session) -> list[ApiKey]:
    """Every key that was not revoked, the newest first."""
    return list(session.scalars(select(ApiKey).where(ApiKey.revoked_at.is_(None)).order_by(ApiKey.id.desc())))


def find_api_key(session: Session, *, public_id: str) -> ApiKey:
    """The key, if it was not revoked. Raises ApiKeyNotFound."""
    if not (public_id.isascii() and public_id.isalnum()):
        # Not a question for the database, which would refuse some characters.
        raise ApiKeyNotFound
    found = session.scalars(
        select(ApiKey).where(ApiKey.public_id == public_id, ApiKey.revoked_at.is_(None))
    ).one_or_none()
    if found is None:
        raise ApiKeyNotFound
    return found


def revoke_api_key(session: Session, *, public_id: str, now: datetime) -> None:
    """Make the key worthless from now on. Raises ApiKeyNotFound."""
    find_api_key(session, public_id=public_id).revoked_at = now
    session.flush()


def caller_of_key(session: Session, *, secret: str, now: datetime) -> tuple[Caller, bool]:
    """The program that has this key, and whether its use is to be noted. Raises ApiKeyNotValid."""
    key = session.scalars(select(ApiKey).where(ApiKey.key_hash == hash_secret(secret))).one_or_none()
    if key is None or key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now):
        raise ApiKeyNotValid
    caller = Caller(
        identity=f"key:{key.public_id}",
        name=f"key {key.name}",
        scopes=frozenset(key.scopes.split()),
        api_key_id=key.id,
    )
    return caller, key.last_used_at is None or now - key.last_used_at >= USE_NOTED_EVERY


def note_use(session: Session, *, api_key_id: int, now: datetime) -> None:
    """Write down that the key was used."""
    session.execute(update(ApiKey).where(ApiKey.id == api_key_id).values(last_used_at=now))
