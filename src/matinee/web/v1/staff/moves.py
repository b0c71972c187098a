"""POST /screenings/{screening_id}/move"""

from __future__ import annotations

from datetime import datetime

from flask.views import MethodView
from pydantic import Field
from sqlalchemy.orm import Session

from matinee.accounts.callers import Caller
from matinee.boxoffice.errors import HallTooSmall, ScreeningCancelled
from matinee.boxoffice.moves import move_screening
from matinee.programme.catalogue import find_hall
from matinee.programme.errors import HallNotFound, HallTaken, ScreeningNotFound
from matinee.web.v1.answers import Answer
from matinee.web.v1.blueprint import v1
from matinee.web.v1.callers import needs
from matinee.web.v1.idempotency import idempotent
from matinee.web.v1.layouts import HallShape
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.shapes import Shape
from matinee.web.v1.tags import STAFF
from matinee.web.v1.values import Id, Values

EXAMPLE = {
    "screening": 517,
    "hall": {"id": 4, "name": "Hall 2"},
    "moved": [{"order": "7KQ2MX9RT4", "from_seat": "C7", "to_seat": "B9"}],
}


class MovedSeatShape(Shape):
    """A seat of an order that moved."""

    order: str = Field(description="The code of the order.")
    from_seat: str
    to_seat: str


class MoveShape(Shape, example=EXAMPLE):
    """Who moved with a screening."""

    screening: int
    hall: HallShape
    moved: list[MovedSeatShape] = Field(
        description="In the order of the orders; empty where it is in that hall already."
    )


class OtherHall(Values, example={"hall": 4}):
    """Where it is to be shown."""

    hall: Id = Field(description="The id of a hall of the same cinema.")


class Move(MethodView):
    """Moving a screening that is sold."""

    @operation(
        "move_screening",
        tag=STAFF,
        access=needs("programme:write"),
        answers={200: Returns(MoveShape, "Who moved")},
        refusals=(ScreeningNotFound, ScreeningCancelled, HallNotFound, HallTaken, HallTooSmall),
        keyed=True,
    )
    def post(self, screening_id: int, body: OtherHall, caller: Caller, now: datetime) -> Answer:
        """Move a screening to another hall, with everybody who has a seat

        Each ticket gets the best matching seat, parties stay together where they can, and each buyer gets one mail with the
        new seats. Tickets keep their ids, so printed ones still let their owners in. Holds move, too.
        """

        def move(session: Session) -> Answer:
            hall = find_hall(session, hall_id=body.hall)
            moved = move_screening(session, screening_id=screening_id, hall=hall, actor=caller.name, now=now)
            shape = MoveShape(
                screening=screening_id,
                hall=HallShape(id=hall.id, name=hall.name),
                moved=[
                    MovedSeatShape(order=one.order_code, from_seat=one.from_label, to_seat=one.to_label)
                    for one in moved
                ],
            )
            return Answer(shape)

        return idempotent(move, caller=caller, now=now)


v1.add_url_rule("/screenings/<id:screening_id>/move", view_func=Move.as_view("move"))
