"""GET /backoffice/door/conflicts: tickets that two doors let in, for a manager to look at; and the line that says so."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import flash
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from matinee.db.errors import DatabaseUnavailable
from matinee.door.conflict_facts import ConflictFacts, conflict_facts, find_conflict
from matinee.door.conflicts import count_open_conflicts, mark_conflict_seen
from matinee.door.models import DoorScan
from matinee.kernel import clock
from matinee.web.backoffice.blueprint import here, lead_to, may_here, staff_name, staff_page, this_house
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.listing import Column, Filter, Listing, Wanted, ordered, show_listing
from matinee.web.backoffice.orders.buttons import post_button
from matinee.web.shared.languages import _

MOMENT = "%Y-%m-%d %H:%M:%S"
log = logging.getLogger(__name__)


@staff_page("/door/conflicts", power="conflicts")
def door_conflicts() -> ResponseReturnValue:
    """What scanners let in and would not have, had they known: what nobody looked at first, and of that the newest."""
    columns: list[Column[ConflictFacts]] = [
        Column("received", _("Came to light"), lambda row: _told(row, row.scan.received_at), sorts=True),
        Column("why", _("What happened"), _reason),
        Column("order", _("Order"), lambda row: row.ticket.order.code if row.ticket else "", _order),
        Column("seat", _("Seat"), lambda row: row.ticket.seat.label if row.ticket else ""),
        Column("film", _("Film"), _film),
        Column("here", _("Let in here"), _let_in),
        Column("by", _("Who held the scanner"), lambda row: row.scan.by),
        Column("first", _("Came in first"), _first),
        Column("seen", _("Looked at"), _seen, _seen_or_button),
    ]
    listing = Listing(
        name="door-conflicts",
        title=_("Conflicts at the door"),
        columns=columns,
        filters=(
            Filter(
                "state",
                _("Which"),
                "choice",
                [("open", _("Nobody looked at it")), ("seen", _("Looked at"))],
            ),
        ),
        source=_conflicts,
        sort="-received",
        nothing=_("No door let anybody in twice."),
    )
    return show_listing(listing, template="backoffice/today/door_conflicts.html")


@staff_page("/door/conflicts/<id:conflict_id>/seen", power="conflicts", methods=("POST",))
def see_door_conflict(conflict_id: int) -> ResponseReturnValue:
    """Let a conflict count as looked at; whoever did so first stays so."""
    now = clock.now()

    def see(session: Session, trail: Trail) -> None:
        scan = find_conflict(session, scan_id=conflict_id)
        if not mark_conflict_seen(session, scan_id=conflict_id, by=staff_name(), now=now):
            raise _SeenBefore
        summary = f"Conflict {conflict_id} at the door {scan.door}: looked at"
        trail("door.see_conflict", f"door_conflict:{conflict_id}", summary, details={"device": scan.device})

    try:
        change(see, now=now)
    except _SeenBefore:
        flash(_("Somebody has looked at it already."), "info")
    else:
        flash(_("It counts as looked at."), "good")
    return lead_to(here("door_conflicts"))


class _SeenBefore(Exception):
    """Somebody else was quicker."""


def open_conflicts() -> int:
    """How many nobody has looked at, for those who have to; 0 for others."""
    if not may_here("conflicts"):
        return 0
    try:
        return read(count_open_conflicts)
    except (DatabaseUnavailable, DBAPIError) as error:
        # The page itself will say so, if it needs the database.
        log.warning("conflicts at the door could not be counted: %s", type(error).__name__)
        return 0


def _conflicts(session: Session, wanted: Wanted) -> Sequence[ConflictFacts]:
    found = select(DoorScan).where(DoorScan.result == "conflict")
    if "state" in wanted.filters:
        is_open = DoorScan.seen_at.is_(None)
        found = found.where(is_open if wanted.filters["state"] == "open" else ~is_open)
    # Those that nobody looked at first, whichever way the rest is sorted.
    found = found.order_by(DoorScan.seen_at.is_not(None))
    statement = ordered(found, wanted, {"received": DoorScan.received_at}, last=DoorScan.id)
    return conflict_facts(session, conflicts=session.scalars(statement).all())


def _told(row: ConflictFacts, moment: datetime) -> str:
    zone = row.ticket.screening.hall.cinema.timezone if row.ticket else this_house().timezone
    return moment.astimezone(ZoneInfo(zone)).strftime(MOMENT)


def _reason(row: ConflictFacts) -> str:
    return {
        "already_in": _("Let in twice"),
        "refunded": _("Let in, though it had been given back"),
        "unknown": _("Let in, though it is no ticket"),
    }[row.reason]


def _order(row: ConflictFacts) -> str | Markup:
    if row.ticket is None:
        return ""
    code = row.ticket.order.code
    return Markup('<a href="{}">{}</a>').format(here("order", code=code), code)


def _film(row: ConflictFacts) -> str:
    if row.ticket is None:
        return ""
    screening = row.ticket.screening
    return f"{screening.film.title}, {screening.day} {screening.time}, {screening.hall.name}"


def _let_in(row: ConflictFacts) -> str:
    return f"{row.scan.door}, {_told(row, row.scan.scanned_at)}"


def _first(row: ConflictFacts) -> str:
    if row.first is None:
        return ""
    told = _told(row, row.first.admitted_at)
    return f"{row.first.door}, {told}, {row.first.admitted_by}".removeprefix(", ")


def _seen(row: ConflictFacts) -> str:
    if row.scan.seen_at is None:
        return ""
    return f"{row.scan.seen_by}, {_told(row, row.scan.seen_at)}"


def _seen_or_button(row: ConflictFacts) -> str | Markup:
    if row.scan.seen_at is not None:
        return _seen(row)
    return post_button(here("see_door_conflict", conflict_id=row.scan.id), _("Looked at"))
