"""Screenings one at a time: on the programme, changed, moved, off the programme.

Each checks the rules of the programme alone: that a hall shows one film at a time, that a price list is valid. Who has a
seat is known to the box office, which asks before it calls these.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matinee.db.constraints import translating
from matinee.db.version import announce_change
from matinee.outbox.webhooks.events import announce_event
from matinee.programme.errors import (
    CancelledScreening,
    FilmNotFound,
    HallNotFound,
    HallTaken,
    InvalidScreening,
    ScreeningInUse,
    ScreeningNotFound,
)
from matinee.programme.fields import (
    check_year,
    moment_at,
    parse_access_features,
    parse_format,
    parse_language,
    parse_time,
    told_as,
)
from matinee.programme.house_seats import keep_seats_of_hall, take_house_seats_along
from matinee.programme.lengths import end_of, parse_adverts
from matinee.programme.locks import lock_halls, lock_row
from matinee.programme.models import Cinema, Film, Hall, Screening
from matinee.programme.occupancy import require_free
from matinee.programme.price_choice import AUTO, choose_price_list
from matinee.programme.unchanged import UNCHANGED, Unchanged


def schedule_screening(
    session: Session,
    *,
    cinema: Cinema,
    hall: Hall,
    film: Film,
    day: date,
    time: str,
    price_list: int | str | None = None,
    format: str = "",
    language: str = "",
    subtitles: str = "",
    access_features: str = "",
    sales_end_at: datetime | None = None,
    adverts_minutes: int | None = None,
    draft: bool = False,
    now: datetime,
) -> Screening:
    """Put a film on the programme at this day and time ("HH:MM") of the cinema's wall clock; a draft is seen by staff alone.

    What the hall keeps back is kept back at the screening.

    `price_list` is the id or the name of a list, "auto" for the one that is valid at that time, or None: free of charge.
    Without `adverts_minutes` the adverts before the film take as long as the cinema says.

    Raises InvalidScreening (a start that is over, too), HallTaken with the film that is in the way, HallNotFound for a
    hall of another cinema, FilmNotFound, PriceListNotFound, PriceListNotValidThen, NoPriceListThen and AmbiguousPriceList.
    """
    if hall.cinema_id != cinema.id:
        raise HallNotFound
    starts_at, wall_time = _start(cinema, day, time, now)
    list_id, by_time = choose_price_list(
        session, cinema_id=cinema.id, wanted=price_list, day=day, time=wall_time
    )
    lock_row(session, film, gone=FilmNotFound, shared=True)
    lock_halls(session, hall_ids=[hall.id])
    adverts = _adverts(cinema.adverts_minutes if adverts_minutes is None else adverts_minutes)
    ends_at = end_of(starts_at, duration_minutes=film.duration_minutes, adverts_minutes=adverts)
    require_free(session, hall=hall, starts_at=starts_at, ends_at=ends_at)
    screening = Screening(
        cinema_id=cinema.id, hall_id=hall.id, film_id=film.id, starts_at=starts_at, ends_at=ends_at, day=day,
        time=wall_time, price_list_id=list_id, price_list_by_time=by_time, sales_end_at=sales_end_at,
        adverts_minutes=adverts, draft=draft,
    )  # fmt: skip
    _set_manner(screening, format=format, language=language, subtitles=subtitles, access=access_features)
    session.add(screening)
    _store(session)
    keep_seats_of_hall(session, screening=screening)
    return screening


def change_screening(
    session: Session,
    *,
    screening: Screening,
    film: Film | None = None,
    price_list: int | str | Unchanged | None = UNCHANGED,
    format: str | None = None,
    language: str | None = None,
    subtitles: str | None = None,
    access_features: str | None = None,
    sales_end_at: datetime | Unchanged | None = UNCHANGED,
    adverts_minutes: int | None = None,
    now: datetime,
) -> None:
    """Change what is given, also of a screening that is sold; what is held or sold keeps its price.

    `price_list` is as in `schedule_screening`. Another film, and other adverts, end when they say.
    Raises CancelledScreening, ScreeningNotFound, InvalidScreening, HallTaken, PriceListNotFound, PriceListNotValidThen,
    NoPriceListThen and AmbiguousPriceList.
    """
    chosen = None
    if price_list is not UNCHANGED:
        chosen = choose_price_list(
            session,
            cinema_id=screening.cinema_id,
            wanted=price_list,
            day=screening.day,
            time=screening.time,
        )
    if film is not None:
        lock_row(session, film, gone=FilmNotFound, shared=True)
    _lock(session, screening)
    if chosen is not None:
        screening.price_list_id, screening.price_list_by_time = chosen
    _set_manner(screening, format=format, language=language, subtitles=subtitles, access=access_features)
    if sales_end_at is not UNCHANGED:
        screening.sales_end_at = sales_end_at
    if adverts_minutes is not None:
        screening.adverts_minutes = _adverts(adverts_minutes)
    if film is not None:
        screening.film = film
    if film is not None or adverts_minutes is not None:
        _move_end(session, screening)
    _store_change(session, screening, now=now)


def reschedule_screening(
    session: Session,
    *,
    screening: Screening,
    now: datetime,
    hall: Hall | None = None,
    day: date | None = None,
    time: str | None = None,
) -> None:
    """Move a screening to another hall, day or time ("HH:MM" of the wall clock); None leaves as it is.

    Only what the programme knows is checked. The caller must have made sure that nobody has a seat of it, or give every
    claim and ticket a seat of the new hall in the same transaction: they name seats of the old one.

    House seats of the screening are kept in the new hall where it has their labels, beside those that it keeps back
    itself. The end of the sale keeps its distance to the start. A price list that goes by the time is chosen anew; one
    that is named must be valid then. Raises what `schedule_screening` does, CancelledScreening and ScreeningNotFound.
    """
    cinema = session.get_one(Cinema, screening.cinema_id)
    to_hall = hall or screening.hall
    if to_hall.cinema_id != cinema.id:
        raise HallNotFound
    to_day = day or screening.day
    starts_at, wall_time = _start(cinema, to_day, time or screening.time, now)
    price = (screening.price_list_id, screening.price_list_by_time)
    if (to_day, wall_time) != (screening.day, screening.time):
        wanted = AUTO if screening.price_list_by_time else screening.price_list_id
        price = choose_price_list(session, cinema_id=cinema.id, wanted=wanted, day=to_day, time=wall_time)
    _lock(session, screening, to_hall)
    ends_at = starts_at + (screening.ends_at - screening.starts_at)
    require_free(session, hall=to_hall, starts_at=starts_at, ends_at=ends_at, except_screening=screening)
    if to_hall.id != screening.hall_id:
        take_house_seats_along(session, screening_id=screening.id, to_hall_id=to_hall.id)
    if screening.sales_end_at is not None:
        screening.sales_end_at += starts_at - screening.starts_at
    screening.hall = to_hall
    screening.starts_at, screening.ends_at = starts_at, ends_at
    screening.day, screening.time = to_day, wall_time
    screening.price_list_id, screening.price_list_by_time = price
    _store_change(session, screening, now=now)


def delete_screening(session: Session, *, screening: Screening) -> None:
    """Take a screening off the programme as if it had never been on it, its house seats included.

    Raises ScreeningInUse where there is an order for it, in whatever state: such a one can be cancelled, not deleted.
    The database itself says so, which knows every row that names the screening. Raises ScreeningNotFound.
    """
    lock_row(session, screening, gone=ScreeningNotFound)
    try:
        with session.begin_nested():
            session.delete(screening)
    except IntegrityError as error:
        raise ScreeningInUse from error
    announce_change(session)


def _move_end(session: Session, screening: Screening) -> None:
    """Let it end when its film and its adverts say. Raises HallTaken."""
    screening.ends_at = end_of(
        screening.starts_at,
        duration_minutes=screening.film.duration_minutes,
        adverts_minutes=screening.adverts_minutes,
    )
    require_free(
        session,
        hall=screening.hall,
        starts_at=screening.starts_at,
        ends_at=screening.ends_at,
        except_screening=screening,
    )


def _adverts(minutes: int) -> int:
    with told_as(InvalidScreening, "The screening"):
        return parse_adverts(minutes)


def _start(cinema: Cinema, day: date, time: str, now: datetime) -> tuple[datetime, str]:
    with told_as(InvalidScreening, "The screening"):
        check_year(day)
        wall_time = parse_time(time)
    try:
        starts_at = moment_at(day, wall_time, ZoneInfo(cinema.timezone))
    except ValueError as problem:
        raise InvalidScreening(f"The screening is not acceptable: {problem}.", why="skipped") from problem
    if starts_at <= now:
        raise InvalidScreening(
            f"{day} at {wall_time} is over: a screening begins later than now.", why="over"
        )
    return starts_at, wall_time


def _lock(session: Session, screening: Screening, *more: Hall) -> None:
    """Keep other planners from the screening, its hall and `more`. Raises ScreeningNotFound and CancelledScreening."""
    lock_halls(session, hall_ids=[screening.hall_id, *(hall.id for hall in more)])
    lock_row(session, screening, gone=ScreeningNotFound)
    # Another planner may have moved it before it was locked.
    lock_halls(session, hall_ids=[screening.hall_id])
    if screening.cancelled_at is not None:
        raise CancelledScreening


def _set_manner(
    screening: Screening,
    *,
    format: str | None,
    language: str | None,
    subtitles: str | None,
    access: str | None,
) -> None:
    with told_as(InvalidScreening, "The screening"):
        if format is not None:
            screening.format = parse_format(format)
        if language is not None:
            screening.language = parse_language(language, what="language")
        if subtitles is not None:
            screening.subtitles = parse_language(subtitles, what="subtitles")
        if access is not None:
            screening.access_features = parse_access_features(access)


def _store_change(session: Session, screening: Screening, *, now: datetime) -> None:
    """Store what differs, and tell those who asked for it. Raises HallTaken."""
    differs = session.is_modified(screening)
    _store(session)
    # Nobody was told of a draft yet.
    if differs and not screening.draft:
        _announce_once(session, screening, now=now)


def _announce_once(session: Session, screening: Screening, *, now: datetime) -> None:
    # One request may change place and price: that is one change for whoever is told.
    told = session.info.setdefault("screenings_told_of", set())
    if (screening.id, now) not in told:
        told.add((screening.id, now))
        announce_event(session, event="screening.changed", payload={"screening_id": screening.id}, now=now)


def _store(session: Session) -> None:
    with translating({"uq_screening_hall_id_starts_at": HallTaken}):
        session.flush()
    announce_change(session)
