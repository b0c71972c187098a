"""GET /backoffice/films: the films of the installation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matinee.kernel import clock
from matinee.programme.distributors import distributors_by_name
from matinee.programme.models import Distributor, Film, Screening
from matinee.programme.queries import in_portions
from matinee.web.backoffice.blueprint import here, staff_page
from matinee.web.backoffice.changes import read
from matinee.web.backoffice.listing import Column, Filter, Listing, Wanted, in_order, show_listing
from matinee.web.shared.languages import _

_SHOWN = (
    Film.id, Film.title, Film.duration_minutes, Film.certificate, Film.formats, Film.languages,
    func.coalesce(Distributor.name, "").label("distributor"),
)  # fmt: skip
_SORTED_BY: Mapping[str, Any] = {
    "title": Film.title,
    "minutes": Film.duration_minutes,
    "distributor": func.coalesce(Distributor.name, ""),
    "entered": Film.id,
}


@dataclass(frozen=True, slots=True)
class _Row:
    # With the columns of `_SHOWN`.
    film: Any
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
        Column("distributor", _("Distributor"), lambda row: row.film.distributor, sorts=True),
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


def films_titled(session: Session, title: str) -> Sequence[int]:
    """The keys of the films whose titles contain this text, letter case aside."""
    return [row.id for row in _named_so(session.execute(select(Film.id, Film.title)), title)]


def _rows(session: Session, wanted: Wanted, now: datetime) -> Sequence[_Row]:
    # All films are read, so no more of each than it takes.
    named = select(Film.id, Film.title, _SORTED_BY[wanted.sort].label("by")).outerjoin(Film.distributor)
    if "distributor" in wanted.filters:
        named = named.where(Film.distributor_id == int(wanted.filters["distributor"]))
    found = _named_so(session.execute(named), wanted.filters.get("title", ""))
    ids = [row.id for row in in_order(found, wanted, {wanted.sort: _place})]
    films, counts = _films(session, ids), _screenings_to_come(session, ids, now)
    return [_Row(films[film_id], counts.get(film_id, 0)) for film_id in ids]


def _named_so(rows: Iterable[Any], title: str) -> Sequence[Any]:
    # Compared here: what is a small letter beyond ASCII, each database sees in its own way.
    part = title.casefold()
    return [row for row in rows if part in row.title.casefold()]


def _place(row: Any) -> tuple[Any, int]:
    return row.by.casefold() if isinstance(row.by, str) else row.by, row.id


def _films(session: Session, film_ids: Sequence[int]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for ids in in_portions(film_ids):
        wanted = select(*_SHOWN).outerjoin(Film.distributor).where(Film.id.in_(ids))
        found |= {film.id: film for film in session.execute(wanted)}
    return found


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
