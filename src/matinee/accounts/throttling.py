"""How often something may be tried: per account and per address, counted in the database so that all processes agree.

The counting strategy is the library's (`limits`); here is the storage that it lacks: one row per key and window.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import CursorResult, case, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from matinee.accounts.errors import TooManyAttempts
from matinee.accounts.models import AttemptCount
from matinee.db.transaction import Transactions
from matinee.kernel import clock
from matinee.kernel.codes import hash_secret

# What is tried -> (limit per account, limit per address). A whole office may sit behind one address.
LIMITS: dict[str, tuple[RateLimitItem, RateLimitItem]] = {
    "login": (RateLimitItemPerMinute(10, 15), RateLimitItemPerMinute(200, 15)),
    "register": (RateLimitItemPerHour(10), RateLimitItemPerHour(100)),
    "send_code": (RateLimitItemPerHour(10), RateLimitItemPerHour(100)),
    "try_code": (RateLimitItemPerHour(30), RateLimitItemPerHour(200)),
}
# Calls of the API that write, in a window: of a person, a program, and of one address where neither is known.
CALLS_SECONDS = 60
CALLS_MAX = {"user": 120, "key": 1200, "address": 600}


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many calls a caller may make in a window, how many are left, and when it ends."""

    limit: int
    remaining: int
    reset_seconds: int
    # Whether this call is one too many.
    exceeded: bool


class DatabaseStorage(Storage):
    """The counters of `limits` in the table of attempts."""

    STORAGE_SCHEME = None

    def __init__(self, transactions: Transactions) -> None:
        super().__init__()
        self._transactions = transactions

    @property
    def base_exceptions(self) -> type[Exception]:
        return Exception

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count `amount` more under `key` and return the count; a count that expired starts anew for `expiry` seconds."""
        return self.count(key, expiry, amount)[0]

    def count(self, key: str, expiry: int, amount: int = 1) -> tuple[int, datetime]:
        """As `incr`, and the end of the window beside the count."""
        now = clock.now()
        return self._transactions.write(
            lambda session: _increase(session, key, amount, now, now + timedelta(seconds=expiry))
        )

    def get(self, key: str) -> int:
        row = self._transactions.read(lambda session: _read(session, key))
        return row[0] if row is not None and row[1] > clock.now() else 0

    def get_expiry(self, key: str) -> float:
        row = self._transactions.read(lambda session: _read(session, key))
        return row[1].timestamp() if row is not None else clock.now().timestamp()

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        return self._transactions.write(lambda session: _delete(session, None))

    def clear(self, key: str) -> None:
        self._transactions.write(lambda session: _delete(session, key))


def _increase(
    session: Session, key: str, amount: int, now: datetime, expires_at: datetime
) -> tuple[int, datetime]:
    # One statement, so that two processes that count at once both count.
    dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    fresh = dialect.insert(AttemptCount).values(key=key, count=amount, expires_at=expires_at)
    expired = AttemptCount.expires_at <= now
    counted = fresh.on_conflict_do_update(
        index_elements=[AttemptCount.key],
        set_={
            "count": case((expired, amount), else_=AttemptCount.count + amount),
            "expires_at": case((expired, expires_at), else_=AttemptCount.expires_at),
        },
    ).returning(AttemptCount.count, AttemptCount.expires_at)
    count, ends_at = session.execute(counted).one()
    return int(count), ends_at


def _read(session: Session, key: str) -> tuple[int, datetime] | None:
    found = session.get(AttemptCount, key)
    return (found.count, found.expires_at) if found is not None else None


def _delete(session: Session, key: str | None) -> int:
    statement = delete(AttemptCount) if key is None else delete(AttemptCount).where(AttemptCount.key == key)
    result = session.execute(statement)
    return result.rowcount if isinstance(result, CursorResult) else 0


def delete_expired_counts(session: Session, *, now: datetime) -> int:
    """Tidy up; return how many went. Nothing depends on it."""
    result = session.execute(delete(AttemptCount).where(AttemptCount.expires_at <= now))
    return result.rowcount if isinstance(result, CursorResult) else 0


class Throttle:
    """Counts attempts; each count is a transaction of its own, so that a refusal that follows does not undo it."""

    def __init__(
        self, transactions: Transactions, *, enabled: bool, clock_now: Callable[[], datetime]
    ) -> None:
        self._storage = DatabaseStorage(transactions)
        self._limiter = FixedWindowRateLimiter(self._storage)
        self._enabled = enabled
        self._now = clock_now

    def count_attempt(self, what: str, *, account: str, address: str) -> None:
        """Count one attempt of `what` (a key of LIMITS) for the account and for the caller's address.

        Raises TooManyAttempts, with the seconds until the window ends.
        """
        if not self._enabled:
            return
        per_account, per_address = LIMITS[what]
        for item, key in ((per_address, f"address:{address}"), (per_account, account_key(account))):
            if not self._limiter.hit(item, what, key):
                ends_at = self._limiter.get_window_stats(item, what, key).reset_time
                raise TooManyAttempts(max(1, round(ends_at - self._now().timestamp())))

    def count_call(self, kind: str, *, who: str) -> Allowance | None:
        """Count one call of the API that writes, by a caller of a kind of CALLS_MAX; None where nothing is counted."""
        if not self._enabled:
            return None
        count, ends_at = self._storage.count(f"call:{kind}:{hash_secret(who)[:32]}", CALLS_SECONDS)
        limit = CALLS_MAX[kind]
        return Allowance(
            limit=limit,
            remaining=max(0, limit - count),
            reset_seconds=max(1, round((ends_at - self._now()).total_seconds())),
            exceeded=count > limit,
        )

    def take_once(self, token: str, *, seconds: int) -> bool:
        """Whether this is the first time within `seconds` that the token is shown; counted also where attempts are not."""
        return self._storage.incr(f"once:{hash_secret(token)}", seconds) == 1

    def forget_attempts(self, what: str, *, account: str) -> None:
        """Begin the account's count anew, as after a login that succeeded."""
        if self._enabled:
            self._limiter.clear(LIMITS[what][0], what, account_key(account))


def account_key(account: str) -> str:
    """How an account is named in the keys of counts.

    By a hash: as long as a key may be, whatever was typed, and no name of a person in the table.
    """
    return "account:" + hash_secret(account.strip().casefold())[:32]
