"""GET /screenings/<id>/seats.json: which seats somebody has, asked for again and again by whoever chooses."""

from __future__ import annotations

import json

from flask.typing import ResponseReturnValue

from matinee.kernel import clock
from matinee.web.shared.prepared import Prepared, respond_prepared
from matinee.web.shared.services import services
from matinee.web.shared.watched_seats import watched_seats
from matinee.web.site.blueprint import page


@page("/screenings/<int:screening_id>/seats.json", access="everybody")
def screening_seats(screening_id: int) -> ResponseReturnValue:
    """The labels of all seats that are not free, by what they are; 304 as long as nothing has changed."""
    now, service = clock.now(), services()

    def make() -> Prepared:
        found = watched_seats(service, screening_id=screening_id, now=now)
        told = {
            "state": found.availability.state,
            "free": found.availability.free,
            "sold": found.labels(found.sold),
            "held": found.labels(found.held),
            "house": found.labels(found.house),
        }
        return Prepared(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode())

    return respond_prepared(service.kept_answers.get(("site", "seats", screening_id), make), {})
