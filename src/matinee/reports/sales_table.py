"""The sales as a report to read."""

from __future__ import annotations

from typing import Any

from matinee.languages.catalogs import translations
from matinee.programme.models import Cinema
from matinee.reports.periods import Period
from matinee.reports.sales import Grouping, SalesReport
from matinee.reports.tables import Column, Report, Table
from matinee.reports.takings import Takings
from matinee.reports.words import channel_name, comps_fact, money_note, period_fact


def grouping_name(by: Grouping, language: str) -> str:
    """What the rows of such a report are."""
    _ = translations(language).gettext
    return {
        "day": _("Day"),
        "month": _("Month"),
        "film": _("Film"),
        "hall": _("Hall"),
        "type": _("Ticket type"),
        "channel": _("Channel"),
        "clerk": _("Sold by"),
        "screening": _("Screening"),
    }[by]


def sales_table(report: SalesReport, *, cinema: Cinema, period: Period, language: str) -> Report:
    """The report, with a row of totals."""
    _ = translations(language).gettext
    keys = _key_columns(report.by, language)
    totals = (_("Together"), *[None] * (len(keys) - 1), *_numbers(report.total))
    return Report(
        name=f"sales-{cinema.slug}-{period.first_day}-{period.last_day}-{report.by}",
        title=_("Sales"),
        language=language,
        currency=cinema.currency,
        house=cinema.name,
        house_address=cinema.address,
        facts=(
            period_fact(period, language),
            (_("Grouped by"), grouping_name(report.by, language)),
            comps_fact(report.comps, language),
        ),
        tables=(
            Table(
                columns=(*keys, *_number_columns(language)),
                rows=[(*_said(report.by, row.of, language), *_numbers(row.takings)) for row in report.rows],
                totals=totals,
                nothing=_("Nothing was sold in these days, and nothing came back."),
            ),
        ),
        notes=(
            money_note(cinema.currency, language),
            _("What came back counts against the day on which it came back, whenever it was sold."),
        ),
    )


def _key_columns(by: Grouping, language: str) -> tuple[Column, ...]:
    _ = translations(language).gettext
    if by == "screening":
        return (
            Column("day", _("Day"), "day"),
            Column("time", _("Time")),
            Column("film", _("Film")),
            Column("hall", _("Hall")),
        )
    return (Column(by, grouping_name(by, language), by if by in ("day", "month") else "text"),)


def _number_columns(language: str) -> tuple[Column, ...]:
    _ = translations(language).gettext
    return (
        Column("sold", _("Sold"), "count"),
        Column("returned", _("Returned"), "count"),
        Column("tickets", _("Tickets"), "count"),
        Column("gross", _("Tickets gross"), "money"),
        Column("fees", _("Fees"), "money"),
        Column("taken", _("Taken"), "money"),
        Column("tax", _("Tax in it"), "money"),
        Column("net", _("Net"), "money"),
    )


def _numbers(takings: Takings) -> tuple[int, ...]:
    return (
        takings.sold, takings.returned, takings.tickets, takings.gross, takings.fees, takings.taken, takings.tax,
        takings.net,
    )  # fmt: skip


def _said(by: Grouping, of: tuple[Any, ...], language: str) -> tuple[Any, ...]:
    _ = translations(language).gettext
    if by == "channel":
        return (channel_name(of[0], language),)
    if of == (None,):
        return (_("Nobody of the staff") if by == "clerk" else _("None"),)
    return of
