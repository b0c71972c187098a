"""`matinee worker`: delivers mail and webhooks and tidies up, until it is told to stop."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from matinee.accounts.codes import delete_expired_codes
from matinee.accounts.sessions import delete_expired_sessions
from matinee.accounts.throttling import delete_expired_counts
from matinee.assembly import EVENT_COMPOSERS, MAIL_COMPOSERS
from matinee.boxoffice.holds import release_expired_holds
from matinee.boxoffice.sold_out import announce_sold_out
from matinee.cli.checked_settings import checked_settings
from matinee.cli.log import write_log
from matinee.cli.metrics_port import expose_on_port
from matinee.cli.napping import nap
from matinee.cli.opened import opened_services
from matinee.cli.payment_rounds import PaymentRounds
from matinee.cli.retention_rounds import RetentionRounds
from matinee.cli.rounds_beside import POLL_SECONDS, nap_longer, rounds_beside
from matinee.cli.tracing import begin_to_trace, require_library
from matinee.db.errors import DatabaseUnavailable
from matinee.db.transaction import Transactions
from matinee.kernel import clock
from matinee.kernel.counts import tell_counts_to
from matinee.outbox.assembly import build_delivery, build_webhook_delivery
from matinee.outbox.delivery import Delivery, DeliveryCounts
from matinee.outbox.heartbeat import sign_heartbeat, sign_off
from matinee.outbox.tidying import PORTION_COUNT_MAX, delete_old_messages
from matinee.outbox.webhooks.delivery import WebhookDelivery
from matinee.settings import Settings
from matinee.web.shared.metrics.meter import FOLDER_VARIABLE, Meter
from matinee.web.shared.metrics.reading import exposed_metrics
from matinee.web.shared.metrics.requests import measure_connections
from matinee.web.shared.services import Services
from matinee.web.v1.kept_requests import delete_expired_requests

HEARTBEAT_SECONDS = 5.0
TIDY_SECONDS = 60.0
FORGET_SECONDS = 3600.0
# After the signal to stop, what is being handed over has so long to be taken; then it is broken off.
STOP_SECONDS_MAX = 5.0

log = logging.getLogger(__name__)


class StopRequest:
    """Whether SIGTERM or SIGINT arrived.

    A plain attribute and short naps, no `threading.Event`: its lock may be held by the code that the signal
    interrupts.
    """

    def __init__(self, *on_stop: Callable[[], None]) -> None:
        """Each of `on_stop` breaks off what still runs some seconds after the signal."""
        self._on_stop = on_stop
        self._requested = False
        # Started here and not by the handler: starting a thread takes a lock, too.
        threading.Thread(target=self._break_off_in_the_end, name="stop", daemon=True).start()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._request)

    def __call__(self) -> bool:
        return self._requested

    def nap(self, seconds: float) -> None:
        """Sleep, and wake soon after a request."""
        nap(seconds, is_over=self, poll_seconds=POLL_SECONDS)

    def _request(self, _number: int, _frame: object) -> None:
        self._requested = True

    def _break_off_in_the_end(self) -> None:
        while not self._requested:
            time.sleep(POLL_SECONDS)
        time.sleep(STOP_SECONDS_MAX)
        for break_off in self._on_stop:
            break_off()


class Housekeeping:
    """What a worker does beside the mail: shows that it is alive, and tidies what has expired."""

    def __init__(self, transactions: Transactions, name: str, *, retention_days: int) -> None:
        self._transactions = transactions
        self._retention = RetentionRounds(transactions, days=retention_days)
        self._name = name
        self._started_at = clock.now()
        self._signs_next = 0.0
        self._tidies_next = 0.0
        self._forgets_next = 0.0

    def do_what_is_due(self) -> None:
        """Sign the heartbeat, release holds and announce what is sold out every few seconds; tidy every minute, and
        forget the buyers of long ago every hour.

        Raises DatabaseUnavailable.
        """
        moment = time.monotonic()
        if moment >= self._signs_next:
            self._signs_next = moment + HEARTBEAT_SECONDS
            self._transactions.write(self._sign)
            self._tidy("expired holds", release_expired_holds)
            self._transactions.write(lambda session: announce_sold_out(session, now=clock.now()))
        if moment >= self._tidies_next:
            self._tidies_next = moment + TIDY_SECONDS
            self._tidy("expired sessions", delete_expired_sessions)
            self._tidy("expired codes", delete_expired_codes)
            self._tidy("expired attempts", delete_expired_counts)
            self._tidy("expired kept answers", delete_expired_requests)
        if moment >= self._forgets_next:
            self._forgets_next = moment + FORGET_SECONDS
            while self._tidy("old messages", delete_old_messages) == PORTION_COUNT_MAX:
                pass
        self._retention.do_what_is_due()

    def sign_off(self) -> None:
        """Take the sign of life away. Raises DatabaseUnavailable."""
        self._transactions.write(lambda session: sign_off(session, name=self._name))

    def _sign(self, session: Session) -> None:
        sign_heartbeat(session, name=self._name, started_at=self._started_at, now=clock.now())

    def _tidy(self, what: str, work: Callable[..., int]) -> int:
        def in_transaction(session: Session, now: datetime) -> int:
            return work(session, now=now)

        count = self._transactions.write(lambda session: in_transaction(session, clock.now()))
        if count:
            log.info("tidied %s: %d", what, count)
        return count


def worker_name() -> str:
    """The name under which this worker signs: the host and the process."""
    return f"{socket.gethostname()[:100]}:{os.getpid()}"


def work_until_stopped(delivery: Delivery, housekeeping: Housekeeping, stop: StopRequest) -> None:
    """Deliver mail and tidy until `stop`; a database that is away is waited for."""
    pause = POLL_SECONDS
    while not stop():
        try:
            housekeeping.do_what_is_due()
            counts = delivery.deliver_batch(should_stop=stop)
        except DatabaseUnavailable as error:
            log.warning("the database is away (%s); mail waits", error)
            pause = nap_longer(stop.nap, pause)
        except Exception:
            # A fault in one round must not end the worker: nobody would notice until the mails are missed.
            log.exception("a round of the worker failed")
            pause = nap_longer(stop.nap, pause)
        else:
            pause = POLL_SECONDS
            if counts.total == 0:
                stop.nap(POLL_SECONDS)


def end_in_order(delivery: Delivery, housekeeping: Housekeeping) -> None:
    """Record what was delivered and sign off; a database that is away is not waited for."""
    try:
        delivery.finish()
        housekeeping.sign_off()
    except DatabaseUnavailable as error:
        log.warning("the database is away (%s); a mail that was just sent may be sent again", error)


def _described(counts: DeliveryCounts) -> str:
    return f"{counts.sent} sent, {counts.postponed} to be tried again, {counts.failed} given up"


@click.command()
@click.option("--once", is_flag=True, help="Deliver what is due now, tidy up, and end. For cron.")
def worker(once: bool) -> None:
    """Deliver the mail and the webhooks that wait, and tidy up what has expired.

    Runs until it is stopped (Ctrl-C or SIGTERM; what is in hand is finished first). `matinee serve` runs one by
    itself; start more, here or on other machines, against the same PostgreSQL, and they share the work.

    \b
    Without a process that stays, let cron run it every minute:
      * * * * *  matinee worker --once
    """
    settings = checked_settings()
    write_log(settings)
    require_library(settings)
    begin_to_trace(settings, role="worker")
    with opened_services() as (settings, services):
        try:
            delivery = build_delivery(
                transactions=services.transactions,
                composers=MAIL_COMPOSERS,
                smtp_url=settings.smtp_url,
                mail_from=settings.mail_from,
                base_url=settings.base_url,
                seal=services.seal,
                data_dir=settings.data_dir,
            )
        except ValueError as error:
            raise click.ClickException(f"the mail settings are wrong: {error}") from None
        webhooks = build_webhook_delivery(
            transactions=services.transactions,
            composers=EVENT_COMPOSERS,
            private_allowed=services.private_webhooks,
            base_url=services.base_url,
        )
        _watch(settings, services)
        stop = StopRequest(delivery.abort, webhooks.abort)
        housekeeping = Housekeeping(
            services.transactions, worker_name(), retention_days=settings.retention_days
        )
        payments = PaymentRounds(services.transactions, services.payments)
        if once:
            _work_once(delivery, webhooks, housekeeping, payments, stop)
        else:
            log.info("worker %s begins", worker_name())
            try:
                with (
                    rounds_beside("payments", payments.do_what_is_due, stop),
                    rounds_beside(
                        "webhooks", lambda over: webhooks.deliver_some(should_stop=over).total, stop
                    ),
                ):
                    work_until_stopped(delivery, housekeeping, stop)
            finally:
                webhooks.finish()
            end_in_order(delivery, housekeeping)
            log.info("worker %s ended", worker_name())


def _watch(settings: Settings, services: Services) -> None:
    """Count what this worker does: with the server that started it, else on a port of its own."""
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder or settings.metrics_worker_port:
        meter = Meter(Path(folder) if folder else None)
        tell_counts_to(meter.tally)
        measure_connections(services.engine, meter)
        if not folder:
            expose_on_port(settings.metrics_worker_port, lambda: exposed_metrics(services, meter))


def _work_once(
    delivery: Delivery,
    webhooks: WebhookDelivery,
    housekeeping: Housekeeping,
    payments: PaymentRounds,
    stop: StopRequest,
) -> None:
    try:
        housekeeping.do_what_is_due()
        counts = delivery.deliver_all_due(should_stop=stop)
        delivery.finish()
        payments.do_all(stop)
        events = webhooks.deliver_all_due(should_stop=stop)
        events += webhooks.finish()
    except DatabaseUnavailable as error:
        raise click.ClickException(f"the database is away ({error}); nothing is lost, try again.") from None
    click.echo(f"Mails: {_described(counts)}.")
    if events.total:
        click.echo(f"Webhooks: {_described(events)}.")
