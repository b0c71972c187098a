"""Delivering the events that are due: visits to several endpoints at once.

An endpoint has one lane at a time and a visit ends after some seconds, so that one that is slow keeps its own events
waiting and hardly those of others. One that is away is not visited for a while. Mail is another thread's.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matinee.db.errors import DatabaseUnavailable
from matinee.db.transaction import Transactions
from matinee.outbox.delivery import DeliveryCounts
from matinee.outbox.leases import is_due
from matinee.outbox.models import Message
from matinee.outbox.webhooks.posting import Poster
from matinee.outbox.webhooks.visits import Visit, Visitor

LANES = 8
# So long an endpoint that is away is left in peace, growing from the first to the last.
REST_SECONDS_MIN = 1.0
REST_SECONDS_MAX = 60.0
POLL_SECONDS = 0.2

log = logging.getLogger(__name__)


class WebhookDelivery:
    """Empties the outbox of its events. One for each worker, driven by one thread."""

    def __init__(
        self,
        *,
        transactions: Transactions,
        visitor: Visitor,
        poster: Poster,
        now: Callable[[], datetime],
    ) -> None:
        self._transactions = transactions
        self._visitor = visitor
        self._poster = poster
        self._now = now
        self._lanes = ThreadPoolExecutor(LANES, thread_name_prefix="webhooks")
        self._under_way: dict[Future[Visit], int] = {}
        # Endpoint id -> how long it rests, and until when (of `time.monotonic`).
        self._rests: dict[int, tuple[float, float]] = {}

    def deliver_some(self, *, should_stop: Callable[[], bool] = lambda: False) -> DeliveryCounts:
        """Begin visits in the lanes that are free; return what became of those that have ended since.

        Waits for no endpoint. Raises DatabaseUnavailable.
        """
        counts = self._collect()
        if len(self._under_way) < LANES:
            self._begin(should_stop)
        return counts

    def deliver_all_due(self, *, should_stop: Callable[[], bool] = lambda: False) -> DeliveryCounts:
        """Try every event that is due, until none is but for endpoints that are away.

        Raises DatabaseUnavailable.
        """
        total = DeliveryCounts()
        while not should_stop():
            total += self.deliver_some(should_stop=should_stop)
            if not self._under_way:
                break
            wait(self._under_way, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
        return total

    def abort(self) -> None:
        """Break the requests off that are under way or about to be; they will be tried again.

        May be called from another thread.
        """
        self._poster.abort()

    def finish(self) -> DeliveryCounts:
        """Wait for the visits that are under way, and begin none any more; return what became of them."""
        self._lanes.shutdown(wait=True)
        return self._collect()

    def _begin(self, should_stop: Callable[[], bool]) -> None:
        endpoint_ids = self._transactions.read(lambda session: _endpoints_due(session, now=self._now()))
        visited = set(self._under_way.values())
        for endpoint_id in endpoint_ids:
            if len(self._under_way) >= LANES or should_stop():
                return
            _, rests_until = self._rests.get(endpoint_id, (0.0, 0.0))
            if endpoint_id not in visited and time.monotonic() >= rests_until:
                visit = self._lanes.submit(self._visitor.visit, endpoint_id, should_stop=should_stop)
                self._under_way[visit] = endpoint_id

    def _collect(self) -> DeliveryCounts:
        counts = DeliveryCounts()
        for ended in [visit for visit in self._under_way if visit.done()]:
            endpoint_id = self._under_way.pop(ended)
            error = ended.exception()
            if error is None:
                visit = ended.result()
                counts += visit.counts
                if visit.endpoint_is_away:
                    self._let_rest(endpoint_id)
                else:
                    self._rests.pop(endpoint_id, None)
                continue
            self._let_rest(endpoint_id)
            if isinstance(error, DatabaseUnavailable):
                log.warning("the database is away (%s); events wait", error)
            else:
                # A fault in one visit must not end the worker.
                log.error("a visit to a webhook endpoint failed", exc_info=error)
        return counts

    def _let_rest(self, endpoint_id: int) -> None:
        rest, _ = self._rests.get(endpoint_id, (0.0, 0.0))
        rest = min(REST_SECONDS_MAX, rest * 2 or REST_SECONDS_MIN)
        self._rests[endpoint_id] = (rest, time.monotonic() + rest)


def _endpoints_due(session: Session, *, now: datetime) -> list[int]:
    """The endpoints that something is due for, the one that has waited for longest first."""
    found = session.scalars(
        select(Message.endpoint_id)
        .where(is_due(channel="webhook", now=now))
        .group_by(Message.endpoint_id)
        .order_by(func.min(Message.next_attempt_at))
    )
    return [endpoint_id for endpoint_id in found if endpoint_id is not None]
