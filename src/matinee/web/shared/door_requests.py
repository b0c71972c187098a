"""What a scanner tells and asks for, as every surface reads it: the types of the fields, and their limits."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from matinee.door.lists import SALT_BYTES
from matinee.door.models import DEVICE_CHARACTERS_MAX, DOOR_CHARACTERS_MAX, Deed
from matinee.door.scans import Scan, Scanner

SCREENINGS_MAX = 50
SCANS_MAX = 100
# What programs in JavaScript count without a mistake.
SEQUENCE_MAX = 2**53 - 1
SCREENING_ID_MAX = 2**31 - 1
QUERY_CHARACTERS_MAX = 100
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")


def _readable(text: str) -> str:
    # Somebody's scanner reads anything. What cannot be kept is no code of ours; no other scan must wait for that.
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _name(text: str) -> str:
    text = text.strip()
    if not text or not text.isprintable():
        raise ValueError("is no name")
    return text


def _listed_numbers(value: object) -> object:
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


def _salt(text: str) -> str:
    salt_bytes(text)
    return text


def salt_bytes(text: str) -> bytes:
    """The salt that a scanner made, out of its base64url. Raises ValueError."""
    sentence = f"is not base64url of {SALT_BYTES} bytes, without padding"
    try:
        salt = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(sentence) from None
    if len(salt) != SALT_BYTES:
        raise ValueError(sentence)
    return salt


ScreeningId = Annotated[int, Field(ge=1, le=SCREENING_ID_MAX)]
ScreeningIds = Annotated[list[ScreeningId], Field(max_length=SCREENINGS_MAX)]
# As it stands in a query: 517,518
ScreeningsInQuery = Annotated[
    list[ScreeningId], BeforeValidator(_listed_numbers), Field(min_length=1, max_length=SCREENINGS_MAX)
]
Salt = Annotated[str, Field(max_length=32), AfterValidator(_salt)]
SearchedText = Annotated[str, Field(max_length=QUERY_CHARACTERS_MAX)]
Sequence = Annotated[int, Field(ge=0, le=SEQUENCE_MAX)]


class ScanFields(BaseModel):
    """One thing that a scanner did. A code may be longer than any of ours: it is then unknown, and not refused."""

    model_config = ConfigDict(frozen=True, strict=True)

    sequence: Sequence
    deed: Deed
    at: AwareDatetime
    code: Annotated[str, AfterValidator(_readable)] = ""
    offline: bool = False
    undoes: Sequence | None = None

    def as_scan(self) -> Scan:
        """As the door deals with it."""
        return Scan(
            sequence=self.sequence,
            deed=self.deed,
            at=self.at,
            code=self.code,
            offline=self.offline,
            undoes=self.undoes,
        )


class ScannerFields(BaseModel):
    """Which scanner tells, where it stands, and what its clock says as it does."""

    model_config = ConfigDict(frozen=True, strict=True)

    device: Annotated[str, Field(max_length=DEVICE_CHARACTERS_MAX), AfterValidator(_name)]
    door: Annotated[str, Field(max_length=DOOR_CHARACTERS_MAX), AfterValidator(_name)]
    device_now: AwareDatetime
    screenings: ScreeningIds

    def as_scanner(self, *, by: str, may_let_in_unpaid: bool) -> Scanner:
        """As the door knows it. `by`: who holds it, a user's name or a key's."""
        return Scanner(
            device=self.device,
            door=self.door,
            by=by,
            screening_ids=frozenset(self.screenings),
            clock=self.device_now,
            may_let_in_unpaid=may_let_in_unpaid,
        )
