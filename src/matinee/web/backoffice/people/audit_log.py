"""GET /backoffice/audit: who did what; and one entry of it, with what it was and what it became."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts.models import AuditEntry
from matinee.web.backoffice.blueprint import here, staff_page, this_house
from matinee.web.backoffice.changes import read
from matinee.web.backoffice.days import days_between
from matinee.web.backoffice.listing import Column, Filter, Listing, Wanted, ordered, show_listing
from matinee.web.backoffice.people.subjects import subject_url
from matinee.web.shared.house import every_house
from matinee.web.shared.languages import _

NO_CINEMA = "none"


@staff_page("/audit", power="trail")
def audit_log() -> ResponseReturnValue:
    """The audit log, the newest first."""
    zone = ZoneInfo(this_house().timezone)
    columns: list[Column[AuditEntry]] = [
        Column("at", _("When"), lambda entry: entry.at.astimezone(zone), _when, sorts=True),
        Column("actor", _("Who"), lambda entry: entry.actor, sorts=True),
        Column("action", _("What"), lambda entry: entry.action),
        Column("subject", _("To what"), lambda entry: entry.subject, _subject),
        Column("summary", _("In words"), lambda entry: entry.summary),
    ]
    cinemas = [(str(house.id), house.name) for house in every_house()]
    return show_listing(
        Listing(
            name="audit",
            title=_("Audit log"),
            columns=columns,
            filters=(
                Filter("actor", _("Who")),
                Filter("action", _("What")),
                Filter("subject", _("To what")),
                Filter(
                    "cinema",
                    _("Cinema"),
                    kind="choice",
                    options=[*cinemas, (NO_CINEMA, _("None in particular"))],
                ),
                Filter("first_day", _("From"), kind="day"),
                Filter("last_day", _("Until"), kind="day"),
            ),
            source=_entries,
            sort="-at",
            nothing=_("Nobody did anything that fits."),
        ),
        template="backoffice/people/audit_log.html",
    )


def _entries(session: Session, wanted: Wanted) -> Sequence[AuditEntry]:
    found = select(AuditEntry).where(days_between(AuditEntry.at, wanted, zone=this_house().timezone))
    for name, column in (("actor", AuditEntry.actor), ("subject", AuditEntry.subject)):
        if name in wanted.filters:
            found = found.where(column == wanted.filters[name])
    if "action" in wanted.filters:
        # "hall" finds "hall.change", too.
        found = found.where(AuditEntry.action.startswith(wanted.filters["action"], autoescape=True))
    if "cinema" in wanted.filters:
        cinema = wanted.filters["cinema"]
        found = found.where(
            AuditEntry.cinema_id.is_(None) if cinema == NO_CINEMA else AuditEntry.cinema_id == int(cinema)
        )
    by = {"at": AuditEntry.at, "actor": AuditEntry.actor}
    return session.scalars(ordered(found, wanted, by, last=AuditEntry.id)).all()


def _moment(entry: AuditEntry) -> str:
    return entry.at.astimezone(ZoneInfo(this_house().timezone)).strftime("%Y-%m-%d %H:%M:%S")


def _when(entry: AuditEntry) -> Markup:
    moment = _moment(entry)
    return Markup('<a class="moment" href="{}">{}</a>').format(here("audit_entry", entry_id=entry.id), moment)


def _subject(entry: AuditEntry) -> str | Markup:
    url = subject_url(entry)
    return entry.subject if url is None else Markup('<a href="{}">{}</a>').format(url, entry.subject)


@staff_page("/audit/<id:entry_id>", power="trail")
def audit_entry(entry_id: int) -> ResponseReturnValue:
    """One entry."""
    entry = read(lambda session: session.get(AuditEntry, entry_id))
    if entry is None:
        abort(404)
    changed = _changed(entry.details)
    told = {"before", "after"} if "before" in entry.details else {name for name, _was, _is in changed}
    others = [(name, _plain(value)) for name, value in entry.details.items() if name not in told]
    return render_template(
        "backoffice/people/audit_entry.html",
        entry=entry,
        when=_moment(entry),
        url=subject_url(entry),
        cinema=next((house.name for house in every_house() if house.id == entry.cinema_id), None),
        changed=changed,
        others=others,
    )


def _changed(details: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What it was and what it became, by name; nothing where the entry does not tell both."""
    was, became = details.get("before"), details.get("after")
    if isinstance(was, Mapping) and isinstance(became, Mapping):
        pairs = {name: (was.get(name), became.get(name)) for name in {**was, **became}}
    elif "before" in details and "after" in details:
        pairs = {"": (was, became)}
    else:
        # By name, each with both.
        pairs = {
            name: (value[0], value[1])
            for name, value in details.items()
            if isinstance(value, list) and len(value) == 2 and value[0] != value[1]
        }
        if len(pairs) < len(details):
            pairs = {}
    return [(name, _plain(first), _plain(second)) for name, (first, second) in pairs.items()]


def _plain(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, list) and all(isinstance(one, str | int) for one in value):
        return ", ".join(map(str, value)) or "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)
