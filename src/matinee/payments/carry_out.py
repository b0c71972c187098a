"""Carrying refunds out: leased, asked of the provider outside any transaction, and what became of it stored.

A worker that dies in between loses its lease; another asks again, with the same key, and no money goes back twice.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from matinee.db.transaction import Transactions
from matinee.kernel.counts import count
from matinee.payments.errors import ProviderUnavailable
from matinee.payments.models import Payment, PaymentRefund
from matinee.payments.protocol import VOUCHER, PaymentProvider, RefundOutcome, RefundRequest
from matinee.payments.refunds import find_refund, record_refund_outcome
from matinee.payments.watching import provider_call

# No refund is begun later than this in one round: the worker has mail to deliver, too.
ROUND_SECONDS_MAX = 5.0
# Longer than a round and the slowest calls of its last refund, with clocks that differ.
LEASE = timedelta(minutes=4)
FIRST_PAUSE_SECONDS = 10
# There is no last try: money that is owed is never given up because nobody answered.
PAUSE_SECONDS_MAX = 3600
# Only ever shorter, so that what failed together does not come back together.
JITTER_MAX = 0.1
# While a provider does not answer, its other refunds wait for so long.
OUTAGE_PAUSE = timedelta(seconds=30)
# A provider that is at it sends a notice. Notices get lost, so it is asked as well.
ASK_AGAIN_AFTER = timedelta(hours=12)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LeasedRefund:
    """A refund as it was when it was taken."""

    provider: str
    request: RefundRequest
    leased_until: datetime


def carry_out_refunds(
    transactions: Transactions,
    providers: Mapping[str, PaymentProvider],
    *,
    now: datetime,
    should_stop: Callable[[], bool] = lambda: False,
    seconds_max: float = ROUND_SECONDS_MAX,
) -> int:
    """Ask the providers for the refunds that are due, for `seconds_max`; return how many were tried.

    Opens transactions of its own, so it is not called inside one. Raises DatabaseUnavailable.
    """
    began = time.monotonic()
    tried = 0
    while not should_stop() and time.monotonic() - began < seconds_max:
        if not transactions.read(lambda session: _anything_due(session, now)):
            break
        leased = transactions.write(lambda session: _lease_next(session, now))
        if leased is None:
            break
        _carry_out(transactions, providers, leased, now)
        tried += 1
    return tried


def _carry_out(
    transactions: Transactions,
    providers: Mapping[str, PaymentProvider],
    leased: LeasedRefund,
    now: datetime,
) -> None:
    refund_id = leased.request.refund_id
    try:
        if leased.provider not in providers:
            raise ProviderUnavailable(f"The provider {leased.provider!r} is not set up here.")
        with provider_call(leased.provider, "refund"):
            outcome = providers[leased.provider].refund(leased.request)
    except ProviderUnavailable as error:
        reason = error.detail
        log.warning("refund %s waits for %s: %s", refund_id, leased.provider, reason)
        count("refunds", provider=leased.provider, outcome="unavailable")
        transactions.write(lambda session: _put_off(session, leased, reason, now))
        transactions.write(lambda session: _put_off_others(session, leased.provider, now))
    except Exception:
        # A fault of ours in one refund must not keep the others waiting.
        log.exception("refund %s failed by a fault", refund_id)
        transactions.write(lambda session: _put_off(session, leased, "a fault, see the log", now))
    else:
        transactions.write(lambda session: _record(session, leased, outcome, now))
        count("refunds", provider=leased.provider, outcome=outcome.state)
        log.log(logging.WARNING if outcome.state == "failed" else logging.INFO,
                "refund %s by %s: %s %s", refund_id, leased.provider, outcome.state, outcome.reason)  # fmt: skip


def _is_due(now: datetime) -> ColumnElement[bool]:
    free = or_(PaymentRefund.leased_until.is_(None), PaymentRefund.leased_until <= now)
    return and_(PaymentRefund.state == "pending", PaymentRefund.next_attempt_at <= now, free)


def _anything_due(session: Session, now: datetime) -> bool:
    wanted = (
        select(PaymentRefund.id).join(PaymentRefund.payment).where(_is_due(now), Payment.provider != VOUCHER)
    )
    return session.scalar(wanted.limit(1)) is not None


def _lease_next(session: Session, now: datetime) -> LeasedRefund | None:
    """Take the refund that has been due for longest. PostgreSQL passes over one that another worker is taking."""
    due = (
        select(PaymentRefund, Payment)
        .join(PaymentRefund.payment)
        .where(_is_due(now), Payment.provider != VOUCHER)
        .order_by(PaymentRefund.next_attempt_at, PaymentRefund.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=PaymentRefund)
    )
    row = session.execute(due).first()
    if row is None:
        return None
    refund, payment = row
    refund.leased_until = now + LEASE
    session.flush()
    return LeasedRefund(
        provider=payment.provider,
        request=RefundRequest(
            refund_id=refund.public_id,
            payment_id=payment.public_id,
            provider_ref=payment.provider_ref,
            amount=refund.amount,
            currency=payment.currency,
        ),
        leased_until=refund.leased_until,
    )


def _record(session: Session, leased: LeasedRefund, outcome: RefundOutcome, now: datetime) -> None:
    refund = find_refund(session, public_id=leased.request.refund_id)
    record_refund_outcome(refund, outcome=outcome, now=now)
    refund.attempts += 1
    if refund.state == "pending" and refund.leased_until == leased.leased_until:
        refund.leased_until = None
        refund.last_error = ""
        refund.next_attempt_at = now + ASK_AGAIN_AFTER


def _put_off(session: Session, leased: LeasedRefund, reason: str, now: datetime) -> None:
    refund = find_refund(session, public_id=leased.request.refund_id)
    # A notice may have come, or the lease may have passed to another worker.
    if refund.state != "pending" or refund.leased_until != leased.leased_until:
        return
    refund.attempts += 1
    refund.leased_until = None
    refund.last_error = reason
    refund.next_attempt_at = now + timedelta(seconds=_pause_seconds(refund.attempts))


def _put_off_others(session: Session, provider: str, now: datetime) -> None:
    """They would fail alike, and each would keep the worker waiting."""
    payments = select(Payment.id).where(Payment.provider == provider)
    session.execute(
        update(PaymentRefund)
        .where(_is_due(now), PaymentRefund.payment_id.in_(payments))
        .values(next_attempt_at=now + OUTAGE_PAUSE)
        .execution_options(synchronize_session=False)
    )


def _pause_seconds(attempts: int) -> float:
    pause = float(min(PAUSE_SECONDS_MAX, FIRST_PAUSE_SECONDS * 2 ** min(attempts - 1, 30)))
    return pause * random.uniform(1 - JITTER_MAX, 1)  # noqa: S311 - jitter, not a secret
