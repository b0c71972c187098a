"""GET /screenings/{screening_id}/seats: which seats are taken. Small, and asked for often."""

from __future__ import annotations

from datetime import datetime

from flask.views import MethodView
from pydantic import Field

from matinee.programme.errors import ScreeningNotFound
from matinee.web.shared.services import services
from matinee.web.shared.watched_seats import watched_seats
from matinee.web.v1.answers import Answer
from matinee.web.v1.blueprint import v1
from matinee.web.v1.callers import PUBLIC
from matinee.web.v1.kept import kept_answer
from matinee.web.v1.layouts import layout_url
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.screening_shapes import AvailabilityShape, present_availability
from matinee.web.v1.shapes import Shape
from matinee.web.v1.tags import SEATS

EXAMPLE = {
    "screening": 517,
    "layout_url": "/api/v1/halls/3/layout?v=9f86d081884c7d65",
    "availability": {"seats": 78, "free": 75, "state": "available"},
    "taken": ["C7", "C8", "D1"],
}


class SeatStatesShape(Shape, example=EXAMPLE):
    """Which seats of a screening the public cannot have now. Whoever has them is not told."""

    screening: int
    layout_url: str
    availability: AvailabilityShape
    taken: list[str] = Field(description="The labels of the seats that are sold, held, or kept back.")


class SeatStates(MethodView):
    """The seats of a screening, taken or free."""

    @operation(
        "get_seats",
        tag=SEATS,
        access=PUBLIC,
        answers={200: Returns(SeatStatesShape, "The seats that are taken; all others are free")},
        refusals=(ScreeningNotFound,),
    )
    def get(self, screening_id: int, now: datetime) -> Answer:
        """Read which seats are taken

        To watch a screening, ask again with If-None-Match: as long as nothing has changed, the answer is an empty 304.
        """
        return kept_answer(lambda: _states(screening_id, now), key=("seats", screening_id))


def _states(screening_id: int, now: datetime) -> Answer:
    found = watched_seats(services(), screening_id=screening_id, now=now)
    return Answer(
        SeatStatesShape(
            screening=screening_id,
            layout_url=layout_url(found.screening.hall_id, found.around.layout_version),
            availability=present_availability(found.availability),
            taken=found.taken,
        )
    )


v1.add_url_rule("/screenings/<id:screening_id>/seats", view_func=SeatStates.as_view("seats"))
