"""The outbox on a database of a test, without the rest of Matinee; also for processes that a test starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session, sessionmaker

from matinee.db.engine import database_url, engine_options, prepare_engine
from matinee.db.transaction import Transactions
from matinee.db.version import Change
from matinee.kernel import clock
from matinee.outbox.assembly import build_delivery
from matinee.outbox.composing import ComposedMail, Composer, MailContext
from matinee.outbox.delivery import Delivery
from matinee.outbox.messages import enqueue_message
from matinee.outbox.models import Message
from tests.tickets.seals import seal


class UnwatchedVersion:
    """The outbox changes nothing that the schedule shows."""

    def current(self) -> object:
        return 0

    def move(self, change: Change = Change.ANYTHING) -> None:
        raise AssertionError("the outbox announced a change")


@contextmanager
def opened_transactions(address: str) -> Iterator[Transactions]:
    """The transactions of a database with the schema in place."""
    url = database_url(address)
    engine = create_engine(url, **engine_options(url, 5))
    prepare_engine(engine)
    on_sqlite = engine.dialect.name == "sqlite"
    try:
        yield Transactions(
            sessionmaker(engine, expire_on_commit=False), UnwatchedVersion(), one_writer=on_sqlite
        )
    finally:
        engine.dispose()


def compose_note(_session: Session, payload: dict[str, Any], context: MailContext) -> ComposedMail:
    """A mail that says what its payload says."""
    text = payload["text"]
    return ComposedMail(subject=f"Note: {text}", text=f"{text}\n{context.base_url}\n", html=f"<p>{text}</p>")


NOTE: dict[str, Composer] = {"note": compose_note}


def open_delivery(
    transactions: Transactions, smtp_url: str, data_dir: Path, composers: Mapping[str, Composer] = NOTE
) -> Delivery:
    """A delivery as the worker has one."""
    return build_delivery(
        transactions=transactions,
        composers=composers,
        smtp_url=smtp_url,
        mail_from="Odeon <tickets@odeon.example>",
        base_url="http://testserver",
        seal=seal,
        data_dir=data_dir,
    )


def enqueue_notes(
    transactions: Transactions, *recipients: str, kind: str = "note", **payload: Any
) -> list[int]:
    """One mail to each recipient; return the ids of the rows, in order."""
    content = payload or {"text": "Привіт"}
    now = clock.now()

    def work(session: Session) -> list[int]:
        made = [
            enqueue_message(session, kind=kind, recipient=recipient, payload=content, now=now)
            for recipient in recipients
        ]
        return [message.id for message in made]

    return transactions.write(work)


def rows(transactions: Transactions) -> list[Message]:
    """The outbox, in the order in which it was filled."""
    return transactions.read(lambda session: list(session.scalars(select(Message).order_by(Message.id))))


def row(transactions: Transactions, message_id: int) -> Message:
    """One row of the outbox."""
    return next(message for message in rows(transactions) if message.id == message_id)


def make_due(transactions: Transactions, now: datetime) -> None:
    """As if the pauses had passed."""

    def work(session: Session) -> None:
        for message in session.scalars(select(Message)):
            message.next_attempt_at = now

    transactions.write(work)
