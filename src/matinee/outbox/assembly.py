"""The one way in which a delivery, of mail or of webhooks, is put together from plain settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from matinee.db.transaction import Transactions
from matinee.kernel import clock
from matinee.outbox.composing import Composer, Seal
from matinee.outbox.delivery import Delivery
from matinee.outbox.dispatch import Dispatcher
from matinee.outbox.envelope import Sender
from matinee.outbox.mailbox import MailFolder
from matinee.outbox.smtp import SmtpServer, SmtpTransport
from matinee.outbox.transport import Transport
from matinee.outbox.webhooks.composing import EventComposer
from matinee.outbox.webhooks.delivery import WebhookDelivery
from matinee.outbox.webhooks.dispatch import EventDispatcher
from matinee.outbox.webhooks.posting import Poster
from matinee.outbox.webhooks.visits import Visitor

MAILS_FOLDER = "mails"


def build_transport(*, smtp_url: str, data_dir: Path) -> Transport:
    """The mail server of `smtp_url`, or the folder `mails` of the data directory where it is empty.

    Raises ValueError.
    """
    if smtp_url:
        return SmtpTransport(SmtpServer.parsed(smtp_url))
    return MailFolder(data_dir / MAILS_FOLDER)


def build_delivery(
    *,
    transactions: Transactions,
    composers: Mapping[str, Composer],
    smtp_url: str,
    mail_from: str,
    base_url: str,
    seal: Seal,
    data_dir: Path,
) -> Delivery:
    """A delivery of mail for one worker.

    Raises ValueError for an address of the mail server or a sender that cannot be read.
    """
    transport = build_transport(smtp_url=smtp_url, data_dir=data_dir)
    dispatcher = Dispatcher(
        transactions=transactions,
        transport=transport,
        composers=composers,
        sender=Sender.parsed(mail_from),
        base_url=base_url,
        seal=seal,
        now=clock.now,
    )
    return Delivery(transactions=transactions, transport=transport, dispatcher=dispatcher, now=clock.now)


def build_webhook_delivery(
    *,
    transactions: Transactions,
    composers: Mapping[str, EventComposer],
    private_allowed: bool,
    base_url: str,
) -> WebhookDelivery:
    """A delivery of events for one worker; to private addresses, too, where they are allowed."""
    poster = Poster(private_allowed=private_allowed)
    dispatcher = EventDispatcher(
        transactions=transactions, poster=poster, composers=composers, base_url=base_url, now=clock.now
    )
    visitor = Visitor(
        transactions=transactions,
        dispatcher=dispatcher,
        post_seconds_max=poster.seconds_max,
        now=clock.now,
    )
    return WebhookDelivery(transactions=transactions, visitor=visitor, poster=poster, now=clock.now)
