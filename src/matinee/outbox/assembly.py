"""The one way in which a delivery is put together from plain settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from matinee.db.transaction import Transactions
from matinee.kernel import clock
from matinee.outbox.composing import Composer
from matinee.outbox.delivery import Delivery
from matinee.outbox.dispatch import Dispatcher
from matinee.outbox.envelope import Sender
from matinee.outbox.mailbox import MailFolder
from matinee.outbox.smtp import SmtpServer, SmtpTransport
from matinee.outbox.transport import Transport

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
    data_dir: Path,
) -> Delivery:
    """A delivery for one worker.

    Raises ValueError for an address of the mail server or a sender that cannot be read.
    """
    transport = build_transport(smtp_url=smtp_url, data_dir=data_dir)
    dispatcher = Dispatcher(
        transactions=transactions,
        transport=transport,
        composers=composers,
        sender=Sender.parsed(mail_from),
        base_url=base_url,
        now=clock.now,
    )
    return Delivery(transactions=transactions, transport=transport, dispatcher=dispatcher, now=clock.now)
