"""Everything that the page of health shows, and the few things that every page looks at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from matinee.languages.marking import N_
from matinee.reports.health.backups import look_at_backups
from matinee.reports.health.database import database_bytes, look_at_database
from matinee.reports.health.deliveries import Deliveries, deliveries
from matinee.reports.health.finding import Finding, said
from matinee.reports.health.installation import Installation
from matinee.reports.health.machine import look_at_data_dir, look_at_disk
from matinee.reports.health.mail import MAIL, look_at_base_url, mail_without_server
from matinee.reports.health.reading import Read
from matinee.reports.health.worker import look_at_outbox, look_at_signs


@dataclass(frozen=True, slots=True)
class Health:
    """What was found, and the numbers beside it."""

    findings: list[Finding]
    deliveries: Deliveries
    database_bytes: int


def look_at_health(installation: Installation, *, engine: Engine, read: Read, now: datetime) -> Health:
    """As `matinee doctor`, but that the mail server is not spoken to: a page would wait for it."""
    return Health(
        findings=list(_findings(installation, engine, read, now)),
        deliveries=read(lambda session: deliveries(session, now=now)),
        database_bytes=database_bytes(engine),
    )


def look_at_trouble(installation: Installation, *, read: Read, now: datetime) -> list[Finding]:
    """What is wrong now, of what costs next to nothing to look at."""
    found = [
        *read(lambda session: list(look_at_signs(session, now=now))),
        look_at_disk(installation.data_dir),
        look_at_backups(installation.backup_dir, age_max=installation.backup_age_max, now=now),
    ]
    return [finding for finding in found if finding.is_wrong]


def _findings(installation: Installation, engine: Engine, read: Read, now: datetime) -> Iterator[Finding]:
    yield from look_at_data_dir(installation.data_dir)
    yield from look_at_database(engine)
    yield from look_at_outbox(read, now)
    if installation.has_mail_server:
        yield Finding(
            said(MAIL),
            said(N_("goes to %(server)s, from %(sender)s"), server=installation.mail_goes_to, sender=installation.mail_from),
        )  # fmt: skip
    else:
        yield mail_without_server(installation.mail_goes_to)
    yield look_at_backups(installation.backup_dir, age_max=installation.backup_age_max, now=now)
    yield look_at_base_url(installation.base_url)
