"""What tickets come to: how many, and what they cost, with the tax that is in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from matinee.reports.tax_rates import tax_in


@dataclass(frozen=True, slots=True)
class TicketGroup:
    """So many tickets that are alike: they cost the same, were sold at the same rate of tax, and have the same keys.

    `amount` and `fee` in minor units, each of one ticket; `basis_points`: hundredths of a per cent.
    """

    keys: tuple[Any, ...]
    amount: int
    fee: int
    basis_points: int
    count: int


@dataclass(slots=True)
class Takings:
    """What some tickets come to, in minor units: those that were sold less those that came back."""

    sold: int = 0
    returned: int = 0
    # What the tickets cost, and the tax in that.
    gross: int = 0
    ticket_tax: int = 0
    # Booking fees, and the tax in them.
    fees: int = 0
    fee_tax: int = 0

    @property
    def tickets(self) -> int:
        """Those that were sold less those that came back."""
        return self.sold - self.returned

    @property
    def taken(self) -> int:
        """What buyers paid for them: tickets and fees."""
        return self.gross + self.fees

    @property
    def tax(self) -> int:
        """In tickets and fees."""
        return self.ticket_tax + self.fee_tax

    @property
    def net(self) -> int:
        """What is left of it without the tax."""
        return self.taken - self.tax

    def take(self, group: TicketGroup) -> None:
        """Count tickets that were sold."""
        self.sold += group.count
        self._change(group, group.count)

    def take_back(self, group: TicketGroup) -> None:
        """Count tickets that came back."""
        self.returned += group.count
        self._change(group, -group.count)

    def add(self, other: Takings) -> None:
        """Count what others come to."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def _change(self, group: TicketGroup, count: int) -> None:
        self.gross += count * group.amount
        self.ticket_tax += count * tax_in(group.amount, group.basis_points)
        self.fees += count * group.fee
        self.fee_tax += count * tax_in(group.fee, group.basis_points)


def together(parts: Iterable[Takings]) -> Takings:
    """What all of them come to."""
    whole = Takings()
    for part in parts:
        whole.add(part)
    return whole
