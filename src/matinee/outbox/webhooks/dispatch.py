"""One event for one endpoint: compose it, sign it, hand it over, judge what became of it."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from sqlalchemy import update
from sqlalchemy.orm import Session

from matinee import __version__
from matinee.db.errors import DatabaseUnavailable
from matinee.db.transaction import Transactions
from matinee.kernel.spans import span
from matinee.outbox.errors import EndpointUnreachable, NothingToSend
from matinee.outbox.leases import CLOCK_SKEW_SECONDS_MAX
from matinee.outbox.models import WebhookEndpoint
from matinee.outbox.outcomes import LeasedMessage, Outcome, give_up, put_off
from matinee.outbox.retries import WEBHOOK_RETRIES
from matinee.outbox.webhooks.composing import EventComposer, EventContext, event_body
from matinee.outbox.webhooks.events import EVENT_ID, HAPPENED_AT
from matinee.outbox.webhooks.posting import Poster
from matinee.outbox.webhooks.signing import signature_header

# These say nothing of the event: the endpoint, or what stands before it, takes nothing at the moment.
_AWAY = {429, 502, 503, 504}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a row, and whether others for the same endpoint would fare no better now."""

    outcome: Outcome
    endpoint_is_away: bool = False


@dataclass(frozen=True, slots=True)
class _Letter:
    url: str
    secret: str
    body: bytes


class EventDispatcher:
    """Takes leased rows to their endpoints. For many threads at once."""

    def __init__(
        self,
        *,
        transactions: Transactions,
        poster: Poster,
        composers: Mapping[str, EventComposer],
        base_url: str,
        now: Callable[[], datetime],
    ) -> None:
        self._transactions = transactions
        self._poster = poster
        self._composers = composers
        self._base_url = base_url
        self._now = now

    def dispatch(self, row: LeasedMessage, *, lease_ends: float) -> Tried:
        """Compose and hand over one event; `lease_ends` is a moment of `time.monotonic`.

        Raises DatabaseUnavailable, with nothing sent or with a request that will be sent again.
        """
        with span("deliver webhook", kind="client", outbox__kind=row.kind, outbox__message=row.id) as traced:
            tried = self._dispatch(row, lease_ends)
            if tried.outcome.answer_status is not None:
                traced.note(http__response__status_code=tried.outcome.answer_status)
            if tried.outcome.error is not None:
                traced.fail("given up" if tried.outcome.retry_at is None else "postponed")
            return tried

    def _dispatch(self, row: LeasedMessage, lease_ends: float) -> Tried:
        letter = self._compose(row)
        if isinstance(letter, Outcome):
            return Tried(letter)
        if time.monotonic() + self._poster.seconds_max + CLOCK_SKEW_SECONDS_MAX > lease_ends:
            # Something took very long (a stopped process, a slow database): another worker may have it by then.
            return Tried(self.put_off(row, "the worker was held up"))
        now = self._now()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": f"Matinee/{__version__}",
            "Matinee-Event": row.kind,
            "Matinee-Delivery": str(row.id),
            "Matinee-Signature": signature_header(
                secret=letter.secret, timestamp=int(now.timestamp()), body=letter.body
            ),
        }
        try:
            status = self._poster.post(letter.url, body=letter.body, headers=headers)
        except EndpointUnreachable as error:
            return Tried(self.put_off(row, str(error)), endpoint_is_away=True)
        return self._judge(row, status)

    def put_off(self, row: LeasedMessage, reason: str, *, status: int | None = None) -> Outcome:
        """The outcome of a try that failed for now; given up if it was the last."""
        return put_off(row, reason=reason, now=self._now(), plan=WEBHOOK_RETRIES, answer_status=status)

    def _judge(self, row: LeasedMessage, status: int) -> Tried:
        said = f"the endpoint answered {status}{_phrase(status)}"
        if 200 <= status < 300:
            log.info("webhook %s (%s) was taken", row.id, row.kind)
            return Tried(Outcome(row.id, row.lease, self._now(), answer_status=status))
        if status == HTTPStatus.GONE:
            self._transactions.write(lambda session: _deactivate(session, row.endpoint_id))
            reason = f"{said}; it is told nothing any more"
            return Tried(give_up(row, reason=reason, now=self._now(), answer_status=status))
        if 300 <= status < 400:
            said += "; redirects are not followed"
        return Tried(self.put_off(row, said, status=status), endpoint_is_away=status in _AWAY)

    def _compose(self, row: LeasedMessage) -> _Letter | Outcome:
        composer = self._composers.get(row.kind)
        if composer is None:
            return give_up(row, reason=f"nothing composes events of the kind {row.kind!r}", now=self._now())
        try:
            return self._transactions.read(lambda session: self._letter(session, row, composer))
        except NothingToSend as reason:
            return give_up(row, reason=f"not sent: {reason}", now=self._now())
        except DatabaseUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - a fault in one event must not keep the others from leaving
            # The message of the error stays out of log and table: it may quote what is stored.
            places = "".join(traceback.format_tb(error.__traceback__))
            log.error(
                "webhook %s (%s) cannot be composed: %s\n%s", row.id, row.kind, type(error).__name__, places
            )
            return self.put_off(row, f"cannot be composed: {type(error).__name__}")

    def _letter(self, session: Session, row: LeasedMessage, composer: EventComposer) -> _Letter:
        endpoint = session.get(WebhookEndpoint, row.endpoint_id)
        if endpoint is None or not endpoint.active:
            raise NothingToSend("the endpoint is not active")
        context = EventContext(base_url=self._base_url, now=self._now())
        again = row.payload.get(HAPPENED_AT)
        body = event_body(
            event_id=row.payload[EVENT_ID],
            event=row.kind,
            happened_at=datetime.fromisoformat(again) if again else row.created_at,
            data=composer(session, row.payload, context),
        )
        return _Letter(endpoint.url, endpoint.secret, body)


def _deactivate(session: Session, endpoint_id: int | None) -> None:
    session.execute(update(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id).values(active=False))


def _phrase(status: int) -> str:
    # Not the words that came with it: they must not come back through the log of deliveries.
    try:
        return f" {HTTPStatus(status).phrase}"
    except ValueError:
        return ""
