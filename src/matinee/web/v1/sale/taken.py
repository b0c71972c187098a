"""Refusing early, and for little, whoever asks for seats that are another's: most of those who come in a rush."""

from __future__ import annotations

from datetime import datetime

from matinee.accounts.callers import Caller
from matinee.boxoffice.rules import check_seats_asked
from matinee.boxoffice.surroundings import Surroundings
from matinee.boxoffice.taken_seats import TakenSeats
from matinee.kernel.counts import count
from matinee.kernel.errors import DomainError
from matinee.programme.errors import ScreeningNotFound
from matinee.web.shared.services import services
from matinee.web.shared.watched_seats import wanted_seats
from matinee.web.v1.idempotency import keyed_request
from matinee.web.v1.kept_requests import is_known_request
from matinee.web.v1.sale.hold_values import NewHold


def refuse_what_is_taken(body: NewHold, *, caller: Caller, now: datetime) -> Surroundings | None:
    """Raise SeatsNotFree or NotEnoughSeats where the hold would be refused so, by what is known of the claims.

    Return what is known of the screening's surroundings; None where there is no such screening, or where so few want its
    seats that nothing is known: looking for what can be refused would then take as long as the hold.
    Raises also what is refused before that: NoSeats, SeatNamedTwice, TooManySeats, InvalidValues. Whoever is not refused
    here may be refused all the same.
    """
    service = services()
    if not service.kept_parts.is_asked_for_often(("wanted seats", body.screening)):
        return None
    try:
        taken, surroundings = service.kept_answers.get(
            ("taken", body.screening), lambda: wanted_seats(service, screening_id=body.screening)
        )
    except ScreeningNotFound:
        return None
    try:
        _refuse(taken, body, seats_max=service.hold_terms.seats_max, now=now)
    except DomainError as refusal:
        # Looked up after the claims: who asks again for what he was given has his own claim among them.
        keyed = keyed_request(caller)
        if keyed is None or not is_known_request(service.transactions, service.direct, keyed):
            count("refusals", code=refusal.code)
            raise
    return surroundings


def _refuse(taken: TakenSeats, body: NewHold, *, seats_max: int, now: datetime) -> None:
    if body.seats is not None:
        labels = [seat.label for seat in body.seats]
        check_seats_asked(labels, seats_max=seats_max)
        taken.refuse_taken(labels, now=now)
    elif body.best_available is not None:
        party = len(body.best_available.wish().ticket_types)
        check_seats_asked([str(number) for number in range(party)], seats_max=seats_max)
        taken.refuse_more_than_free(party, now=now)
