"""GET /backoffice/audit: who did what."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.models import AuditEntry
from matinee.web.backoffice.blueprint import staff_page, this_house
from matinee.web.backoffice.days import days_between
from matinee.web.backoffice.listing import Column, Filter, Listing, Wanted, ordered, show_listing
from matinee.web.shared.languages import _


@staff_page("/audit", power="trail")
def audit_log() -> ResponseReturnValue:
    """The audit log, the newest first."""
    zone = ZoneInfo(this_house().timezone)
    columns: list[Column[AuditEntry]] = [
        Column("at", _("When"), lambda entry: entry.at.astimezone(zone), _when, sorts=True),
        Column("actor", _("Who"), lambda entry: entry.actor, sorts=True),
        Column("action", _("What"), lambda entry: entry.action),
        Column("subject", _("To what"), lambda entry: entry.subject),
        Column("summary", _("In words"), lambda entry: entry.summary),
    ]
    return show_listing(
        Listing(
            name="audit",
            title=_("Audit log"),
            columns=columns,
            filters=(
                Filter("actor", _("Who")),
                Filter("action", _("What")),
                Filter("subject", _("To what")),
                Filter("first_day", _("From"), kind="day"),
                Filter("last_day", _("Until"), kind="day"),
            ),
            source=_entries,
            sort="-at",
            nothing=_("Nobody did anything that fits."),
        )
    )


def _entries(session: Session, wanted: Wanted) -> Sequence[AuditEntry]:
    found = select(AuditEntry).where(days_between(AuditEntry.at, wanted, zone=this_house().timezone))
    for name, column in (("actor", AuditEntry.actor), ("subject", AuditEntry.subject)):
        if name in wanted.filters:
            found = found.where(column == wanted.filters[name])
    if "action" in wanted.filters:
        # "hall" finds "hall.change", too.
        found = found.where(AuditEntry.action.startswith(wanted.filters["action"], autoescape=True))
    by = {"at": AuditEntry.at, "actor": AuditEntry.actor}
    return session.scalars(ordered(found, wanted, by, last=AuditEntry.id)).all()


def _when(entry: AuditEntry) -> str:
    return entry.at.astimezone(ZoneInfo(this_house().timezone)).strftime("%Y-%m-%d %H:%M:%S")
