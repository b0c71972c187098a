"""Seats of a hall that somebody has, and what an edit of its plan would do to them: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

# What an edit would do to a seat: take it away; call it another row or place; make it another kind; price it otherwise;
# put it elsewhere. Or what it asks for and does not get: that the seat be kept back.
Harm = Literal["removed", "renamed", "kind", "zone", "moved", "kept_back"]


@dataclass(frozen=True, slots=True)
class SoldSeat:
    """A seat that somebody has at a screening that is not over. Day and time are those on the cinema's wall."""

    label: str
    screening_id: int
    title: str
    day: date
    time: str
    order_code: str
    # Held for a buyer who has not paid yet, and free again when he does not.
    is_held: bool


@dataclass(frozen=True, slots=True)
class SeatConflict:
    """What stands in the way of an edit."""

    harm: Harm
    sold: SoldSeat
