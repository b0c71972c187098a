"""POST /screenings, DELETE /screenings/{screening_id}, GET and PATCH /screenings/{screening_id}/plan"""

from __future__ import annotations

from datetime import datetime

from flask.views import MethodView
from sqlalchemy.orm import Session

from matinee.accounts.callers import Caller
from matinee.boxoffice.planning import change_planned_screening, delete_unsold, screening_to_change
from matinee.programme.catalogue import find_film, find_hall, find_screening
from matinee.programme.errors import (
    AmbiguousPriceList,
    CancelledScreening,
    FilmNotFound,
    HallNotFound,
    HallTaken,
    InvalidScreening,
    NoPriceListThen,
    PriceListNotFound,
    PriceListNotValidThen,
    ScreeningInUse,
    ScreeningNotFound,
)
from matinee.programme.screenings import schedule_screening
from matinee.web.shared.services import services
from matinee.web.v1.answers import NO_CONTENT, Answer, created
from matinee.web.v1.audited import write_audited
from matinee.web.v1.blueprint import PREFIX, v1
from matinee.web.v1.callers import needs
from matinee.web.v1.conditions import require_unchanged
from matinee.web.v1.idempotency import idempotent
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.staff.screening_plan import (
    NewScreening,
    ReplannedScreening,
    ScreeningPlanShape,
    present_plan,
)
from matinee.web.v1.tags import STAFF

OF_A_PLAN = (
    FilmNotFound, HallNotFound, HallTaken, InvalidScreening, PriceListNotFound, PriceListNotValidThen, NoPriceListThen,
    AmbiguousPriceList,
)  # fmt: skip


class NewScreenings(MethodView):
    """Entering screenings."""

    @operation(
        "create_screening",
        tag=STAFF,
        access=needs("programme:write"),
        answers={201: Returns(ScreeningPlanShape, "The screening as it is planned")},
        refusals=OF_A_PLAN,
        keyed=True,
    )
    def post(self, body: NewScreening, caller: Caller, now: datetime) -> Answer:
        """Put a screening on the programme

        It is on sale at once. Location is where the public reads it; the plan is at `/plan` below that.
        """

        def make(session: Session) -> Answer:
            hall = find_hall(session, hall_id=body.hall)
            film = find_film(session, film_id=body.film)
            values = body.model_dump(exclude={"hall", "film", "access_features"})
            screening = schedule_screening(
                session,
                cinema=hall.cinema,
                hall=hall,
                film=film,
                access_features=" ".join(body.access_features),
                now=now,
                **values,
            )
            return created(present_plan(session, screening), location=f"{PREFIX}/screenings/{screening.id}")

        return idempotent(make, caller=caller, now=now)


class PlannedScreening(MethodView):
    """Taking a screening off the programme."""

    @operation(
        "delete_screening",
        tag=STAFF,
        access=needs("programme:write"),
        answers={204: Returns(None, "It is gone")},
        refusals=(ScreeningNotFound, ScreeningInUse),
    )
    def delete(self, screening_id: int, now: datetime) -> Answer:
        """Delete a screening that was never sold

        As if it had never been on the programme. One that somebody has, or had, an order for can be cancelled.
        """
        write_audited(lambda session: delete_unsold(session, screening_id=screening_id, now=now))
        return NO_CONTENT


class ScreeningPlan(MethodView):
    """A screening as it is planned."""

    @operation(
        "get_screening_plan",
        tag=STAFF,
        access=needs("programme:write"),
        answers={200: Returns(ScreeningPlanShape, "The plan")},
        refusals=(ScreeningNotFound,),
    )
    def get(self, screening_id: int) -> Answer:
        """Read how a screening is planned

        Other than what the public reads of it, its ETag stays the same while seats are sold.
        """
        return services().transactions.read(
            lambda session: Answer(
                present_plan(session, find_screening(session, screening_id=screening_id, drafts_too=True))
            )
        )

    @operation(
        "change_screening",
        tag=STAFF,
        access=needs("programme:write"),
        answers={200: Returns(ScreeningPlanShape, "The plan")},
        refusals=(ScreeningNotFound, ScreeningInUse, CancelledScreening, *OF_A_PLAN),
        if_match=True,
    )
    def patch(self, screening_id: int, body: ReplannedScreening, now: datetime) -> Answer:
        """Change how a screening is planned

        Hall, day and time change only while nobody has a seat of it (`screening_in_use`): what is sold can be moved to
        another hall, or cancelled. All else changes also then; what is held or sold keeps its price.
        """

        def change(session: Session) -> Answer:
            place = body.place(session)
            screening = screening_to_change(session, screening_id=screening_id, place=place)
            require_unchanged(present_plan(session, screening))
            change_planned_screening(
                session, screening=screening, place=place, what=body.what(session), now=now
            )
            return Answer(
                present_plan(session, find_screening(session, screening_id=screening_id, drafts_too=True))
            )

        return write_audited(change)


v1.add_url_rule("/screenings", view_func=NewScreenings.as_view("new_screenings"))
v1.add_url_rule("/screenings/<id:screening_id>", view_func=PlannedScreening.as_view("planned_screening"))
v1.add_url_rule("/screenings/<id:screening_id>/plan", view_func=ScreeningPlan.as_view("screening_plan"))
