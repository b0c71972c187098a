"""One mail: compose it, hand it over, judge what became of it."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import datetime

from matinee.db.errors import DatabaseUnavailable
from matinee.db.transaction import Transactions
from matinee.kernel.spans import span
from matinee.outbox.composing import Composer, MailContext, Seal
from matinee.outbox.envelope import Sender, build_email, carried_address, stable_message_id
from matinee.outbox.errors import (
    DeliveryInterrupted,
    NothingToSend,
    RefusedForGood,
    TemporarilyRefused,
)
from matinee.outbox.leases import CLOCK_SKEW_SECONDS_MAX
from matinee.outbox.messages import without_secrets
from matinee.outbox.outcomes import LeasedMessage, Outcome, give_up, put_off
from matinee.outbox.retries import MAIL_RETRIES
from matinee.outbox.transport import Parcel, Transport

log = logging.getLogger(__name__)


class Dispatcher:
    """Takes leased rows one at a time through one transport."""

    def __init__(
        self,
        *,
        transactions: Transactions,
        transport: Transport,
        composers: Mapping[str, Composer],
        sender: Sender,
        base_url: str,
        seal: Seal,
        now: Callable[[], datetime],
    ) -> None:
        self._transactions = transactions
        self._transport = transport
        self._composers = composers
        self._sender = sender
        self._base_url = base_url
        self._seal = seal
        self._now = now
        # Mails in a row whose conversation broke off.
        self.interruptions = 0

    def dispatch(self, row: LeasedMessage, *, lease_ends: float) -> Outcome:
        """Compose and hand over one mail; `lease_ends` is a moment of `time.monotonic`.

        Raises ServerUnreachable and DatabaseUnavailable, both with nothing sent.
        """
        with span("deliver mail", kind="client", outbox__kind=row.kind, outbox__message=row.id) as traced:
            outcome = self._dispatch(row, lease_ends)
            if outcome.error is not None:
                traced.fail("given up" if outcome.retry_at is None else "postponed")
            return outcome

    def _dispatch(self, row: LeasedMessage, lease_ends: float) -> Outcome:
        parcel = self._compose(row)
        if isinstance(parcel, Outcome):
            return parcel
        self._transport.prepare()
        if time.monotonic() + self._transport.hand_over_seconds_max + CLOCK_SKEW_SECONDS_MAX > lease_ends:
            # Something took very long (a stopped process, a slow name server): another worker may have it by
            # then.
            return self.put_off(row, "the worker was held up")
        return self._hand_over(row, parcel)

    def put_off(self, row: LeasedMessage, reason: str) -> Outcome:
        """The outcome of a try that failed for now; given up if it was the last."""
        return put_off(
            row,
            reason=reason,
            now=self._now(),
            plan=MAIL_RETRIES,
            payload_at_last=without_secrets(row.payload),
        )

    def _give_up(self, row: LeasedMessage, reason: str) -> Outcome:
        return give_up(row, reason=reason, now=self._now(), payload=without_secrets(row.payload))

    def _compose(self, row: LeasedMessage) -> Parcel | Outcome:
        composer = self._composers.get(row.kind)
        if composer is None:
            return self._give_up(row, f"nothing composes mails of the kind {row.kind!r}")
        try:
            return self._parcel(row, composer)
        except NothingToSend as reason:
            return self._give_up(row, f"not sent: {reason}")
        except DatabaseUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - a fault in one mail must not keep the others from leaving
            # The message of the error stays out of log and table: it may quote a code.
            places = "".join(traceback.format_tb(error.__traceback__))
            log.error(
                "mail %s (%s) cannot be composed: %s\n%s", row.id, row.kind, type(error).__name__, places
            )
            return self.put_off(row, f"cannot be composed: {type(error).__name__}")

    def _parcel(self, row: LeasedMessage, composer: Composer) -> Parcel:
        now = self._now()
        context = MailContext(base_url=self._base_url, now=now, seal=self._seal)
        composed = self._transactions.read(lambda session: composer(session, row.payload, context))
        message_id = stable_message_id(
            message_id=row.id,
            kind=row.kind,
            recipient=row.recipient,
            created_at=row.created_at,
            domain=self._sender.domain,
        )
        mail = build_email(
            composed, sender=self._sender, recipient=row.recipient, message_id=message_id, now=now
        )
        return Parcel(mail, self._sender.address, carried_address(row.recipient), row.id, row.created_at)

    def _hand_over(self, row: LeasedMessage, parcel: Parcel) -> Outcome:
        try:
            self._transport.hand_over(parcel)
        except DeliveryInterrupted as error:
            self.interruptions += 1
            return self.put_off(row, str(error))
        except TemporarilyRefused as error:
            self.interruptions = 0
            return self.put_off(row, str(error))
        except RefusedForGood as error:
            self.interruptions = 0
            return self._give_up(row, str(error))
        self.interruptions = 0
        log.info("mail %s (%s) was handed over", row.id, row.kind)
        # The payload has done its work, and may hold a code in clear.
        return Outcome(row.id, row.lease, self._now(), payload={})
