"""What `matinee doctor` looks at. Each look gives findings: what it is, how it is, and what to do where it is wrong."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from matinee.db.errors import DatabaseUnavailable
from matinee.db.schema import HEAD_REVISION, current_revision
from matinee.db.transaction import Transactions
from matinee.outbox.assembly import build_transport
from matinee.outbox.envelope import Sender
from matinee.outbox.errors import DeliveryFailed
from matinee.outbox.heartbeat import WORKER_MISSING_AFTER, worker_seen_at
from matinee.outbox.queries import OutboxSummary, outbox_summary
from matinee.settings import Settings

FREE_BYTES_MIN = 200 * 1024 * 1024
OUTBOX_AGE_MAX = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `advice` is empty where all is well; a warning is advice that can wait."""

    what: str
    state: str
    advice: str = ""
    is_warning: bool = False

    @property
    def is_wrong(self) -> bool:
        """Whether something must be done."""
        return bool(self.advice) and not self.is_warning


def look_at_data_dir(settings: Settings) -> Iterator[Finding]:
    """Whether the data directory can be written to and has room."""
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".doctor"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        advice = (
            f"Make {folder} writable for the user that runs Matinee, or name another one in MATINEE_DATA_DIR."
        )
        yield Finding("data directory", f"{folder}: {error.strerror}", advice)
        return
    yield Finding("data directory", f"{folder.absolute()} is writable")
    free = shutil.disk_usage(folder).free
    advice = "" if free >= FREE_BYTES_MIN else "Free some room on this disk: without it, sales stop."
    yield Finding("disk", f"{free / 1024**3:.1f} GB free", advice)


def look_at_database(engine: Engine) -> Iterator[Finding]:
    """Whether the database answers and has the schema of this version."""
    try:
        with engine.connect() as connection:
            on_sqlite = engine.dialect.name == "sqlite"
            version = connection.execute(
                text("SELECT sqlite_version()" if on_sqlite else "SHOW server_version")
            ).scalar_one()
        revision = current_revision(engine)
    except (DatabaseUnavailable, DBAPIError) as error:
        cause = error if isinstance(error, DBAPIError) else error.__cause__
        reason = str(getattr(cause, "orig", error)).strip().splitlines()[0]
        advice = "Start the database, or correct MATINEE_DATABASE_URL."
        yield Finding("database", f"does not answer: {reason}", advice)
        return
    yield Finding("database", f"{'SQLite' if on_sqlite else 'PostgreSQL'} {version} answers")
    if revision == HEAD_REVISION:
        yield Finding("schema", f"{revision} (current)")
    else:
        state = "no tables yet" if revision is None else f"{revision}, this version needs {HEAD_REVISION}"
        yield Finding("schema", state, "Run `matinee db upgrade`.")


def look_at_outbox(transactions: Transactions, now: datetime) -> Iterator[Finding]:
    """Whether a worker is alive and mail leaves."""
    try:
        seen_at, summary = transactions.read(
            lambda session: (worker_seen_at(session), outbox_summary(session, now=now))
        )
    except (DatabaseUnavailable, DBAPIError) as error:
        yield Finding("worker", f"cannot be asked for: {type(error).__name__}", "See the database above.")
        return
    yield _worker(seen_at, now)
    yield from _outbox(summary)


def _worker(seen_at: datetime | None, now: datetime) -> Finding:
    advice = (
        "Mail does not leave: start `matinee worker`, or `matinee serve` without --no-worker. "
        "With `matinee worker --once` in cron, this is to be expected."
    )
    if seen_at is None:
        return Finding("worker", "none was seen", advice)
    age = now - seen_at
    state = f"seen {max(0, round(age.total_seconds()))} seconds ago"
    return Finding("worker", state, advice if age > WORKER_MISSING_AFTER else "")


def _outbox(summary: OutboxSummary) -> Iterator[Finding]:
    state = f"{summary.waiting} waiting, {summary.failed} given up"
    age = summary.oldest_waiting_age
    if age is not None and age > OUTBOX_AGE_MAX:
        state += f", the oldest for {round(age.total_seconds() / 60)} minutes"
        reason = f" The last error: {summary.last_error}" if summary.last_error else ""
        yield Finding("outbox", state, f"Mail is stuck: look at the worker and the mail server.{reason}")
    elif summary.failed:
        yield Finding("outbox", state, f"The last error: {summary.last_error}", is_warning=True)
    else:
        yield Finding("outbox", state)


def look_at_mail(settings: Settings) -> Iterator[Finding]:
    """Whether the mail server lets us in; no mail is sent."""
    try:
        Sender.parsed(settings.mail_from)
    except ValueError as error:
        yield Finding("sender", f"{settings.mail_from}: {error}", "Correct MATINEE_MAIL_FROM.")
    where = _without_password(settings.smtp_url) if settings.smtp_url else str(settings.data_dir / "mails")
    try:
        transport = build_transport(smtp_url=settings.smtp_url, data_dir=settings.data_dir)
        transport.prepare()
        transport.close()
    except (DeliveryFailed, ValueError, OSError) as error:
        yield Finding("mail", f"{where}: {error}", "Correct MATINEE_SMTP_URL, or look at the mail server.")
        return
    if settings.smtp_url:
        yield Finding("mail", f"{where} takes mail from us")
    else:
        advice = "Mails are kept as files; set MATINEE_SMTP_URL to send them."
        yield Finding("mail", f"files in {where}", advice, is_warning=True)


def look_at_base_url(settings: Settings) -> Iterator[Finding]:
    """Whether the address in mails and QR codes can be reached by others."""
    host = urlsplit(settings.base_url).hostname or ""
    if host in ("localhost", "127.0.0.1", "::1"):
        advice = "Links in mails and QR codes lead to this machine only: set MATINEE_BASE_URL to the public address."
        yield Finding("base URL", settings.base_url, advice, is_warning=True)
    elif settings.base_url.startswith("http:"):
        advice = "Passwords travel in clear: put Matinee behind https, and say so in MATINEE_BASE_URL."
        yield Finding("base URL", settings.base_url, advice, is_warning=True)
    else:
        yield Finding("base URL", settings.base_url)


def _without_password(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}"
