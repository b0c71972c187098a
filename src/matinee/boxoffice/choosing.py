"""From what somebody asks for to seats with prices that keep the rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from matinee.boxoffice.errors import SeatsNotFree
from matinee.boxoffice.offers import Offer, PricedSeat, SeatChoice, chosen_seats, price_seats
from matinee.boxoffice.rules import ChoiceRules, check_choice


def choose_priced_seats(
    offer: Offer, choices: Sequence[SeatChoice], *, rules: ChoiceRules, now: datetime
) -> list[PricedSeat]:
    """The seats that are asked for, with their prices; they are free as far as the offer knows.

    Raises, in this order: SeatsNotFree, TicketTypeNotSold, CompanionAlone, OrphanLeft.
    """
    seats = chosen_seats(offer, [choice.label for choice in choices], house_seats_too=rules.house_seats_too)
    taken = [seat.label for seat in seats if seat.id in offer.claimed_ids]
    if taken:
        raise SeatsNotFree(taken)
    priced = price_seats(offer, seats, [choice.ticket_type for choice in choices])
    check_choice(offer, seats, rules=rules, now=now)
    return priced
