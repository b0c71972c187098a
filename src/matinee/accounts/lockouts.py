"""Who tried something so often that it is refused for a while, and letting somebody try again before that."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matinee.accounts.errors import LockoutNotFound
from matinee.accounts.models import AttemptCount, User
from matinee.accounts.throttling import LIMITS, account_key

# Names are read in portions; the table of attempts has hashes only.
NAMES_PER_PORTION = 5000
_ACCOUNT, _ADDRESS = "account", "address"


@dataclass(frozen=True, slots=True)
class Lockout:
    """Something that is refused for now. `what` is a key of LIMITS; `who` an account's name or an address, and empty for a
    name that no account has."""

    key: str
    what: str
    of_account: bool
    who: str
    count: int
    until: datetime


def lockouts(session: Session, *, now: datetime) -> list[Lockout]:
    """What is refused at `now`, the longest first."""
    rows = session.scalars(select(AttemptCount).where(AttemptCount.expires_at > now)).all()
    refused = [(row, told) for row in rows if (told := _told(row)) is not None]
    hashed = {who for _row, (_what, kind, who) in refused if kind == _ACCOUNT}
    names = _names(session, hashed)
    found = [
        Lockout(
            key=row.key,
            what=what,
            of_account=kind == _ACCOUNT,
            who=names.get(who, "") if kind == _ACCOUNT else who,
            count=row.count,
            until=row.expires_at,
        )
        for row, (what, kind, who) in refused
    ]
    return sorted(found, key=lambda one: (one.until, one.key), reverse=True)


def end_lockout(session: Session, *, key: str, now: datetime) -> Lockout:
    """Let it be tried again from now on; return what was refused. Raises LockoutNotFound."""
    found = next((one for one in lockouts(session, now=now) if one.key == key), None)
    if found is None:
        raise LockoutNotFound
    session.execute(delete(AttemptCount).where(AttemptCount.key == key))
    return found


def unlock_account(session: Session, *, username: str) -> int:
    """Begin all counts of an account anew, reached or not; return how many there were."""
    keys = [per_account.key_for(what, account_key(username)) for what, (per_account, _) in LIMITS.items()]
    gone = delete(AttemptCount).where(AttemptCount.key.in_(keys)).returning(AttemptCount.key)
    return len(session.scalars(gone).all())


def locked_until(session: Session, *, username: str, now: datetime) -> Mapping[str, datetime]:
    """What is refused to an account at `now` -> until when."""
    keys = {
        per_account.key_for(what, account_key(username)): (what, per_account.amount)
        for what, (per_account, _) in LIMITS.items()
    }
    rows = session.scalars(
        select(AttemptCount).where(AttemptCount.key.in_(keys), AttemptCount.expires_at > now)
    )
    return {keys[row.key][0]: row.expires_at for row in rows if row.count >= keys[row.key][1]}


def _told(row: AttemptCount) -> tuple[str, str, str] | None:
    """What is refused, to which kind and to whom; None for a count that has not reached its limit, or is no such count."""
    parts = row.key.split("/")
    if len(parts) < 3 or parts[1] not in LIMITS:
        return None
    kind, _, who = parts[2].partition(":")
    per_account, per_address = LIMITS[parts[1]]
    limit = {_ACCOUNT: per_account, _ADDRESS: per_address}.get(kind)
    return (parts[1], kind, who) if limit is not None and row.count >= limit.amount else None


def _names(session: Session, hashed: Collection[str]) -> dict[str, str]:
    """The hash of a name, as in the keys of counts -> the name, where an account has it."""
    found: dict[str, str] = {}
    if not hashed:
        return found
    for (name,) in session.execute(select(User.username).execution_options(yield_per=NAMES_PER_PORTION)):
        key = account_key(name).partition(":")[2]
        if key in hashed:
            found[key] = name
    return found
