"""The figures of a distributor's return: what they are made of, and what two of them differ by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from matinee.kernel.natural import natural_key


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """Admissions of one ticket type at one price. Amounts in minor units; of an adjustment they may be below zero."""

    type_id: int | None
    type_name: str
    price: int
    admissions: int
    gross: int
    tax: int

    @property
    def net(self) -> int:
        """Without the tax."""
        return self.gross - self.tax

    @property
    def key(self) -> tuple[int | None, int]:
        """By what it is compared with lines of other figures."""
        return (self.type_id, self.price)


@dataclass(frozen=True, slots=True)
class ReturnFigures:
    """What was shown and taken of a film in a week, and what is owed for it; or what that changed by."""

    shows: int
    lines: Sequence[ReturnLine]
    rental: int

    @property
    def admissions(self) -> int:
        """Of all lines."""
        return sum(line.admissions for line in self.lines)

    @property
    def gross(self) -> int:
        """Of all lines."""
        return sum(line.gross for line in self.lines)

    @property
    def tax(self) -> int:
        """Of all lines."""
        return sum(line.tax for line in self.lines)

    @property
    def net(self) -> int:
        """Of all lines."""
        return self.gross - self.tax

    @property
    def is_nothing(self) -> bool:
        """Whether all of it is zero."""
        return not self.lines and not self.shows and not self.rental

    def as_json(self) -> dict[str, Any]:
        """As it is kept; with the sums, for whoever reads the row without this program."""
        return {
            "shows": self.shows,
            "lines": [
                {
                    "type_id": line.type_id,
                    "type_name": line.type_name,
                    "price": line.price,
                    "admissions": line.admissions,
                    "gross": line.gross,
                    "tax": line.tax,
                }
                for line in self.lines
            ],
            "admissions": self.admissions,
            "gross": self.gross,
            "tax": self.tax,
            "net": self.net,
            "rental": self.rental,
        }


def figures_of(kept: dict[str, Any]) -> ReturnFigures:
    """What `as_json` kept."""
    return ReturnFigures(kept["shows"], [ReturnLine(**line) for line in kept["lines"]], kept["rental"])


def summed(parts: Iterable[ReturnFigures]) -> ReturnFigures:
    """What several figures come to together; lines that come to nothing are left out. A type has the name that it has in
    the last of them."""
    shows, rental = 0, 0
    lines: dict[tuple[int | None, int], ReturnLine] = {}
    for part in parts:
        shows += part.shows
        rental += part.rental
        for line in part.lines:
            had = lines.get(line.key)
            lines[line.key] = line if had is None else _plus(had, line)
    left = [line for line in lines.values() if line.admissions or line.gross or line.tax]
    return ReturnFigures(shows, in_order(left), rental)


def difference(now: ReturnFigures, told: ReturnFigures) -> ReturnFigures:
    """What must be added to `told` to make it `now`."""
    return summed([_negated(told), now])


def in_order(lines: Iterable[ReturnLine]) -> list[ReturnLine]:
    """By the names of the types, then the dearest first."""
    return sorted(lines, key=lambda line: (natural_key(line.type_name), -line.price))


def _plus(one: ReturnLine, other: ReturnLine) -> ReturnLine:
    return ReturnLine(
        one.type_id,
        other.type_name,
        one.price,
        one.admissions + other.admissions,
        one.gross + other.gross,
        one.tax + other.tax,
    )


def _negated(figures: ReturnFigures) -> ReturnFigures:
    lines = [
        ReturnLine(line.type_id, line.type_name, line.price, -line.admissions, -line.gross, -line.tax)
        for line in figures.lines
    ]
    return ReturnFigures(-figures.shows, lines, -figures.rental)
