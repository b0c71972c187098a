"""GET /backoffice/films: the films of the installation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer, joinedload

from matinee.kernel import clock
from matinee.programme.distributors import distributors_by_name
from matinee.programme.models import Film, Screening
from matinee.programme.queries import in_portions
from matinee.web.backoffice.blueprint import here, staff_page
from matinee.web.backoffice.changes import read
from matinee.web.backoffice.listing import Column, Filter, Listing, Wanted, in_order, show_listing
from matinee.web.shared.languages import _


@dataclass(frozen=True, slots=True)
class _Row:
    film: Film
    to_come: int


@staff_page("/films", power="plan")
def films() -> ResponseReturnValue:
    """The films, by their titles."""
    now = clock.now()
    offered = read(lambda session: [(str(each.id), each.name) for each in distributors_by_name(session)])
    columns: list[Column[_Row]] = [
        Column("title", _("Title"), lambda row: row.film.title, _title, sorts=True),
        Column("minutes", _("Minutes"), lambda row: row.film.duration_minutes, sorts=True, at_end=True),
        Column("certificate", _("Certificate"), lambda row: row.film.certificate),
        Column("formats", _("Formats"), lambda row: row.film.formats),
        Column("languages", _("Languages"), lambda row: row.film.languages),
        Column("distributor", _("Distributor"), _distributor, sorts=True),
        Column("to_come", _("Screenings to come"), lambda row: row.to_come, at_end=True),
        Column("entered", _("Number"), lambda row: row.film.id, sorts=True, at_end=True),
    ]
    return show_listing(
        Listing(
            name="films",
            title=_("Films"),
            columns=columns,
            filters=(
                Filter("title", _("Title")),
                Filter("distributor", _("Distributor"), kind="choice", options=offered),
            ),
            source=lambda session, wanted: _rows(session, wanted, now),
            sort="title",
            nothing=_("No film fits."),
        ),
        template="backoffice/programme/films.html",
    )


def films_titled(session: Session, title: str) -> list[Film]:
    """The films whose titles contain this text, letter case aside, with their distributors."""
    # Compared here: what is a small letter beyond ASCII, each database sees in its own way.
    part = title.casefold()
    wanted = select(Film).options(joinedload(Film.distributor), defer(Film.synopsis))
    return [film for film in session.scalars(wanted) if part in film.title.casefold()]


def _rows(session: Session, wanted: Wanted, now: datetime) -> Sequence[_Row]:
    found = films_titled(session, wanted.filters.get("title", ""))
    if "distributor" in wanted.filters:
        found = [film for film in found if str(film.distributor_id) == wanted.filters["distributor"]]
    placed = in_order(
        found,
        wanted,
        {
            "title": lambda film: (film.title.casefold(), film.id),
            "minutes": lambda film: (film.duration_minutes, film.id),
            "distributor": lambda film: (
                film.distributor.name.casefold() if film.distributor else "",
                film.id,
            ),
            "entered": lambda film: film.id,
        },
    )
    counts = _screenings_to_come(session, [film.id for film in placed], now)
    return [_Row(film, counts.get(film.id, 0)) for film in placed]


def _screenings_to_come(session: Session, film_ids: Sequence[int], now: datetime) -> dict[int, int]:
    found: dict[int, int] = {}
    for ids in in_portions(film_ids):
        wanted = select(Screening.film_id, func.count()).where(
            Screening.film_id.in_(ids), Screening.starts_at > now, Screening.cancelled_at.is_(None)
        )
        found |= dict(session.execute(wanted.group_by(Screening.film_id)).all())
    return found


def _title(row: _Row) -> Markup:
    return Markup('<a href="{}">{}</a>').format(here("film_page", film_id=row.film.id), row.film.title)


def _distributor(row: _Row) -> str:
    return row.film.distributor.name if row.film.distributor else ""
