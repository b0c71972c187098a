"""What requests are made of: the bases of their models and the types of their fields."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from matinee.accounts.errors import NotAnAddress
from matinee.accounts.users import normal_username
from matinee.web.v1.blueprint import ID_MAX
from matinee.web.v1.shapes import Exampled

TEXT_CHARACTERS_MAX = 300
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Values(Exampled):
    """The body of a request. What it does not know is refused: a misspelt name must not be passed over in silence."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    @model_validator(mode="after")
    def _can_be_stored(self) -> Self:
        _refuse_unwritable(self)
        return self


class Query(BaseModel):
    """The query string of a request. What it does not know is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @model_validator(mode="after")
    def _can_be_stored(self) -> Self:
        _refuse_unwritable(self)
        return self


def _refuse_unwritable(model: BaseModel) -> None:
    # PostgreSQL keeps no NUL, and half a character cannot be encoded. Looked at afterwards: a validator before would
    # make plain values of the JSON, in which a text is no moment any more.
    for name, value in model:
        for text in value if isinstance(value, list | tuple) else [value]:
            if isinstance(text, str) and _UNWRITABLE.search(text):
                raise ValueError(f"{name} has a character that cannot be stored")


def _address(text: str) -> str:
    try:
        return normal_username(text)
    except NotAnAddress as error:
        raise ValueError(error.detail) from None


def _normal_text(text: str) -> str:
    normal = unicodedata.normalize("NFC", text).strip()
    if not normal:
        raise ValueError("holds nothing but blanks")
    return normal


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("is beyond all time") from None


def _plain_day(value: object) -> object:
    # Else a number would be taken for seconds since 1970, also one in quotes.
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("is not a day such as 2030-05-18")
    return value


Text = Annotated[str, Field(min_length=1, max_length=TEXT_CHARACTERS_MAX), AfterValidator(_normal_text)]
Address = Annotated[
    str, Field(min_length=3, max_length=254, json_schema_extra={"format": "email"}), AfterValidator(_address)
]
Password = Annotated[str, Field(min_length=1, max_length=1024, json_schema_extra={"format": "password"})]
Code = Annotated[str, Field(min_length=1, max_length=100)]
# Not strict: behind a validator of ours, the text of a JSON body is no date of JSON any more.
Day = Annotated[date, Field(strict=False), BeforeValidator(_plain_day)]
# With an offset, as ISO 8601 writes it; here in UTC.
When = Annotated[AwareDatetime, AfterValidator(_in_utc)]
Id = Annotated[int, Field(ge=1, le=ID_MAX)]
