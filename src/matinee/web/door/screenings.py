"""GET /door/screenings, GET /door/counts"""

from __future__ import annotations

from flask import jsonify
from flask.typing import ResponseReturnValue
from pydantic import BaseModel

from matinee.kernel import clock
from matinee.web.door.blueprint import door_call
from matinee.web.door.reading import read_query
from matinee.web.shared.door_answers import moment_text, told_counts, told_screenings
from matinee.web.shared.door_requests import ScreeningsInQuery, ids_in
from matinee.web.shared.services import services


class CountsQuery(BaseModel):
    """Of which screenings."""

    screenings: ScreeningsInQuery


@door_call("/screenings")
def screenings() -> ResponseReturnValue:
    """Those that one can stand at the door of now."""
    now = clock.now()
    found = services().transactions.read(lambda session: told_screenings(session, now=now))
    return jsonify(now=moment_text(now), screenings=found)


@door_call("/counts")
def counts() -> ResponseReturnValue:
    """How many are in."""
    ids = ids_in(read_query(CountsQuery).screenings)
    return jsonify(
        counts=services().transactions.read(lambda session: told_counts(session, screening_ids=ids))
    )
