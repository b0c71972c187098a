"""GET /door/screenings, /door/list and /door/counts: what a scanner needs before it scans"""

from __future__ import annotations

from datetime import datetime

from flask.views import MethodView

from matinee.web.shared.door_answers import moment_text, told_counts, told_screenings
from matinee.web.shared.door_lists import HEADERS, prepared_list
from matinee.web.shared.door_requests import Salt, ScreeningsInQuery, ids_in
from matinee.web.shared.services import services
from matinee.web.v1.answers import Answer
from matinee.web.v1.blueprint import v1
from matinee.web.v1.callers import needs
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.staff.door_shapes import DoorCountsShape, DoorListShape, ScreeningsAtDoorsShape
from matinee.web.v1.tags import ADMISSIONS
from matinee.web.v1.values import Query

SCOPE = "admissions:write"


class DoorQuery(Query):
    """Of which screenings."""

    screenings: ScreeningsInQuery


class DoorListQuery(DoorQuery):
    """Of which screenings, and hashed with what."""

    salt: Salt


class ScreeningsAtDoors(MethodView):
    """Where one can stand."""

    @operation(
        "list_door_screenings",
        tag=ADMISSIONS,
        access=needs(SCOPE),
        answers={200: Returns(ScreeningsAtDoorsShape, "The screenings, the first at the front")},
    )
    def get(self, now: datetime) -> Answer:
        """List the screenings at whose doors one can stand now

        Those that ended at most an hour ago or begin within 18 hours, of every cinema. Cancelled ones among them: people
        come for those, too.
        """
        found = services().transactions.read(lambda session: told_screenings(session, now=now))
        told = {"now": moment_text(now), "screenings": found}
        return Answer(ScreeningsAtDoorsShape.model_validate(told))


class DoorList(MethodView):
    """What a scanner takes along."""

    @operation(
        "get_door_list",
        tag=ADMISSIONS,
        access=needs(SCOPE),
        answers={200: Returns(DoorListShape, "Every ticket of the screenings")},
    )
    def get(self, query: DoorListQuery) -> Answer:
        """Download the tickets of screenings, to decide without a network

        No data of persons: a ticket stands there as the first 16 bytes of SHA-256 over the salt and its id, base64url
        without padding; so does an order, by its code. Ask again every few seconds with If-None-Match: refunds, other
        seats, and what other doors let in come in this way. Screenings that there are not are left out.
        """
        found = prepared_list(services(), screenings=query.screenings, salt=query.salt)
        return Answer(found, headers=HEADERS)


class DoorCounts(MethodView):
    """How full it is."""

    @operation(
        "get_door_counts",
        tag=ADMISSIONS,
        access=needs(SCOPE),
        answers={200: Returns(DoorCountsShape, "How many tickets, and how many came in")},
    )
    def get(self, query: DoorQuery) -> Answer:
        """Count who is in"""
        ids = ids_in(query.screenings)
        counts = services().transactions.read(lambda session: told_counts(session, screening_ids=ids))
        return Answer(DoorCountsShape.model_validate({"counts": counts}))


v1.add_url_rule("/door/screenings", view_func=ScreeningsAtDoors.as_view("door_screenings"))
v1.add_url_rule("/door/list", view_func=DoorList.as_view("door_list"))
v1.add_url_rule("/door/counts", view_func=DoorCounts.as_view("door_counts"))
