"""How a screening is shown where nobody says it: as the film was shown last, in a hall as it is used."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.programme.models import Film, Hall, PriceList, Screening
from matinee.programme.price_choice import AUTO

HEARING_LOOP = "hearing_loop"


@dataclass(frozen=True, slots=True)
class UsualManner:
    """What `schedule_screening` takes by these names."""

    price_list: int | str | None
    format: str
    language: str
    subtitles: str
    access_features: str


def usual_manner(session: Session, *, film: Film, hall: Hall) -> UsualManner:
    """The price list of the hall's last screening ("auto" where it went by the time, or there was none), its hearing loop;
    format and languages of the film's last screening in the cinema, or the first that its copies came in.

    Without any price list in the cinema it is free of charge.
    """
    in_hall = _last(session, Screening.hall_id == hall.id)
    of_film = _last(session, Screening.cinema_id == hall.cinema_id, Screening.film_id == film.id)
    return UsualManner(
        price_list=_price_list(session, hall, in_hall),
        format=of_film.format if of_film else first_of(film.formats),
        language=of_film.language if of_film else first_of(film.languages),
        subtitles=of_film.subtitles if of_film else "",
        access_features=HEARING_LOOP
        if in_hall is not None and HEARING_LOOP in in_hall.access_features.split()
        else "",
    )


def first_of(listed: str) -> str:
    """The first of some words that are separated by commas; empty where there is none."""
    return listed.partition(",")[0].strip()


def _last(session: Session, *conditions: object) -> Screening | None:
    wanted = select(Screening).where(*conditions)  # type: ignore[arg-type]
    return session.scalars(wanted.order_by(Screening.starts_at.desc()).limit(1)).one_or_none()


def _price_list(session: Session, hall: Hall, last: Screening | None) -> int | str | None:
    if last is not None and not last.price_list_by_time:
        return last.price_list_id
    any_list = select(PriceList.id).where(PriceList.cinema_id == hall.cinema_id).limit(1)
    return AUTO if session.scalar(any_list) is not None else None
