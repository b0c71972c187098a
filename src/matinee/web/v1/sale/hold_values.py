"""What a request for seats says."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from matinee.boxoffice.holds import BestWish
from matinee.boxoffice.offers import SeatChoice
from matinee.web.v1.values import Id, Text, Values

# Of the schema alone: how many seats one order may have is a setting.
SEATS_MAX = 500
Label = Annotated[Text, Field(max_length=12)]
TypeCode = Annotated[Text, Field(max_length=40)]


class WantedSeat(Values, example={"label": "C7", "ticket_type": "adult"}):
    """A seat that is asked for, and who it is for; without a ticket type, the cinema's first."""

    label: Label
    ticket_type: TypeCode | None = None


WantedSeats = Annotated[list[WantedSeat], Field(max_length=SEATS_MAX)]


class WantedParty(Values, example={"ticket_types": ["adult", "child"]}):
    """People whom the box office shall find the best seats for: their ticket types, or how many they are."""

    ticket_types: Annotated[list[TypeCode], Field(max_length=SEATS_MAX)] | None = None
    count: Annotated[int, Field(ge=1, le=SEATS_MAX)] | None = None
    zone: Annotated[Text, Field(max_length=40)] | None = None
    split: bool = Field(
        default=False, description="Whether they may sit apart where there is no room together."
    )

    @model_validator(mode="after")
    def _says_how_many(self) -> Self:
        if (self.ticket_types is None) == (self.count is None):
            raise ValueError("wants either ticket_types or count")
        return self

    def wish(self) -> BestWish:
        """What the box office looks for."""
        types = self.ticket_types if self.ticket_types is not None else [None] * (self.count or 0)
        return BestWish(ticket_types=types, zone=self.zone, split=self.split)


class NewHold(Values, example={"screening": 17, "seats": [{"label": "C7"}, {"label": "C8"}]}):
    """Seats that are named, or a party that the box office shall seat."""

    screening: Id
    seats: WantedSeats | None = None
    best_available: WantedParty | None = None
    channel: Literal["counter"] | None = Field(
        default=None, description="For staff: a sale at the counter, by the rules of the counter."
    )

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if (self.seats is None) == (self.best_available is None):
            raise ValueError("wants either seats or best_available")
        return self


class ChangedHold(Values, example={"seats": [{"label": "C7", "ticket_type": "child"}, {"label": "C9"}]}):
    """All the seats that the hold is for from now on."""

    seats: WantedSeats


def choices_of(seats: list[WantedSeat]) -> list[SeatChoice]:
    """What is chosen, as the box office takes it."""
    return [SeatChoice(seat.label, seat.ticket_type) for seat in seats]
