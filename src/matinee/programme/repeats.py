"""Planning what is planned already once more: on other days, in the same hall at the same time of the wall's clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.kernel.errors import DomainError
from matinee.programme.errors import FilmNotFound, InvalidScreening, NotAllFit, RefusedRepeat
from matinee.programme.locks import lock_halls, lock_price_lists, lock_row
from matinee.programme.models import Cinema, Screening
from matinee.programme.price_choice import AUTO
from matinee.programme.screenings import schedule_screening

# More at a time is a mistake; each is checked by itself.
REPEATS_MAX = 500


@dataclass(frozen=True, slots=True)
class Repeat:
    """A screening, and the day (on the wall) on which it is to be shown once more."""

    of: Screening
    day: date


@dataclass(frozen=True, slots=True)
class Repeated:
    """What was planned, what does not fit, and how many were there already."""

    made: tuple[Screening, ...]
    refused: tuple[RefusedRepeat, ...]
    same: int


def plan_repeats(
    session: Session, *, cinema: Cinema, repeats: Sequence[Repeat], without_refused: bool, now: datetime
) -> Repeated:
    """Plan drafts as others are planned, which need their films and halls loaded: hall, time, prices, manner, adverts.

    The end of the sale keeps its distance to the start. What is there already is not planned twice. Where something does
    not fit, all of it is refused (NotAllFit says what, and why), or the rest is planned if it may go on `without_refused`.
    Raises InvalidScreening for more than REPEATS_MAX.
    """
    if len(repeats) > REPEATS_MAX:
        raise InvalidScreening(f"More than {REPEATS_MAX} screenings cannot be planned at once.")
    lock_price_lists(session, cinema_id=cinema.id, shared=True)
    for film in sorted({each.of.film for each in repeats}, key=lambda film: film.id):
        lock_row(session, film, gone=FilmNotFound, shared=True)
    lock_halls(session, hall_ids=[each.of.hall_id for each in repeats])
    made: list[Screening] = []
    refused: list[RefusedRepeat] = []
    there = _showings(session, repeats)
    missing = [each for each in repeats if _showing(each) not in there]
    for each in sorted(missing, key=lambda one: (one.day, one.of.time, one.of.id)):
        try:
            made.append(_plan(session, cinema, each, now))
        except DomainError as error:
            source = each.of
            refused.append(RefusedRepeat(source.film.title, source.hall.name, each.day, source.time, error))
    if refused and not without_refused:
        raise NotAllFit(refused, fit=len(made))
    return Repeated(tuple(made), tuple(refused), same=len(repeats) - len(missing))


def _showing(repeat: Repeat) -> tuple[int, int, date, str]:
    return (repeat.of.hall_id, repeat.of.film_id, repeat.day, repeat.of.time)


def _showings(session: Session, repeats: Sequence[Repeat]) -> set[tuple[int, int, date, str]]:
    """Hall, film, day and time of what is planned on those days."""
    wanted = select(Screening.hall_id, Screening.film_id, Screening.day, Screening.time).where(
        Screening.hall_id.in_({each.of.hall_id for each in repeats}),
        Screening.day.in_({each.day for each in repeats}),
        Screening.cancelled_at.is_(None),
    )
    return {(hall_id, film_id, day, time) for hall_id, film_id, day, time in session.execute(wanted)}


def _plan(session: Session, cinema: Cinema, repeat: Repeat, now: datetime) -> Screening:
    source = repeat.of
    made = schedule_screening(
        session,
        cinema=cinema,
        hall=source.hall,
        film=source.film,
        day=repeat.day,
        time=source.time,
        price_list=AUTO if source.price_list_by_time else source.price_list_id,
        format=source.format,
        language=source.language,
        subtitles=source.subtitles,
        access_features=source.access_features,
        adverts_minutes=source.adverts_minutes,
        draft=True,
        now=now,
    )
    if source.sales_end_at is not None:
        made.sales_end_at = made.starts_at + (source.sales_end_at - source.starts_at)
        session.flush()
    return made
