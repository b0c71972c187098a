"""The rules of choosing seats, and for whom each of them holds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from matinee.boxoffice.errors import CompanionAlone, NoSeats, OrphanLeft, SeatNamedTwice, TooManySeats
from matinee.boxoffice.offers import Offer
from matinee.boxoffice.seating.companions import companions_without_wheelchair
from matinee.boxoffice.seating.orphans import refused_orphans
from matinee.kernel.natural import natural_key
from matinee.programme.queries import SeatOfHall


@dataclass(frozen=True, slots=True)
class ChoiceRules:
    """Which rules a choice must keep."""

    orphans: bool = True
    companions: bool = True
    house_seats_too: bool = False
    # For how long after its start a screening is sold still, in minutes.
    late_minutes: int = 0
    # Whether an order gets other seats of its own screening up to the end of it.
    reseats_until_end: bool = False


# Whoever sells at the counter sees the hall and the people, and may give away what the house kept back.
# People come when the adverts run, and are let in; see docs/counter.md.
COUNTER_LATE_MINUTES = 30
COUNTER_RULES = ChoiceRules(
    orphans=False,
    companions=False,
    house_seats_too=True,
    late_minutes=COUNTER_LATE_MINUTES,
    reseats_until_end=True,
)
PUBLIC_RULES = ChoiceRules()
# While somebody still chooses, seat by seat, what is chosen so far need not be right as a whole.
CHOOSING_RULES = ChoiceRules(orphans=False, companions=False)


def check_seats_asked(labels: Sequence[str], *, seats_max: int) -> None:
    """Raise NoSeats, SeatNamedTwice or TooManySeats for a list of seats that no purchase may have."""
    if not labels:
        raise NoSeats
    if len(set(labels)) != len(labels):
        raise SeatNamedTwice
    if len(labels) > seats_max:
        raise TooManySeats(f"One purchase has at most {seats_max} seats.")


def check_choice(offer: Offer, chosen: Sequence[SeatOfHall], *, rules: ChoiceRules, now: datetime) -> None:
    """Raise CompanionAlone or OrphanLeft for a choice that breaks a rule. All its seats must be free."""
    ids = {seat.id for seat in chosen}
    if rules.companions and now < offer.minutes_before(offer.cinema.companion_until_minutes):
        alone = companions_without_wheelchair(offer.seats, ids)
        if alone:
            raise CompanionAlone(_labels(offer, alone))
    # Whoever needs a wheelchair place, or sits beside one, has no other choice.
    needs_place = any(seat.kind in ("wheelchair", "companion") for seat in chosen)
    if rules.orphans and offer.cinema.orphan_rule and not needs_place:
        left = refused_orphans(offer.seats, offer.free_ids(), ids)
        if left:
            raise OrphanLeft(_labels(offer, left))


def _labels(offer: Offer, ids: Collection[int]) -> list[str]:
    return sorted((seat.label for seat in offer.seats if seat.id in ids), key=natural_key)
