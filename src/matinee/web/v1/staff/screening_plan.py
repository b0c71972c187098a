"""A screening as those who plan it see it, and what they may say about one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field
from sqlalchemy.orm import Session

from matinee.boxoffice.planning import ChangedScreening, PlaceAndTime
from matinee.programme.catalogue import find_film, find_hall
from matinee.programme.models import ACCESS_FEATURES, PriceList, Screening
from matinee.web.v1.layouts import HallShape
from matinee.web.v1.screening_shapes import AccessFeature, present_access_features
from matinee.web.v1.shapes import Moment, Shape, in_zone
from matinee.web.v1.values import Day, Id, Text, Values, When

EXAMPLE = {
    "id": 517,
    "cinema": "odeon",
    "hall": {"id": 3, "name": "Hall 1"},
    "film": {"id": 12, "title": "Nosferatu"},
    "day": "2030-05-18",
    "time": "19:00",
    "starts_at": "2030-05-18T19:00:00+03:00",
    "ends_at": "2030-05-18T20:34:00+03:00",
    "price_list": "weekend",
    "price_list_by_time": True,
    "format": "35 mm",
    "language": "de",
    "subtitles": "uk",
    "access_features": ["captions"],
    "sales_end_at": None,
    "cancelled_at": None,
}
WALL_TIME = "By the clock on the cinema's wall, `19:30`."
PRICE_LIST = "The name of a price list of the cinema; `auto`: the one that is valid at that time; null: free."
Word = Annotated[str, Field(max_length=40)]
Time = Annotated[str, Field(min_length=4, max_length=5, description=WALL_TIME)]


class PlannedFilmShape(Shape):
    """What is shown."""

    id: int
    title: str


class ScreeningPlanShape(Shape, example=EXAMPLE):
    """A screening as it is planned. Who has seats of it does not change it."""

    id: int
    cinema: str = Field(description="The slug of its cinema.")
    hall: HallShape
    film: PlannedFilmShape
    day: date = Field(description="On the cinema's wall.")
    time: str = Field(description=WALL_TIME)
    starts_at: Moment
    ends_at: Moment = Field(description="Of the film.")
    price_list: str | None = Field(description="Its name; null: free of charge.")
    price_list_by_time: bool = Field(
        description="Whether the list was chosen by the time, and is chosen anew when price lists change."
    )
    format: str
    language: str
    subtitles: str
    access_features: list[AccessFeature]
    sales_end_at: Moment | None = Field(description="When its sale ends before it starts.")
    cancelled_at: Moment | None


class NewScreening(
    Values,
    example={
        "hall": 3,
        "film": 12,
        "day": "2030-05-18",
        "time": "19:00",
        "price_list": "auto",
        "language": "de",
    },
):
    """What is shown, where and when."""

    hall: Id = Field(description="The id of a hall; it says which cinema.")
    film: Id = Field(description="The id of a film.")
    day: Day = Field(description="On the cinema's wall.")
    time: Time
    price_list: Text | None = Field(description=PRICE_LIST)
    format: Word = Field("", description="`IMAX`, `3D`, ...")
    language: Word = Field("", description="Spoken language (BCP 47).")
    subtitles: Word = Field("", description="Language of the subtitles (BCP 47).")
    access_features: list[AccessFeature] = Field(default_factory=list, max_length=len(ACCESS_FEATURES))
    sales_end_at: When | None = Field(None, description="When its sale is to end before it starts.")


class ReplannedScreening(Values, example={"time": "19:30", "sales_end_at": None}):
    """What is to be different; what is left out stays as it is."""

    hall: Id | None = Field(None, description="Null: as it is.")
    film: Id | None = Field(None, description="Null: as it is.")
    day: Day | None = Field(None, description="Null: as it is.")
    time: Time | None = Field(None, description=f"{WALL_TIME} Null: as it is.")
    price_list: Text | None = Field(None, description=PRICE_LIST)
    format: Word | None = Field(None, description="Null: as it is.")
    language: Word | None = Field(None, description="Null: as it is.")
    subtitles: Word | None = Field(None, description="Null: as it is.")
    access_features: list[AccessFeature] | None = Field(
        None, max_length=len(ACCESS_FEATURES), description="Null: as they are."
    )
    sales_end_at: When | None = Field(None, description="Null: it is sold until it starts.")

    def place(self, session: Session) -> PlaceAndTime:
        """Where and when, as the box office takes it. Raises HallNotFound."""
        found: PlaceAndTime = {}
        if self.hall is not None:
            found["hall"] = find_hall(session, hall_id=self.hall)
        if self.day is not None:
            found["day"] = self.day
        if self.time is not None:
            found["time"] = self.time
        return found

    def what(self, session: Session) -> ChangedScreening:
        """What else is to be different, as the box office takes it. Raises FilmNotFound."""
        found: ChangedScreening = {}
        if self.film is not None:
            found["film"] = find_film(session, film_id=self.film)
        # Of these two, null is a value.
        if "price_list" in self.model_fields_set:
            found["price_list"] = self.price_list
        if "sales_end_at" in self.model_fields_set:
            found["sales_end_at"] = self.sales_end_at
        if self.format is not None:
            found["format"] = self.format
        if self.language is not None:
            found["language"] = self.language
        if self.subtitles is not None:
            found["subtitles"] = self.subtitles
        if self.access_features is not None:
            found["access_features"] = " ".join(self.access_features)
        return found


def present_plan(session: Session, screening: Screening) -> ScreeningPlanShape:
    """The plan of a screening that was read with its film, hall and cinema."""
    cinema = screening.hall.cinema
    price_list = (
        None if screening.price_list_id is None else session.get_one(PriceList, screening.price_list_id)
    )

    def on_wall(moment: datetime | None) -> datetime | None:
        return None if moment is None else in_zone(moment, cinema.timezone)

    return ScreeningPlanShape(
        id=screening.id,
        cinema=cinema.slug,
        hall=HallShape(id=screening.hall.id, name=screening.hall.name),
        film=PlannedFilmShape(id=screening.film.id, title=screening.film.title),
        day=screening.day,
        time=screening.time,
        starts_at=in_zone(screening.starts_at, cinema.timezone),
        ends_at=in_zone(screening.ends_at, cinema.timezone),
        price_list=None if price_list is None else price_list.name,
        price_list_by_time=screening.price_list_by_time,
        format=screening.format,
        language=screening.language,
        subtitles=screening.subtitles,
        access_features=present_access_features(screening),
        sales_end_at=on_wall(screening.sales_end_at),
        cancelled_at=on_wall(screening.cancelled_at),
    )
