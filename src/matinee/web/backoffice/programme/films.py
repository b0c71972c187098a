"""GET /backoffice/films: the films of the installation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from matinee.kernel import clock
from matinee.programme.distributors import distributors_by_name
from matinee.programme.models import Distributor, Film, Screening
from matinee.programme.queries import in_portions
from matinee.web.backoffice.blueprint import here, staff_page
from matinee.web.backoffice.changes import read
from matinee.web.backoffice.listing import Column, Filter, Listing, Wanted, in_order, show_listing
from matinee.web.shared.languages import _

_DISTRIBUTOR = func.coalesce(Distributor.name, "")
_SORTED_BY: Mapping[str, Any] = {
    "title": Film.title,
    "minutes": Film.duration_minutes,
    "distributor": _DISTRIBUTOR,
    "entered": Film.id,
}


@staff_page("/films", power="plan")
def films() -> ResponseReturnValue:
    """The films, by their titles."""
    now = clock.now()
    offered = read(lambda session: [(str(each.id), each.name) for each in distributors_by_name(session)])
    columns: list[Column[Any]] = [
        Column("title", _("Title"), lambda row: row.title, _title, sorts=True),
        Column("minutes", _("Minutes"), lambda row: row.duration_minutes, sorts=True, at_end=True),
        Column("certificate", _("Certificate"), lambda row: row.certificate),
        Column("formats", _("Formats"), lambda row: row.formats),
        Column("languages", _("Languages"), lambda row: row.languages),
        Column("distributor", _("Distributor"), lambda row: row.distributor, sorts=True),
        Column("to_come", _("Screenings to come"), lambda row: row.to_come, at_end=True),
        Column("entered", _("Number"), lambda row: row.id, sorts=True, at_end=True),
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
    return [film_id for film_id, _ in _named_so(session.execute(select(Film.id, Film.title)), title)]


def _rows(session: Session, wanted: Wanted, now: datetime) -> Sequence[Any]:
    # All films are read, so no more of each than it takes.
    named = select(Film.id, Film.title, _SORTED_BY[wanted.sort]).outerjoin(Film.distributor)
    if "distributor" in wanted.filters:
        named = named.where(Film.distributor_id == int(wanted.filters["distributor"]))
    found = _named_so(session.execute(named), wanted.filters.get("title", ""))
    ids = [film_id for film_id, *_ in in_order(found, wanted, {wanted.sort: _place})]
    rows = {row.id: row for part in in_portions(ids) for row in session.execute(_shown(part, now))}
    return [rows[film_id] for film_id in ids]


def _named_so(rows: Iterable[Any], title: str) -> Sequence[Any]:
    # Compared here: what is a small letter beyond ASCII, each database sees in its own way.
    part = title.casefold()
    return [row for row in rows if part in row[1].casefold()]


def _place(row: Any) -> tuple[Any, int]:
    film_id, _title, by = row
    return by.casefold() if isinstance(by, str) else by, film_id


def _shown(film_ids: Sequence[int], now: datetime) -> Select[Any]:
    """What the list says of these films: rows with the attributes that the columns name."""
    to_come = select(func.count()).where(
        Screening.film_id == Film.id, Screening.starts_at > now, Screening.cancelled_at.is_(None)
    )
    columns = (Film.id, Film.title, Film.duration_minutes, Film.certificate, Film.formats, Film.languages)
    return (
        select(*columns, _DISTRIBUTOR.label("distributor"), to_come.scalar_subquery().label("to_come"))
        .outerjoin(Film.distributor)
        .where(Film.id.in_(film_ids))
    )


def _title(row: Any) -> Markup:
    return Markup('<a href="{}">{}</a>').format(here("film_page", film_id=row.id), row.title)
