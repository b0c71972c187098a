"""A distributor's return as a report to read, and to send."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from matinee.languages.catalogs import translations
from matinee.languages.formats import moment_text
from matinee.programme.models import Cinema, Distributor
from matinee.reports.models import DistributorReturn
from matinee.reports.return_figures import ReturnFigures, figures_of
from matinee.reports.returns import ReturnState
from matinee.reports.tables import Column, Report, Table, day_with_year
from matinee.reports.weeks import Week
from matinee.reports.words import comps_fact, money_note, terms_text


def lines_table(figures: ReturnFigures, language: str) -> Table:
    """Admissions by ticket type and price."""
    _ = translations(language).gettext
    return Table(
        columns=(
            Column("type", _("Ticket type")),
            Column("price", _("Price"), "money"),
            Column("admissions", _("Admissions"), "count"),
            Column("gross", _("Gross"), "money"),
            Column("tax", _("Tax"), "money"),
            Column("net", _("Net"), "money"),
        ),
        rows=[
            (line.type_name or _("Ticket"), line.price, line.admissions, line.gross, line.tax, line.net)
            for line in figures.lines
        ],
        totals=(_("Together"), None, figures.admissions, figures.gross, figures.tax, figures.net),
        title=_("Admissions"),
        nothing=_("Nobody came."),
    )


def return_now_table(state: ReturnState, *, cinema: Cinema, language: str) -> Report:
    """A film and week as it is now, whatever was told of it."""
    _ = translations(language).gettext
    terms = state.now.terms
    return _report(
        state.now.figures,
        {
            "comps": state.comps,
            "week_number": state.now.number,
            "terms": terms.as_json() if terms is not None else None,
            "film": state.film.title,
            "currency": cinema.currency,
            "cinema": {"name": cinema.name, "address": cinema.address},
            "distributor": _told(state.film.distributor),
        },
        name=_file_name(cinema, state.film.id, state.now.week.first_day, "now"),
        week=state.now.week,
        title=_("Box office return, as it is now"),
        language=language,
    )


def sent_return_table(row: DistributorReturn, *, cinema: Cinema, language: str) -> Report:
    """What was sent, as it was: with the names and the terms of then."""
    _ = translations(language).gettext
    title = _("Box office return") if row.number == 0 else _("Adjustment %(number)d") % {"number": row.number}
    sent = moment_text(row.sent_at, cinema.timezone, language)
    return _report(
        figures_of(row.figures),
        row.figures,
        name=_file_name(cinema, row.film_id, row.week_start, str(row.number)),
        week=Week(row.week_start),
        title=title,
        language=language,
        facts=((_("Sent"), f"{sent} {row.sent_at.year}, {row.sent_by}"),),
        notes=(_("What it differs by from all that was sent before."),) if row.number else (),
    )


def _report(
    figures: ReturnFigures,
    kept: Mapping[str, Any],
    *,
    name: str,
    week: Week,
    title: str,
    language: str,
    facts: tuple[tuple[str, str], ...] = (),
    notes: tuple[str, ...] = (),
) -> Report:
    _ = translations(language).gettext
    currency, distributor = kept["currency"], kept["distributor"]
    days = f"{day_with_year(week.first_day, language)} – {day_with_year(week.last_day, language)}"
    return Report(
        name=name,
        title=f"{title}: {kept['film']}",
        language=language,
        currency=currency,
        house=kept["cinema"]["name"],
        house_address=kept["cinema"]["address"],
        facts=(
            (_("Film"), kept["film"]),
            (_("Week"), days),
            (_("Week of the film here"), str(kept["week_number"])),
            (_("Terms"), terms_text(kept["terms"], currency=currency, language=language)),
            comps_fact(kept["comps"], language),
            *facts,
        ),
        tables=(lines_table(figures, language), _owed(figures, language)),
        notes=(money_note(currency, language), *notes),
        addressee=[distributor["name"], *distributor["address"].splitlines()] if distributor else (),
    )


def _owed(figures: ReturnFigures, language: str) -> Table:
    _ = translations(language).gettext
    return Table(
        title=_("Owed"),
        columns=(
            Column("shows", _("Shows"), "count"),
            Column("net", _("Net takings"), "money"),
            Column("rental", _("Rental due"), "money"),
        ),
        rows=[(figures.shows, figures.net, figures.rental)],
    )


def _told(distributor: Distributor | None) -> dict[str, str] | None:
    return {"name": distributor.name, "address": distributor.address} if distributor is not None else None


def _file_name(cinema: Cinema, film_id: int, first_day: date, what: str) -> str:
    return f"return-{cinema.slug}-{film_id}-{first_day}-{what}"
