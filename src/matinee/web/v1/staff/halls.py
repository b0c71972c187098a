"""GET and POST /cinemas/{slug}/halls, GET and PUT /halls/{hall_id}/plan"""

from __future__ import annotations

from datetime import datetime

from flask.views import MethodView
from pydantic import Field
from sqlalchemy.orm import Session

from matinee.accounts.callers import Caller
from matinee.boxoffice.errors import SeatsInUse
from matinee.boxoffice.hall_plans import change_hall_plan
from matinee.programme.catalogue import find_hall
from matinee.programme.errors import (
    CinemaNotFound,
    FaultyFile,
    HallExists,
    HallNotFound,
)
from matinee.programme.halls import create_hall, layout_of_hall
from matinee.programme.layout_export import format_layout
from matinee.programme.layouts import HallLayout, parse_layout
from matinee.programme.locks import lock_halls
from matinee.programme.models import Hall
from matinee.programme.queries import cinema_by_slug, halls_of, seats_per_hall
from matinee.web.shared.services import services
from matinee.web.v1.answers import Answer, created
from matinee.web.v1.audited import write_audited
from matinee.web.v1.blueprint import PREFIX, v1
from matinee.web.v1.callers import PUBLIC, needs
from matinee.web.v1.conditions import require_unchanged
from matinee.web.v1.idempotency import idempotent
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.shapes import Shape
from matinee.web.v1.tags import SEATS, STAFF
from matinee.web.v1.values import Values

EXAMPLE = {"id": 3, "cinema": "odeon", "name": "Hall 1", "turnaround_minutes": 15, "seats": 78}
PLAN = "hall: Hall 1\nturnaround: 15\n\nA | 1 2 . 3 4\nB | 1 2 . 3 4\n\nwheelchair: A1\nfocus: B2\n"


class HallOfCinemaShape(Shape, example=EXAMPLE):
    """A hall of a cinema."""

    id: int
    cinema: str = Field(description="The slug of its cinema.")
    name: str
    turnaround_minutes: int = Field(description="For cleaning after a screening, before the next may begin.")
    seats: int = Field(description="How many it has.")


class HallList(Shape, example={"items": [EXAMPLE]}):
    """The halls of a cinema, in natural order of their names."""

    items: list[HallOfCinemaShape]


class HallPlanShape(Shape, example={"hall": EXAMPLE, "plan": PLAN}):
    """A hall as text."""

    hall: HallOfCinemaShape
    plan: str = Field(description="What `matinee hall export` writes.")


class NewHallPlan(Values, example={"plan": PLAN}):
    """A hall as text: its name, its turnaround, its seats as they stand, and which of them are special."""

    # How long a body may be is limit enough.
    plan: str = Field(min_length=1)

    def parsed(self) -> HallLayout:
        """The layout. Raises FaultyFile."""
        return parse_layout(self.plan.encode(), file_name="plan")


class Halls(MethodView):
    """The halls of a cinema."""

    @operation(
        "list_halls",
        tag=SEATS,
        access=PUBLIC,
        answers={200: Returns(HallList, "The halls")},
        refusals=(CinemaNotFound,),
    )
    def get(self, slug: str) -> Answer:
        """List the halls of a cinema"""

        def read(session: Session) -> Answer:
            cinema = cinema_by_slug(session, slug)
            seats = seats_per_hall(session, cinema_id=cinema.id)
            halls = halls_of(session, cinema_id=cinema.id)
            return Answer(HallList(items=[_present(hall, seats.get(hall.id, 0)) for hall in halls]))

        return services().transactions.read(read)

    @operation(
        "create_hall",
        tag=STAFF,
        access=needs("programme:write"),
        answers={201: Returns(HallPlanShape, "The hall")},
        refusals=(CinemaNotFound, FaultyFile, HallExists),
        keyed=True,
    )
    def post(self, slug: str, body: NewHallPlan, caller: Caller, now: datetime) -> Answer:
        """Enter a hall as text"""
        layout = body.parsed()

        def make(session: Session) -> Answer:
            hall, _ = create_hall(session, cinema=cinema_by_slug(session, slug), layout=layout)
            return created(_present_plan(session, hall), location=f"{PREFIX}/halls/{hall.id}/plan")

        return idempotent(make, caller=caller, now=now)


class HallPlan(MethodView):
    """A hall as text."""

    @operation(
        "get_hall_plan",
        tag=STAFF,
        access=needs("programme:write"),
        answers={200: Returns(HallPlanShape, "The hall")},
        refusals=(HallNotFound,),
    )
    def get(self, hall_id: int) -> Answer:
        """Read a hall as text"""
        return services().transactions.read(
            lambda session: Answer(_present_plan(session, find_hall(session, hall_id=hall_id)))
        )

    @operation(
        "replace_hall_plan",
        tag=STAFF,
        access=needs("programme:write"),
        answers={200: Returns(HallPlanShape, "The hall")},
        refusals=(HallNotFound, FaultyFile, HallExists, SeatsInUse),
        if_match=True,
    )
    def put(self, hall_id: int, body: NewHallPlan, now: datetime) -> Answer:
        """Make a hall like a text

        Its name, turnaround, curve, seats and all. A seat is known by its label. One that somebody has at a screening that
        is not over stays what it is and where it is; others come, change and go. Seats that are kept back are so at coming
        screenings, too, where they are free. Another turnaround holds for what is planned from now on.
        """
        layout = body.parsed()

        def replace(session: Session) -> Answer:
            hall = find_hall(session, hall_id=hall_id)
            lock_halls(session, hall_ids=[hall_id])
            require_unchanged(_present_plan(session, hall))
            change_hall_plan(session, hall=hall, layout=layout, now=now)
            return Answer(_present_plan(session, hall))

        return write_audited(replace)


def _present(hall: Hall, seats: int) -> HallOfCinemaShape:
    return HallOfCinemaShape(
        id=hall.id,
        cinema=hall.cinema.slug,
        name=hall.name,
        turnaround_minutes=hall.turnaround_minutes,
        seats=seats,
    )


def _present_plan(session: Session, hall: Hall) -> HallPlanShape:
    layout = layout_of_hall(session, cinema=hall.cinema, name=hall.name)
    return HallPlanShape(hall=_present(hall, len(layout.seats)), plan=format_layout(layout))


v1.add_url_rule("/cinemas/<slug>/halls", view_func=Halls.as_view("halls"))
v1.add_url_rule("/halls/<id:hall_id>/plan", view_func=HallPlan.as_view("hall_plan"))
