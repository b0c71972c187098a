"""Whether a worker is alive and mail leaves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from matinee.db.errors import DatabaseUnavailable
from matinee.languages.marking import N_
from matinee.outbox.heartbeat import WORKER_MISSING_AFTER, worker_seen_at
from matinee.outbox.queries import OutboxSummary, WaitingMail, outbox_summary, waiting_mail
from matinee.reports.health.finding import Finding, Said, said
from matinee.reports.health.reading import Read

OUTBOX_AGE_MAX = timedelta(minutes=15)
OUTBOX = N_("outbox")


def look_at_outbox(read: Read, now: datetime) -> Iterator[Finding]:
    """Whether a worker is alive and mail leaves."""
    try:
        seen_at, summary = read(lambda session: (worker_seen_at(session), outbox_summary(session, now=now)))
    except (DatabaseUnavailable, DBAPIError) as error:
        state = said(N_("cannot be asked for: %(error)s"), error=type(error).__name__)
        yield Finding(said(N_("worker")), state, said(N_("See the database above.")))
        return
    yield worker_finding(seen_at, now)
    yield outbox_finding(summary)


def look_at_signs(session: Session, *, now: datetime) -> Iterator[Finding]:
    """The same, cheaply: what was given up is left out."""
    yield worker_finding(worker_seen_at(session), now)
    yield _stuck(waiting_mail(session, now=now))


def worker_finding(seen_at: datetime | None, now: datetime) -> Finding:
    """How the workers are, by the last sign of life of any."""
    what = said(N_("worker"))
    advice = said(
        N_(
            "Mail does not leave: start `matinee worker`, or `matinee serve` without --no-worker. "
            "With `matinee worker --once` in cron, this is to be expected."
        )
    )
    if seen_at is None:
        return Finding(what, said(N_("none was seen")), advice)
    age = now - seen_at
    state = said(N_("seen %(seconds)s seconds ago"), seconds=max(0, round(age.total_seconds())))
    return Finding(what, state, advice if age > WORKER_MISSING_AFTER else None)


def outbox_finding(summary: OutboxSummary) -> Finding:
    """How the mail is."""
    numbers = {"waiting": summary.waiting, "failed": summary.failed}
    state = said(N_("%(waiting)s waiting, %(failed)s given up"), **numbers)
    age = summary.oldest_waiting_age
    if age is not None and age > OUTBOX_AGE_MAX:
        state = said(
            N_("%(waiting)s waiting, %(failed)s given up, the oldest for %(minutes)s minutes"),
            minutes=round(age.total_seconds() / 60), **numbers,
        )  # fmt: skip
        return Finding(said(OUTBOX), state, _stuck_advice(summary.last_error))
    if summary.failed:
        advice = said(N_("The last error: %(error)s"), error=summary.last_error)
        return Finding(said(OUTBOX), state, advice, is_warning=True)
    return Finding(said(OUTBOX), state)


def _stuck(waiting: WaitingMail) -> Finding:
    state = said(N_("%(waiting)s waiting"), waiting=waiting.count)
    is_stuck = waiting.oldest_age is not None and waiting.oldest_age > OUTBOX_AGE_MAX
    return Finding(said(OUTBOX), state, _stuck_advice(None) if is_stuck else None)


def _stuck_advice(error: str | None) -> Said:
    if error:
        text = N_("Mail is stuck: look at the worker and the mail server. The last error: %(error)s")
        return said(text, error=error)
    return said(N_("Mail is stuck: look at the worker and the mail server."))
