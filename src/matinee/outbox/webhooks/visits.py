"""One visit to an endpoint: take what is due for it, deliver one after the other, record, give the rest back."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from matinee.db.transaction import Transactions
from matinee.kernel.codes import random_code
from matinee.outbox.delivery import LEASE_CHARACTERS, DeliveryCounts, counted
from matinee.outbox.leases import (
    CLOCK_SKEW_SECONDS_MAX,
    lease_messages,
    record_outcome,
    release_messages,
)
from matinee.outbox.outcomes import LeasedMessage, Outcome
from matinee.outbox.webhooks.dispatch import EventDispatcher

VISIT_COUNT_MAX = 20
# Nothing is begun later than this in a visit, so that the other endpoints have their turn.
VISIT_SECONDS_MAX = 5.0
PUT_OFF_COUNT_MAX = 200

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Visit:
    """How a visit went. An endpoint that is away is left in peace for a while."""

    counts: DeliveryCounts
    endpoint_is_away: bool


class Visitor:
    """Makes visits, each in a thread of its own."""

    def __init__(
        self,
        *,
        transactions: Transactions,
        dispatcher: EventDispatcher,
        post_seconds_max: float,
        now: Callable[[], datetime],
    ) -> None:
        self._transactions = transactions
        self._dispatcher = dispatcher
        self._now = now
        # Longer than the last request of a visit can take, with clocks that differ.
        self.lease_seconds = VISIT_SECONDS_MAX + 2 * post_seconds_max + CLOCK_SKEW_SECONDS_MAX

    def visit(self, endpoint_id: int, *, should_stop: Callable[[], bool]) -> Visit:
        """Deliver some of what is due for the endpoint.

        Raises DatabaseUnavailable. What was delivered and could not be recorded is delivered again when its lease has
        run out, with the same id of the event.
        """
        began = time.monotonic()
        untried = self._transactions.write(lambda session: self._lease(session, endpoint_id, VISIT_COUNT_MAX))
        counts, away = DeliveryCounts(), ""
        try:
            while untried and not away and not should_stop() and time.monotonic() - began < VISIT_SECONDS_MAX:
                tried = self._dispatcher.dispatch(untried[0], lease_ends=began + self.lease_seconds)
                del untried[0]
                self._record(tried.outcome)
                counts += counted(tried.outcome, channel="webhook")
                if tried.endpoint_is_away:
                    away = tried.outcome.error or "away"
        finally:
            self._release(untried)
        if away:
            counts += self._put_off_all(endpoint_id, away, should_stop, ends=began + 2 * VISIT_SECONDS_MAX)
        return Visit(counts, bool(away))

    def _lease(self, session: Session, endpoint_id: int, count_max: int) -> list[LeasedMessage]:
        return lease_messages(
            session,
            channel="webhook",
            endpoint_id=endpoint_id,
            lease=random_code(LEASE_CHARACTERS),
            duration=timedelta(seconds=self.lease_seconds),
            count_max=count_max,
            now=self._now(),
        )

    def _record(self, outcome: Outcome) -> None:
        if not self._transactions.write(lambda session: record_outcome(session, outcome)):
            log.warning("webhook %s passed to another worker before its outcome was kept", outcome.message_id)

    def _release(self, untried: list[LeasedMessage]) -> None:
        if untried:
            ids = [row.id for row in untried]
            lease = untried[0].lease
            self._transactions.write(lambda session: release_messages(session, lease=lease, message_ids=ids))

    def _put_off_all(
        self, endpoint_id: int, reason: str, should_stop: Callable[[], bool], *, ends: float
    ) -> DeliveryCounts:
        # Each of them would wait for an answer in vain. Each keeps its own count of tries, and its own end.
        def portion(session: Session) -> list[Outcome]:
            rows = self._lease(session, endpoint_id, PUT_OFF_COUNT_MAX)
            outcomes = [self._dispatcher.put_off(row, reason) for row in rows]
            for outcome in outcomes:
                record_outcome(session, outcome)
            return outcomes

        counts = DeliveryCounts()
        while not should_stop() and time.monotonic() < ends:
            outcomes = self._transactions.write(portion)
            counts += sum((counted(outcome, channel="webhook") for outcome in outcomes), DeliveryCounts())
            if len(outcomes) < PUT_OFF_COUNT_MAX:
                break
        return counts
