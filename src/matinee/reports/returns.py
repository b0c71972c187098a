"""Distributors' returns: what is told to a distributor of a film and week. It is frozen when it is sent; what changes
afterwards, such as tickets that come back, is told by adjustments. All that was ever told together is how it is now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matinee.db.constraints import translating
from matinee.programme.errors import FilmNotFound
from matinee.programme.models import Cinema, Distributor, Film
from matinee.reports.errors import (
    FiguresChanged,
    FilmWithoutDistributor,
    NothingToSend,
    NoWeekBegins,
    ReturnNotFound,
    WeekNotOver,
)
from matinee.reports.film_weeks import FilmWeek, film_week, films_in_week
from matinee.reports.models import DistributorReturn
from matinee.reports.return_figures import ReturnFigures, difference, figures_of, summed
from matinee.reports.ticket_groups import Comps
from matinee.reports.weeks import Week, week_of

_NUMBER_TAKEN = "uq_distributor_return_cinema_id_film_id_week_start_number"


@dataclass(frozen=True, slots=True)
class ReturnState:
    """A film and week: how it is now, and what was told of it, the return first, then its adjustments."""

    film: Film
    now: FilmWeek
    sent: Sequence[DistributorReturn]
    # Whether complimentary tickets are in it; what was told first decides.
    comps: Comps

    @property
    def told(self) -> ReturnFigures:
        """All that was told so far."""
        return summed(figures_of(one.figures) for one in self.sent)

    @property
    def unsent(self) -> ReturnFigures:
        """What is to be told: all of it, or by how much it differs from what was told."""
        return difference(self.now.figures, self.told) if self.sent else self.now.figures

    @property
    def is_up_to_date(self) -> bool:
        """Whether it was sent and nothing changed since."""
        return bool(self.sent) and self.unsent.is_nothing

    @property
    def fingerprint(self) -> str:
        """Of what is to be told: whether somebody still sees what will be sent."""
        seen = [len(self.sent), self.comps, self.unsent.as_json()]
        return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()[:20]


def return_state(
    session: Session, *, cinema: Cinema, film_id: int, first_day: date, comps: Comps = "in"
) -> ReturnState:
    """How a return stands. `comps` counts until the return is sent. Raises FilmNotFound and NoWeekBegins."""
    film = session.get(Film, film_id, options=[joinedload(Film.distributor)])
    if film is None:
        raise FilmNotFound
    sent = _sent(session, cinema, film_id, first_day)
    if not sent and week_of(first_day, begins_on=cinema.week_starts_on).first_day != first_day:
        raise NoWeekBegins
    if sent:
        comps = sent[0].figures["comps"]
    now = film_week(session, cinema=cinema, film_id=film_id, week=Week(first_day), comps=comps)
    return ReturnState(film, now, sent, comps)


def returns_of_week(session: Session, *, cinema: Cinema, week: Week) -> list[ReturnState]:
    """How the returns of all films of a week stand, by the films' titles; also of those that have none of its screenings
    any more."""
    told = session.scalars(
        select(DistributorReturn.film_id).where(
            DistributorReturn.cinema_id == cinema.id, DistributorReturn.week_start == week.first_day
        )
    )
    ids = {*films_in_week(session, cinema=cinema, week=week), *told}
    states = [return_state(session, cinema=cinema, film_id=one, first_day=week.first_day) for one in ids]
    return sorted(states, key=lambda state: (state.film.title.casefold(), state.film.id))


def find_sent(
    session: Session, *, cinema: Cinema, film_id: int, first_day: date, number: int
) -> DistributorReturn:
    """What was sent under this number, with its film. Raises ReturnNotFound."""
    for one in _sent(session, cinema, film_id, first_day):
        if one.number == number:
            return one
    raise ReturnNotFound


def send_return(
    session: Session,
    *,
    cinema: Cinema,
    film_id: int,
    first_day: date,
    comps: Comps,
    seen: str,
    actor: str,
    now: datetime,
) -> DistributorReturn:
    """Freeze what is to be told of a film and week: the return, or after it an adjustment by what changed.

    `seen`: the fingerprint of what somebody looked at. Raises FilmNotFound, NoWeekBegins, WeekNotOver,
    FilmWithoutDistributor, NothingToSend and FiguresChanged.
    """
    state = return_state(session, cinema=cinema, film_id=film_id, first_day=first_day, comps=comps)
    if not state.now.week.is_over(zone=cinema.timezone, now=now):
        raise WeekNotOver
    if state.film.distributor is None:
        raise FilmWithoutDistributor
    if state.unsent.is_nothing:
        raise NothingToSend
    if state.fingerprint != seen:
        raise FiguresChanged
    row = DistributorReturn(
        cinema_id=cinema.id,
        film_id=film_id,
        week_start=first_day,
        number=len(state.sent),
        sent_at=now,
        sent_by=actor,
        figures=_kept(cinema, state, state.film.distributor),
    )
    # Somebody else sent it in this very moment.
    with translating({_NUMBER_TAKEN: FiguresChanged}):
        session.add(row)
        session.flush()
    return row


def _sent(session: Session, cinema: Cinema, film_id: int, first_day: date) -> Sequence[DistributorReturn]:
    return session.scalars(
        select(DistributorReturn)
        .where(
            DistributorReturn.cinema_id == cinema.id,
            DistributorReturn.film_id == film_id,
            DistributorReturn.week_start == first_day,
        )
        .options(joinedload(DistributorReturn.film))
        .order_by(DistributorReturn.number)
    ).all()


def _kept(cinema: Cinema, state: ReturnState, distributor: Distributor) -> dict[str, Any]:
    """Everything that stands on it: a name that changes later does not change what was told."""
    return {
        **state.unsent.as_json(),
        "currency": cinema.currency,
        "comps": state.comps,
        "week_number": state.now.number,
        "terms": state.now.terms.as_json() if state.now.terms is not None else None,
        "film": state.film.title,
        "cinema": {"name": cinema.name, "address": cinema.address},
        "distributor": {
            "name": distributor.name,
            "address": distributor.address,
            "email": distributor.email,
        },
    }
