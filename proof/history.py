"""What buyers asked and were answered: one JSON object a line, written by the buyers and read by the checker."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

# A connection that broke, or stayed silent: nobody knows.
NO_ANSWER = 0
IN_PROGRESS = "request_in_progress"


@dataclass(frozen=True, slots=True)
class Try:
    """One request. Moments are seconds of the system's monotonic clock, which all processes share."""

    begin: float
    end: float
    status: int
    code: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that a buyer wanted, with as many requests as it took.

    `kind`: "hold", "buy", "pay", "release" or "refund". `result`: "done", "refused", or "unknown" where no request was ever
    answered. `owner`: the code of the order; "name/labels" where the buyer was never told one, or bought at once.
    """

    buyer: str
    kind: str
    owner: str
    screening: int
    seats: tuple[str, ...]
    result: str
    tries: tuple[Try, ...]
    # Of a refusal: the seats that were named as not free.
    not_free: tuple[str, ...] = ()
    # Of a hold: when it ends, by the monotonic clock.
    expires: float | None = None
    # Ids of the tickets that were acknowledged, by the label of the seat.
    tickets: dict[str, str] = field(default_factory=dict)

    @property
    def begin(self) -> float:
        """When it was asked for first."""
        return self.tries[0].begin

    @property
    def end(self) -> float:
        """When the answer was there; of what was never answered, nobody knows when it takes place."""
        return self.tries[-1].end if self.result != "unknown" else float("inf")

    @property
    def in_doubt(self) -> bool:
        """Whether the buyer was left without an answer, be it for a moment."""
        return any(is_no_answer(tried.status, tried.code) for tried in self.tries)

    def line(self) -> str:
        """As it stands in the file."""
        return json.dumps(asdict(self), separators=(",", ":"))


def is_no_answer(status: int, code: str = "") -> bool:
    """Whether an answer leaves open what happened."""
    return status == NO_ANSWER or status >= 500 or code == IN_PROGRESS


def unknown_owner(buyer: str, seats: Iterable[str]) -> str:
    """The owner where no code was told."""
    return f"{buyer}/{','.join(sorted(seats))}"


def read_history(path: Path) -> list[Record]:
    """Every record of the file. The last line may be torn where its writer was killed."""
    whole, _, _ = path.read_text().rpartition("\n")
    return [_record(json.loads(line)) for line in whole.splitlines()]


def _record(values: dict[str, Any]) -> Record:
    return Record(
        **{
            **values,
            "seats": tuple(values["seats"]),
            "not_free": tuple(values["not_free"]),
            "tries": tuple(Try(**each) for each in values["tries"]),
        }
    )
