"""What a scanner tells and asks for, as every surface reads it: the types of the fields, and their limits."""

from __future__ import annotations

import base64
import re
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

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


def _known_numbers(text: str) -> str:
    if max(ids_in(text)) > SCREENING_ID_MAX:
        raise ValueError("names a screening that there cannot be")
    return text


def ids_in(text: str) -> list[int]:
    """The ids of the screenings that a query names, each once: 517,518."""
    return list(dict.fromkeys(map(int, text.split(","))))


def salt_bytes(text: str) -> bytes:
    """The salt that a scanner made, out of its base64url as `Salt` lets it through."""
    return base64.urlsafe_b64decode(text + "==")


ScreeningId = Annotated[int, Field(ge=1, le=SCREENING_ID_MAX)]
ScreeningIds = Annotated[list[ScreeningId], Field(max_length=SCREENINGS_MAX)]
ScreeningsInQuery = Annotated[
    str,
    Field(
        pattern=rf"^[1-9][0-9]{{0,9}}(,[1-9][0-9]{{0,9}}){{0,{SCREENINGS_MAX - 1}}}$",
        description=f"Ids of screenings with commas between them, such as 517,518; {SCREENINGS_MAX} at most.",
    ),
    AfterValidator(_known_numbers),
]
Salt = Annotated[
    str,
    Field(
        # The last of the characters carries two bits of the sixteen bytes.
        pattern=r"^[A-Za-z0-9_-]{21}[AQgw]$",
        description=f"{SALT_BYTES} bytes that the scanner made at random, base64url without padding.",
    ),
]
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
