"""GET and PUT /screenings/{screening_id}/house-seats"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from flask.views import MethodView
from pydantic import Field
from sqlalchemy.orm import Session

from matinee.boxoffice.claims import labels_of
from matinee.boxoffice.errors import SeatsNotFree
from matinee.boxoffice.locks import keep_buyers_out
from matinee.boxoffice.planning import keep_seats_back
from matinee.programme.catalogue import find_screening
from matinee.programme.errors import CancelledScreening, ScreeningNotFound, SeatNotFound
from matinee.programme.labels import SEAT_NUMBER_MAX
from matinee.programme.queries import house_seats_by_screening
from matinee.web.shared.services import services
from matinee.web.v1.answers import Answer
from matinee.web.v1.audited import write_audited
from matinee.web.v1.blueprint import v1
from matinee.web.v1.callers import needs
from matinee.web.v1.conditions import require_unchanged
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.shapes import Shape
from matinee.web.v1.tags import STAFF
from matinee.web.v1.values import Text, Values

EXAMPLE = {"screening": 517, "seats": ["H7", "H8"]}


class HouseSeatsShape(Shape, example=EXAMPLE):
    """The seats that the house keeps back at a screening."""

    screening: int
    seats: list[str] = Field(description="Their labels, in natural order.")


class KeptBack(Values, example={"seats": ["H7", "H8"]}):
    """Which seats are to be kept back; no others are."""

    seats: Annotated[list[Text], Field(max_length=SEAT_NUMBER_MAX)]


class HouseSeats(MethodView):
    """The seats that the house keeps back."""

    @operation(
        "get_house_seats",
        tag=STAFF,
        access=needs("programme:write"),
        answers={200: Returns(HouseSeatsShape, "The seats")},
        refusals=(ScreeningNotFound,),
    )
    def get(self, screening_id: int) -> Answer:
        """Read which seats the house keeps back"""

        def read(session: Session) -> Answer:
            find_screening(session, screening_id=screening_id, drafts_too=True)
            return Answer(_present(session, screening_id))

        return services().transactions.read(read)

    @operation(
        "keep_house_seats",
        tag=STAFF,
        access=needs("programme:write"),
        answers={200: Returns(HouseSeatsShape, "The seats")},
        refusals=(ScreeningNotFound, CancelledScreening, SeatNotFound, SeatsNotFree),
        if_match=True,
    )
    def put(self, screening_id: int, body: KeptBack, now: datetime) -> Answer:
        """Say which seats the house keeps back

        They are not for sale to the public. A seat that somebody has stays his: such are refused.
        """

        def keep(session: Session) -> Answer:
            keep_buyers_out(session, screening_id=screening_id)
            require_unchanged(_present(session, screening_id))
            keep_seats_back(session, screening_id=screening_id, labels=body.seats, now=now)
            return Answer(_present(session, screening_id))

        return write_audited(keep)


def _present(session: Session, screening_id: int) -> HouseSeatsShape:
    kept = house_seats_by_screening(session, [screening_id])[screening_id]
    return HouseSeatsShape(screening=screening_id, seats=labels_of(session, kept))


v1.add_url_rule("/screenings/<id:screening_id>/house-seats", view_func=HouseSeats.as_view("house_seats"))
