"""GET /halls/{hall_id}/layout: where the seats of a hall stand. It hardly changes, and is kept by whoever asks."""

from __future__ import annotations

from flask.views import MethodView
from pydantic import Field
from sqlalchemy.orm import Session

from matinee.boxoffice.seating.focus import focal_point
from matinee.programme.catalogue import find_hall
from matinee.programme.errors import HallNotFound
from matinee.programme.layout_versions import layout_version
from matinee.programme.models import Hall
from matinee.programme.queries import SeatOfHall, seats_by_hall
from matinee.web.shared.prepared import Prepared
from matinee.web.shared.services import services
from matinee.web.v1.answers import Answer, serialised
from matinee.web.v1.blueprint import PREFIX, v1
from matinee.web.v1.callers import PUBLIC
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.shapes import Shape
from matinee.web.v1.tags import SEATS
from matinee.web.v1.values import Query

ONE_YEAR_SECONDS = 365 * 24 * 3600
EXAMPLE = {
    "hall": {"id": 3, "name": "Hall 1"},
    "version": "9f86d081884c7d65",
    "columns": 10,
    "lines": 8,
    "focal_point": {"x": 4.5, "y": 4.67},
    "curve": 0,
    "seats": [
        {"label": "A1", "row": "A", "place": "1", "x": 0, "y": 0, "kind": "wheelchair", "zone": "standard"},
        {"label": "A2", "row": "A", "place": "2", "x": 1, "y": 0, "kind": "standard", "zone": "standard"},
    ],
}


class HallShape(Shape):
    """A hall of a cinema."""

    id: int
    name: str


class PointShape(Shape):
    """A place in the plan; it may lie between seats."""

    x: float
    y: float


class SeatShape(Shape):
    """A seat: what is printed on it, where it stands, what it is."""

    label: str = Field(description="By which other calls name it.")
    row: str
    place: str
    x: int = Field(description="Column in the plan, from the left, counted from 0.")
    y: int = Field(description="Line in the plan, from the screen, counted from 0.")
    kind: str = Field(description="`standard`, `premium`, `sofa`, `wheelchair` or `companion`.")
    zone: str = Field(description="By which prices differ.")


class LayoutShape(Shape, example=EXAMPLE):
    """Where the seats of a hall stand."""

    hall: HallShape
    version: str = Field(description="Differs when anything here differs.")
    columns: int
    lines: int
    focal_point: PointShape = Field(description="Where one sits best.")
    curve: int = Field(
        description="How far rows bend round the screen where they are drawn, 0 (straight) to 100."
    )
    seats: list[SeatShape] = Field(description="In natural order of their labels.")


class LayoutQuery(Query):
    """Which version."""

    v: str | None = Field(
        None, max_length=40, description="The version; then the answer may be kept for a year."
    )


def layout_url(hall_id: int, version: str) -> str:
    """Where the layout is, with its version: the answer at this address never changes."""
    return f"{PREFIX}/halls/{hall_id}/layout?v={version}"


def _present_layout(hall: Hall, seats: list[SeatOfHall], version: str) -> LayoutShape:
    focus = focal_point(seats)
    return LayoutShape(
        hall=HallShape(id=hall.id, name=hall.name),
        version=version,
        columns=max((seat.x for seat in seats), default=-1) + 1,
        lines=max((seat.y for seat in seats), default=-1) + 1,
        focal_point=PointShape(
            x=round(focus.x, 2) if hall.focal_x is None else hall.focal_x,
            y=round(focus.y, 2) if hall.focal_y is None else hall.focal_y,
        ),
        curve=hall.curve,
        seats=[
            SeatShape(
                label=seat.label,
                row=seat.row,
                place=seat.place,
                x=seat.x,
                y=seat.y,
                kind=seat.kind,
                zone=seat.zone,
            )
            for seat in seats
        ],
    )


class Layout(MethodView):
    """The layout of a hall."""

    @operation(
        "get_layout",
        tag=SEATS,
        access=PUBLIC,
        answers={200: Returns(LayoutShape, "The layout")},
        refusals=(HallNotFound,),
    )
    def get(self, hall_id: int, query: LayoutQuery) -> Answer:
        """Read where the seats of a hall stand

        Screenings name the address with the version in it. What is answered there never changes, and may be kept for a
        year; with an old version, or without one, the newest layout is answered, to be asked for again.
        """
        service = services()
        version, body = service.kept_answers.get(
            ("layout", hall_id), lambda: service.reader.read(lambda session: _made(session, hall_id))
        )
        if query.v != version:
            return Answer(body)
        return Answer(body, headers={"Cache-Control": f"public, max-age={ONE_YEAR_SECONDS}, immutable"})


def _made(session: Session, hall_id: int) -> tuple[str, Prepared]:
    hall = find_hall(session, hall_id=hall_id)
    seats = seats_by_hall(session, [hall_id])[hall_id]
    version = layout_version(hall, seats)
    return version, Prepared(serialised(_present_layout(hall, seats, version)))


v1.add_url_rule("/halls/<id:hall_id>/layout", view_func=Layout.as_view("layout"))
