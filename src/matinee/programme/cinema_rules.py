"""How a cinema sells: the booking fee, and what may be done until when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from matinee.programme.errors import InvalidCinema
from matinee.programme.fields import AMOUNT_MAX
from matinee.programme.lengths import ADVERTS_MINUTES_MAX
from matinee.programme.models import FEE_UNITS, Cinema

# Thirty days: nobody plans further ahead than that what a buyer may do.
UNTIL_MINUTES_MAX = 30 * 24 * 60


class CinemaRules(TypedDict, total=False):
    """The rules that are to change. The fee is in minor units; `..._until_minutes` are minutes before the start."""

    sells_priced_unpaid: bool
    booking_fee_amount: int
    booking_fee_per: str
    orphan_rule: bool
    selling_out_percent: int
    companion_until_minutes: int
    refund_until_minutes: int
    counter_until_minutes: int
    # The ISO number of a weekday.
    week_starts_on: int
    # Of screenings that are planned from now on.
    adverts_minutes: int


# The least and the most that may be said, and how people call it.
_RANGES = {
    "booking_fee_amount": (0, AMOUNT_MAX, "booking fee, in minor units,"),
    "selling_out_percent": (1, 100, "share from which on the house is selling out, in per cent,"),
    "companion_until_minutes": (0, UNTIL_MINUTES_MAX, "time until which companion seats are kept"),
    "refund_until_minutes": (0, UNTIL_MINUTES_MAX, "time until which buyers get their money back"),
    "counter_until_minutes": (0, UNTIL_MINUTES_MAX, "time until which orders are kept for the counter"),
    "week_starts_on": (1, 7, "weekday on which a week begins"),
    "adverts_minutes": (0, ADVERTS_MINUTES_MAX, "time of adverts before the film, in minutes,"),
}


def set_rules(cinema: Cinema, rules: CinemaRules) -> None:
    """Change the rules that are given. Raises InvalidCinema, with nothing changed."""
    given: Mapping[str, Any] = rules
    for name, (least, most, what) in _RANGES.items():
        if name in given and not least <= given[name] <= most:
            raise InvalidCinema(f"The {what} must be {least} to {most}.")
    if "booking_fee_per" in given and given["booking_fee_per"] not in FEE_UNITS:
        raise InvalidCinema(f"The booking fee is per {' or '.join(FEE_UNITS)}.")
    for name in CinemaRules.__annotations__:
        if name in given:
            setattr(cinema, name, given[name])
