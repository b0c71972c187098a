"""GET /screenings, GET /screenings/{screening_id}"""

from __future__ import annotations

from datetime import datetime

from flask.views import MethodView
from pydantic import Field
from sqlalchemy.orm import Session

from matinee.programme.catalogue import ScreeningFilter, find_screening, screenings_in_order
from matinee.programme.errors import CinemaNotFound, ScreeningNotFound
from matinee.programme.models import Screening
from matinee.programme.queries import cinema_by_slug
from matinee.web.v1.answers import Answer
from matinee.web.v1.blueprint import v1
from matinee.web.v1.callers import PUBLIC
from matinee.web.v1.kept import kept
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.paging import Page, PageQuery, after, example_of_page, page_of
from matinee.web.v1.screening_shapes import EXAMPLE, ScreeningShape, present_screenings
from matinee.web.v1.tags import PROGRAMME
from matinee.web.v1.values import Day, Id, Text


class ScreeningPage(Page[ScreeningShape], example=example_of_page(EXAMPLE)):
    """Screenings by their start."""


class ScreeningQuery(PageQuery):
    """Which screenings. Days are those on the cinema's wall. Without a day: what has not ended yet."""

    cinema: Text | None = Field(None, description="The slug of a cinema; else those of all.")
    day: Day | None = None
    first_day: Day | None = Field(None, alias="from", description="The first day, included.")
    last_day: Day | None = Field(None, alias="until", description="The last day, included.")
    film: Id | None = Field(None, description="The id of a film.")
    hall: Id | None = Field(None, description="The id of a hall.")
    format: Text | None = Field(None, description="`IMAX`, `3D`, ...: as it is written there.")

    def wanted(self, cinema_id: int | None) -> ScreeningFilter:
        """As the programme takes it."""
        return ScreeningFilter(
            cinema_id=cinema_id,
            first_day=self.day or self.first_day,
            last_day=self.day or self.last_day,
            film_id=self.film,
            hall_id=self.hall,
            format=self.format,
        )


class Screenings(MethodView):
    """What is on."""

    @operation(
        "list_screenings",
        tag=PROGRAMME,
        access=PUBLIC,
        answers={200: Returns(ScreeningPage, "A page of screenings", headers={"Link": "The next page."})},
        refusals=(CinemaNotFound,),
    )
    def get(self, query: ScreeningQuery, now: datetime) -> Answer:
        """List screenings by their start

        Cancelled ones are among them, and say so.
        """
        behind = after(query.cursor, Screening.starts_at, Screening.id)

        def read(session: Session) -> Answer:
            cinema_id = cinema_by_slug(session, query.cinema).id if query.cinema is not None else None
            found = screenings_in_order(
                session, wanted=query.wanted(cinema_id), behind=behind, limit=query.limit + 1, now=now
            )
            shapes = {shape.id: shape for shape in present_screenings(session, found, now=now)}
            return page_of(
                ScreeningPage,
                found,
                query,
                key=lambda screening: (screening.starts_at, screening.id),
                present=lambda screening: shapes[screening.id],
            )

        return kept(read, key=("screenings", query))


class OneScreening(MethodView):
    """One screening."""

    @operation(
        "get_screening",
        tag=PROGRAMME,
        access=PUBLIC,
        answers={200: Returns(ScreeningShape, "The screening")},
        refusals=(ScreeningNotFound,),
    )
    def get(self, screening_id: int, now: datetime) -> Answer:
        """Read a screening"""

        def read(session: Session) -> Answer:
            (shape,) = present_screenings(
                session, [find_screening(session, screening_id=screening_id)], now=now
            )
            return Answer(shape)

        return kept(read, key=("screening", screening_id))


v1.add_url_rule("/screenings", view_func=Screenings.as_view("screenings"))
v1.add_url_rule("/screenings/<id:screening_id>", view_func=OneScreening.as_view("screening"))
