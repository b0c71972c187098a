"""What scanners are told, as the document shows it. It is written in web/shared/door_answers.py, as for our own page."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from matinee.door.lists import TicketState
from matinee.door.models import Result
from matinee.web.v1.shapes import Moment, Shape

SCREENING_EXAMPLE = {
    "id": 517,
    "film": "Nosferatu",
    "hall": "Hall 1",
    "starts_at": "2030-05-18T19:00:00+03:00",
}
AT_DOOR_EXAMPLE = {
    "id": 517,
    "film": "Nosferatu",
    "hall": "Hall 1",
    "cinema": "Odeon",
    "starts_at": "2030-05-18T19:00:00+03:00",
    "ends_at": "2030-05-18T20:34:00+03:00",
    "timezone": "Europe/Kyiv",
    "cancelled": False,
    "tickets": 78,
    "inside": 12,
}
TICKET_EXAMPLE = [
    "m5yrM2SuYTXHv9OOrAOtXw", "rJ1vDJ6Wn0BfF4M1N2ZQxA", "C7", "Adult", "valid", "2030-05-18T18:47:12+03:00", "North",
]  # fmt: skip
LIST_EXAMPLE = {
    "keys": {"7KQ2MX": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
    "screenings": [
        {
            **SCREENING_EXAMPLE,
            "ends_at": "2030-05-18T20:34:00+03:00",
            "timezone": "Europe/Kyiv",
            "cancelled": False,
            "tickets": [TICKET_EXAMPLE],
        }
    ],
}
COUNTS_EXAMPLE = {"517": {"tickets": 78, "inside": 12}}
ANSWER_EXAMPLE = {
    "sequence": 42,
    "result": "welcome",
    "ticket_id": "K3V9X2M7Q4T8R1WZ",
    "order": "7KQ2MX9RT4",
    "seat": "C7",
    "ticket_type": "Adult",
    "screening": SCREENING_EXAMPLE,
    "order_in": 1,
    "order_tickets": 3,
    "first_at": None,
    "first_door": "",
    "became": "",
    "warning": None,
}

# Hash of the ticket, hash of its order, seat, ticket type, state, when it came in, and at which door.
ListedTicketRow = tuple[str, str, str, str, TicketState, Moment | None, str]


class ScreeningNamed(Shape):
    """A screening, as one knows it at the door."""

    id: int
    film: str
    hall: str
    starts_at: Moment


class ScreeningAtDoor(ScreeningNamed):
    """A screening that one can stand at the door of, with how many are in."""

    cinema: str
    ends_at: Moment
    timezone: str
    cancelled: bool
    tickets: int = Field(description="Valid tickets.")
    inside: int = Field(description="Those of them that came in.")


class ScreeningsAtDoorsShape(Shape, example={"now": "2030-05-18T15:45:00Z", "screenings": [AT_DOOR_EXAMPLE]}):
    """The screenings at whose doors one can stand now."""

    now: Moment
    screenings: list[ScreeningAtDoor]


class ListedScreening(ScreeningNamed):
    """A screening with every ticket that was ever issued for it."""

    ends_at: Moment
    timezone: str
    cancelled: bool
    tickets: list[ListedTicketRow] = Field(
        description="Of each ticket: its hash, the hash of its order's code, seat, ticket type, state, when it came in or "
        "null, and at which door."
    )


class DoorListShape(Shape, example=LIST_EXAMPLE):
    """What a scanner takes along, so that it can decide by itself."""

    keys: dict[str, str] = Field(description="Id of a key -> the key, as in `/ticket-keys`.")
    screenings: list[ListedScreening]


class DoorCountShape(Shape, example=COUNTS_EXAMPLE["517"]):
    """How many valid tickets, and how many of them came in."""

    tickets: int
    inside: int


class DoorCountsShape(Shape, example={"counts": COUNTS_EXAMPLE}):
    """Of each screening that was asked for."""

    counts: dict[str, DoorCountShape] = Field(description="By the screening's id.")


class ScanAnswerShape(Shape, example=ANSWER_EXAMPLE):
    """What became of a scan. All but the result is empty where no ticket was found."""

    sequence: int
    result: Result
    ticket_id: str
    order: str
    seat: str
    ticket_type: str
    screening: ScreeningNamed | None
    order_in: int = Field(description="How many of the order's valid tickets came in.")
    order_tickets: int = Field(description="How many valid tickets the order has.")
    first_at: Moment | None = Field(description="With `already_in` and `conflict`: when somebody came in.")
    first_door: str
    became: str = Field(description="What became of a ticket that lets nobody in.")
    warning: Literal["early", "over"] | None = Field(
        description="What is odd about a `welcome`: it begins in more than three hours, or has ended."
    )


class ScanAnswersShape(
    Shape,
    example={"now": "2030-05-18T15:47:12Z", "answers": [ANSWER_EXAMPLE], "counts": COUNTS_EXAMPLE},
):
    """What became of scans, and how many are in by now."""

    now: Moment
    answers: list[ScanAnswerShape]
    counts: dict[str, DoorCountShape] = Field(description="Of the scanner's screenings, by their ids.")
