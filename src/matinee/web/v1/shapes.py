"""What answers are made of: the base of their models, money, times, pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

Example = Mapping[str, Any]


class Exampled(BaseModel):
    """A model that the document shows an example of: `class FilmShape(Shape, example={...})`."""

    example: ClassVar[Example] = {}

    def __init_subclass__(cls, *, example: Example | None = None, **more: Any) -> None:
        super().__init_subclass__(**more)
        # Not inherited: what has other fields has another example.
        cls.example = example or {}


class Shape(Exampled):
    """Something that the API tells. One that is an answer by itself has an example."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Money(Shape):
    """An amount in minor units (cents) of an ISO 4217 currency."""

    amount: int = Field(examples=[1250])
    currency: str = Field(examples=["EUR"], pattern="^[A-Z]{3}$")


Moment = Annotated[datetime, Field(description="ISO 8601, with the offset of the cinema's zone.")]


def in_zone(moment: datetime, timezone: str) -> datetime:
    """The moment by the clock on the cinema's wall."""
    return moment.astimezone(ZoneInfo(timezone))
