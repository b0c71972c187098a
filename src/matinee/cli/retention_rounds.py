"""The worker's share in retention: forgetting the buyers of long ago, a screening at a time, and scans at the door."""

from __future__ import annotations

import logging
import time
from datetime import datetime

from sqlalchemy.orm import Session

from matinee.accounts.audit import record_audit
from matinee.boxoffice.retention import Forgotten, Place, forget_next, forgets_before
from matinee.db.transaction import Transactions
from matinee.door.forgetting import SCANS_COUNT_MAX, forget_scans
from matinee.kernel import clock

PAUSE_SECONDS = 3600.0
# Mail waits for so long at the most, where much has to be forgotten at once; the rest of it comes a little later.
ROUND_SECONDS_MAX = 2.0
BREATH_SECONDS = 10.0

log = logging.getLogger(__name__)


class RetentionRounds:
    """Forgets what is due every hour."""

    def __init__(self, transactions: Transactions, *, days: int) -> None:
        """`days`: after so many from the end of a screening its buyers are forgotten; 0: never."""
        self._transactions = transactions
        self._days = days
        self._next_at = 0.0
        self._behind: Place | None = None
        self._scans_next_at = 0.0

    def do_what_is_due(self) -> int:
        """Forget for some seconds; return how many orders. Raises DatabaseUnavailable."""
        self._forget_scans()
        begun = time.monotonic()
        before = forgets_before(days=self._days, now=clock.now())
        if before is None or begun < self._next_at:
            return 0
        count = 0
        while time.monotonic() - begun < ROUND_SECONDS_MAX:
            done = forget_one_screening(
                self._transactions, before=before, behind=self._behind, actor="worker"
            )
            if done is None:
                self._behind, self._next_at = None, time.monotonic() + PAUSE_SECONDS
                break
            self._behind = done.place
            count += done.orders
        else:
            self._next_at = time.monotonic() + BREATH_SECONDS
        if count:
            log.info("forgot who bought long ago: %d orders", count)
        return count

    def _forget_scans(self) -> None:
        # Whatever is kept of orders: what scanners told at the door is of no use any more.
        if time.monotonic() < self._scans_next_at:
            return
        gone = self._transactions.write(lambda session: forget_scans(session, now=clock.now()))
        self._scans_next_at = time.monotonic() + (
            BREATH_SECONDS if gone == SCANS_COUNT_MAX else PAUSE_SECONDS
        )
        if gone:
            log.info("deleted scans at the door of long ago: %d", gone)


def forget_one_screening(
    transactions: Transactions, *, before: datetime, behind: Place | None, actor: str
) -> Forgotten | None:
    """Forget the buyers of the next screening, with an audit row; None where there is none. Raises DatabaseUnavailable."""
    now = clock.now()

    def work(session: Session) -> Forgotten | None:
        done = forget_next(session, before=before, behind=behind, now=now)
        if done is not None and done.orders:
            screening_id = done.place[1]
            waiting = f", {done.orders_waiting} wait for their money" if done.orders_waiting else ""
            record_audit(
                session,
                actor=actor,
                action="screening.forget_buyers",
                subject=f"screening:{screening_id}",
                summary=f"The buyers of {done.orders} orders were forgotten{waiting}",
                cinema_id=done.cinema_id,
                details={"orders": done.orders, "orders_waiting": done.orders_waiting},
                now=now,
            )
        return done

    return transactions.write(work)
