"""GET /door/conflicts, POST /door/conflicts/{conflict_id}/seen"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask.views import MethodView
from pydantic import Field
from sqlalchemy.orm import Session

from matinee.accounts.callers import Caller
from matinee.door.conflict_facts import ConflictFacts, Reason, conflict_facts, find_conflict
from matinee.door.conflicts import conflicts_in_order, mark_conflict_seen
from matinee.door.errors import ConflictNotFound
from matinee.door.models import DoorScan
from matinee.web.shared.services import services
from matinee.web.v1.answers import Answer
from matinee.web.v1.audited import write_audited
from matinee.web.v1.blueprint import v1
from matinee.web.v1.callers import needs
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.paging import Page, PageQuery, after, example_of_page, page_of
from matinee.web.v1.shapes import Moment, Shape, in_zone
from matinee.web.v1.staff.door_shapes import SCREENING_EXAMPLE, ScreeningNamed
from matinee.web.v1.tags import ADMISSIONS

SCOPE = "admissions:manage"
EXAMPLE = {
    "id": 9001,
    "reason": "already_in",
    "device": "gate-2",
    "sequence": 42,
    "door": "South",
    "by": "usher@example.org",
    "scanned_at": "2030-05-18T18:49:03+03:00",
    "received_at": "2030-05-18T19:20:00+03:00",
    "ticket_id": "K3V9X2M7Q4T8R1WZ",
    "order": "7KQ2MX9RT4",
    "seat": "C7",
    "screening": SCREENING_EXAMPLE,
    "first_at": "2030-05-18T18:47:12+03:00",
    "first_door": "North",
    "seen_at": None,
    "seen_by": None,
}


class ConflictShape(Shape, example=EXAMPLE):
    """A ticket that a scanner let in by itself, and that it would not have let in had it known."""

    id: int
    reason: Reason = Field(
        description="`already_in`: somebody had come in with it; `refunded`: it lets nobody in any more; `unknown`: it is "
        "no ticket. As things are now."
    )
    device: str
    sequence: int
    door: str
    by: str = Field(description="Who held the scanner: a user's name, or an API key's.")
    scanned_at: Moment = Field(description="By our clock, worked out from the scanner's.")
    received_at: Moment = Field(description="When it came to light.")
    ticket_id: str
    order: str
    seat: str
    screening: ScreeningNamed | None
    first_at: Moment | None = Field(description="Of the admission that counts: when.")
    first_door: str
    seen_at: Moment | None = Field(description="When somebody looked at it.")
    seen_by: str | None


class ConflictPage(Page[ConflictShape], example=example_of_page(EXAMPLE)):
    """Conflicts in the order in which they came to light."""


class ConflictQuery(PageQuery):
    """Which conflicts."""

    only_open: bool = Field(True, description="Only those that nobody has looked at.")


class Conflicts(MethodView):
    """What doors let in twice."""

    @operation(
        "list_door_conflicts",
        tag=ADMISSIONS,
        access=needs(SCOPE),
        answers={200: Returns(ConflictPage, "A page of conflicts", headers={"Link": "The next page."})},
    )
    def get(self, query: ConflictQuery) -> Answer:
        """List the conflicts of doors"""
        behind = after(query.cursor, DoorScan.received_at, DoorScan.id)

        def read(session: Session) -> Answer:
            found = conflicts_in_order(
                session, only_open=query.only_open, behind=behind, limit=query.limit + 1
            )
            return page_of(
                ConflictPage,
                conflict_facts(session, conflicts=found),
                query,
                key=lambda facts: (facts.scan.received_at, facts.scan.id),
                present=_present,
            )

        return services().transactions.read(read)


class ConflictSeen(MethodView):
    """Looking at one."""

    @operation(
        "see_door_conflict",
        tag=ADMISSIONS,
        access=needs(SCOPE),
        answers={200: Returns(ConflictShape, "The conflict, which somebody has looked at")},
        refusals=(ConflictNotFound,),
    )
    def post(self, conflict_id: int, caller: Caller, now: datetime) -> Answer:
        """Let a conflict count as looked at

        Whoever was the first to look at it stays so.
        """

        def see(session: Session) -> Answer:
            mark_conflict_seen(session, scan_id=conflict_id, by=caller.name, now=now)
            seen = find_conflict(session, scan_id=conflict_id)
            return Answer(_present(conflict_facts(session, conflicts=[seen])[0]))

        return write_audited(see)


def _present(facts: ConflictFacts) -> ConflictShape:
    scan, ticket, first = facts.scan, facts.ticket, facts.first
    zone = "UTC" if ticket is None else ticket.screening.hall.cinema.timezone

    def local(moment: datetime | None) -> datetime | None:
        return None if moment is None else in_zone(moment, zone)

    told: dict[str, Any] = {
        "id": scan.id,
        "reason": facts.reason,
        "device": scan.device,
        "sequence": scan.sequence,
        "door": scan.door,
        "by": scan.by,
        "scanned_at": local(scan.scanned_at),
        "received_at": local(scan.received_at),
        "ticket_id": scan.ticket_id,
        "order": "",
        "seat": "",
        "screening": None,
        "first_at": local(first.admitted_at) if first is not None else None,
        "first_door": first.door if first is not None else "",
        "seen_at": local(scan.seen_at),
        "seen_by": scan.seen_by,
    }
    if ticket is not None:
        screening = ticket.screening
        told |= {
            "order": ticket.order.code,
            "seat": ticket.seat.label,
            "screening": {
                "id": screening.id,
                "film": screening.film.title,
                "hall": screening.hall.name,
                "starts_at": local(screening.starts_at),
            },
        }
    return ConflictShape.model_validate(told)


v1.add_url_rule("/door/conflicts", view_func=Conflicts.as_view("door_conflicts"))
v1.add_url_rule("/door/conflicts/<id:conflict_id>/seen", view_func=ConflictSeen.as_view("door_conflict_seen"))
