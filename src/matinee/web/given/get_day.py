"""GET /getDay"""

from __future__ import annotations

from flask import Response
from flask.views import MethodView
from pydantic import BaseModel

from matinee.boxoffice.errors import NothingOnThatDay
from matinee.kernel import clock
from matinee.web.given.at_hand import day_key
from matinee.web.given.blueprint import given
from matinee.web.given.documented import ok, takes
from matinee.web.given.schedule import day_answer
from matinee.web.given.values import Text, read_day, read_query
from matinee.web.shared.services import services

EXAMPLE_FILM = {
    "title": "Nosferatu",
    "duration": 94,
    "trailer": "https://example.org/nosferatu",
    "beginTime": "18:00",
    "aviableTikets": [1, 2, 3],
    "screening": 7,
    "hall": "Hall 1",
    "price": 950,
    "currency": "EUR",
    "poster": "",
    "rating": "12",
}
FILM_SCHEMA = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "duration": {"type": "integer", "description": "minutes"},
        "trailer": {"type": "string"},
        "beginTime": {"type": "string"},
        "aviableTikets": {"type": "array", "items": {"type": ["integer", "string"]}},
        "screening": {"type": "integer"},
        "hall": {"type": "string"},
        "price": {"type": "integer", "description": "from, in minor units of the currency; 0 is free"},
        "currency": {"type": "string"},
        "poster": {"type": "string"},
        "rating": {"type": "string"},
    },
    "required": list(EXAMPLE_FILM),
}


class DayValues(BaseModel):
    """A date, `YYYY-MM-DD` or `YYYY.MM.DD`, and the cinema, if not the default one."""

    date: Text
    cinema: Text | None = None


class GetDay(MethodView):
    """What is shown on one day."""

    @takes(
        DayValues,
        answers={
            200: ok(
                {"message": "success", "day": [EXAMPLE_FILM]},
                {
                    "type": "object",
                    "properties": {
                        "message": {"type": "string"},
                        "day": {"type": "array", "items": FILM_SCHEMA},
                    },
                    "required": ["message", "day"],
                },
            ),
            400: "`Bad request`",
            404: "`Date not found`: no such date, or nothing shown on it; `Cinema not found`",
        },
    )
    def get(self) -> Response:
        """The films of one day, with the seats that are free now"""
        values = read_query(DayValues)
        day = read_day(values.date)
        if day is None:
            raise NothingOnThatDay
        service = services()
        answer = service.kept_answers.get(
            day_key(values.cinema, day),
            lambda: day_answer(service, cinema=values.cinema, day=day, now=clock.now()),
        )
        if answer is None:
            raise NothingOnThatDay
        return Response(answer, content_type="application/json")


given.add_url_rule("/getDay", view_func=GetDay.as_view("get_day"))
