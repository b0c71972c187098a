"""Delivering the mail that is due, batch by batch: lease, dispatch, record.

No transaction spans a conversation with the mail server: the lease is committed before, the outcome after.
The outcome of a mail that was handed over while the database went away is recorded as soon as it is back;
only if the process dies in between is the mail sent a second time, with the same Message-ID.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from matinee.db.transaction import Transactions
from matinee.kernel.codes import random_code
from matinee.kernel.counts import count
from matinee.outbox.dispatch import Dispatcher
from matinee.outbox.errors import ServerUnreachable
from matinee.outbox.leases import (
    CLOCK_SKEW_SECONDS_MAX,
    anything_due,
    lease_messages,
    record_outcome,
    release_messages,
)
from matinee.outbox.outcomes import LeasedMessage, Outcome
from matinee.outbox.transport import Transport

BATCH_COUNT_MAX = 20
# No mail of a batch is begun later than this, so that the rest is free for other workers.
BATCH_SECONDS_MAX = 5.0
# After the server could not be reached: so long nothing is tried at all, growing from the first to the last.
OUTAGE_PAUSE_SECONDS_MIN = 1.0
OUTAGE_PAUSE_SECONDS_MAX = 15.0
# Mails in a row whose conversation broke off: then the server and not the mail is to blame.
INTERRUPTIONS_MAX = 2
# An unused connection to the mail server is closed after this.
IDLE_SECONDS_MAX = 5.0
LEASE_CHARACTERS = 24

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DeliveryCounts:
    """What became of what was tried."""

    sent: int = 0
    postponed: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        """How many were tried."""
        return self.sent + self.postponed + self.failed

    def __add__(self, other: DeliveryCounts) -> DeliveryCounts:
        return DeliveryCounts(
            self.sent + other.sent, self.postponed + other.postponed, self.failed + other.failed
        )


class Delivery:
    """Empties the outbox of its mail. One for each worker; not for several threads at once."""

    def __init__(
        self,
        *,
        transactions: Transactions,
        transport: Transport,
        dispatcher: Dispatcher,
        now: Callable[[], datetime],
    ) -> None:
        self._transactions = transactions
        self._transport = transport
        self._dispatcher = dispatcher
        self._now = now
        # What the database does not know yet: outcomes, and rows that were taken and not tried.
        self._unrecorded: list[Outcome] = []
        self._untried: list[LeasedMessage] = []
        self._outage_pause = 0.0
        self._closed_until = 0.0
        self._used_at = 0.0
        self._is_aborted = False
        # Longer than the last mail of a batch can take, with clocks that differ.
        self.lease_seconds = (
            BATCH_SECONDS_MAX
            + transport.prepare_seconds_max
            + transport.hand_over_seconds_max
            + CLOCK_SKEW_SECONDS_MAX
        )

    def deliver_batch(self, *, should_stop: Callable[[], bool] = lambda: False) -> DeliveryCounts:
        """Try some of the mails that are due now; none while the mail server counts as away.

        Raises DatabaseUnavailable; what was delivered until then is recorded by the next call.
        """
        self._settle()
        began = time.monotonic()
        if began < self._closed_until:
            return DeliveryCounts()
        if not self._transactions.read(
            lambda session: anything_due(session, channel="mail", now=self._now())
        ):
            if began - self._used_at > IDLE_SECONDS_MAX:
                self._transport.close()
            return DeliveryCounts()
        self._untried = self._lease()
        counts = DeliveryCounts()
        while (
            self._untried
            and not (self._is_aborted or should_stop())
            and time.monotonic() - began < BATCH_SECONDS_MAX
        ):
            counts += self._deliver_next(lease_ends=began + self.lease_seconds)
            self._used_at = time.monotonic()
            if self._dispatcher.interruptions >= INTERRUPTIONS_MAX:
                self._dispatcher.interruptions = 0
                self._begin_outage("the conversation broke off repeatedly")
                break
        self._settle()
        return counts

    def deliver_all_due(self, *, should_stop: Callable[[], bool] = lambda: False) -> DeliveryCounts:
        """Try every mail that is due, until none is or the mail server is away.

        Raises DatabaseUnavailable.
        """
        total = DeliveryCounts()
        while not should_stop():
            counts = self.deliver_batch(should_stop=should_stop)
            if counts.total == 0:
                break
            total += counts
        return total

    def abort(self) -> None:
        """Break the mail off that is being handed over, or is about to be; it will be tried again.

        May be called from another thread.
        """
        self._is_aborted = True
        self._transport.abort()

    def finish(self) -> None:
        """Let go of the mail server and settle what the database does not know yet.

        Raises DatabaseUnavailable.
        """
        self._transport.close()
        self._settle()

    def _lease(self) -> list[LeasedMessage]:
        lease = random_code(LEASE_CHARACTERS)
        duration = timedelta(seconds=self.lease_seconds)
        return self._transactions.write(
            lambda session: lease_messages(
                session,
                channel="mail",
                lease=lease,
                duration=duration,
                count_max=BATCH_COUNT_MAX,
                now=self._now(),
            )
        )

    def _deliver_next(self, *, lease_ends: float) -> DeliveryCounts:
        try:
            outcomes = [self._dispatcher.dispatch(self._untried[0], lease_ends=lease_ends)]
            del self._untried[0]
            if outcomes[0].error is None:
                self._outage_pause = 0.0
        except ServerUnreachable as error:
            if self._is_aborted:
                # That is no fault of the mail server: what was not tried is let go as it is.
                return DeliveryCounts()
            # All of the batch would fail alike: each is put off, none is tried.
            outcomes = [self._dispatcher.put_off(row, str(error)) for row in self._untried]
            self._untried = []
            self._begin_outage(str(error))
        self._unrecorded += outcomes
        self._record()
        return sum((counted(outcome, channel="mail") for outcome in outcomes), DeliveryCounts())

    def _begin_outage(self, reason: str) -> None:
        self._outage_pause = min(OUTAGE_PAUSE_SECONDS_MAX, self._outage_pause * 2 or OUTAGE_PAUSE_SECONDS_MIN)
        self._closed_until = time.monotonic() + self._outage_pause
        log.warning("no mail leaves at the moment, next try in %.0f s: %s", self._outage_pause, reason)

    def _settle(self) -> None:
        self._record()
        if self._untried:
            ids = [row.id for row in self._untried]
            lease = self._untried[0].lease
            self._transactions.write(lambda session: release_messages(session, lease=lease, message_ids=ids))
            self._untried = []

    def _record(self) -> None:
        outcomes = list(self._unrecorded)
        if not outcomes:
            return
        kept = self._transactions.write(
            lambda session: [record_outcome(session, outcome) for outcome in outcomes]
        )
        self._unrecorded.clear()
        for outcome, was_ours in zip(outcomes, kept, strict=True):
            if not was_ours:
                log.warning(
                    "mail %s passed to another worker before its outcome was kept", outcome.message_id
                )


def counted(outcome: Outcome, *, channel: str) -> DeliveryCounts:
    """One delivery, counted, also for whoever watches the house."""
    if outcome.error is None:
        count("deliveries", channel=channel, outcome="sent")
        return DeliveryCounts(sent=1)
    given_up = outcome.retry_at is None
    count("deliveries", channel=channel, outcome="given_up" if given_up else "postponed")
    return DeliveryCounts(failed=1) if given_up else DeliveryCounts(postponed=1)
