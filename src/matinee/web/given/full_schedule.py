"""GET /fullSchedule"""

from __future__ import annotations

from flask import Response
from flask.views import MethodView
from pydantic import BaseModel

from matinee.kernel import clock
from matinee.web.given.at_hand import schedule_key
from matinee.web.given.blueprint import given
from matinee.web.given.documented import ok, takes
from matinee.web.given.get_day import EXAMPLE_FILM, FILM_SCHEMA
from matinee.web.given.schedule import schedule_answer
from matinee.web.given.values import Text, read_query
from matinee.web.shared.services import services


class ScheduleValues(BaseModel):
    """The cinema, if not the default one."""

    cinema: Text | None = None


class FullSchedule(MethodView):
    """What is shown from today on."""

    @takes(
        ScheduleValues,
        answers={
            200: ok(
                {"message": "success", "schedule": {"2027-01-15": [EXAMPLE_FILM]}},
                {
                    "type": "object",
                    "properties": {
                        "message": {"type": "string"},
                        "schedule": {
                            "type": "object",
                            "additionalProperties": {"type": "array", "items": FILM_SCHEMA},
                        },
                    },
                    "required": ["message", "schedule"],
                },
            ),
            400: "`Bad request`",
            404: "`Cinema not found`",
        },
    )
    def get(self) -> Response:
        """The films of every day from today on"""
        values = read_query(ScheduleValues)
        service = services()
        answer = service.kept_answers.get(
            schedule_key(values.cinema),
            lambda: schedule_answer(service, cinema=values.cinema, now=clock.now()),
        )
        return Response(answer, content_type="application/json")


given.add_url_rule("/fullSchedule", view_func=FullSchedule.as_view("full_schedule"))
