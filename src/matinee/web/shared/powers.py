"""What members of staff may do in the back office and at the door, by their roles: the one table."""

from __future__ import annotations

from typing import Literal

from matinee.accounts.models import ROLES

Power = Literal[
    "staff",
    "plan",
    "sell",
    "orders",
    "admit",
    "let_in_unpaid",
    "conflicts",
    "figures",
    "send_figures",
    "house_today",
    "people",
    "trail",
    "system",
]

POWERS: dict[Power, frozenset[str]] = {
    # Whoever belongs to the house: the way in, the language.
    "staff": frozenset(ROLES),
    # Halls, films, screenings, prices, and how the cinema appears.
    "plan": frozenset({"manager", "programmer"}),
    # The till: selling, refunds, exchanges, giving tickets away.
    "sell": frozenset({"manager", "counter"}),
    # Looking at everybody's orders.
    "orders": frozenset({"manager", "counter", "auditor"}),
    # Standing at the door with a scanner.
    "admit": frozenset({"manager", "counter", "usher"}),
    # Letting somebody in whose ticket is still to be paid.
    "let_in_unpaid": frozenset({"manager"}),
    # Looking at what doors let in twice.
    "conflicts": frozenset({"manager"}),
    # Money: reports, returns, settlements.
    "figures": frozenset({"manager", "auditor"}),
    # Freezing what is told to distributors.
    "send_figures": frozenset({"manager"}),
    # What runs now, and how full it is; without money for those who may not see figures.
    "house_today": frozenset(ROLES),
    # Roles, invitations, other people's sessions, API keys.
    "people": frozenset({"manager"}),
    # Who did what.
    "trail": frozenset({"manager", "auditor"}),
    # The outbox, health, settings of the house.
    "system": frozenset({"manager"}),
}


def may(roles: frozenset[str], power: Power) -> bool:
    """Whether somebody with these roles has this power."""
    return bool(roles & POWERS[power])
