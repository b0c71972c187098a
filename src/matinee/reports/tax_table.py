"""The tax as a report to read."""

from __future__ import annotations

from matinee.languages.catalogs import translations
from matinee.programme.models import Cinema
from matinee.reports.periods import Period
from matinee.reports.tables import Column, Report, Table
from matinee.reports.takings import Takings
from matinee.reports.tax import Span, TaxReport
from matinee.reports.words import money_note, period_fact


def tax_table(report: TaxReport, *, cinema: Cinema, period: Period, language: str) -> Report:
    """The report: what each rate comes to in the period, then day by day or month by month."""
    _ = translations(language).gettext
    return Report(
        name=f"tax-{cinema.slug}-{period.first_day}-{period.last_day}-{report.by}",
        title=_("Tax"),
        language=language,
        currency=cinema.currency,
        house=cinema.name,
        house_address=cinema.address,
        facts=(period_fact(period, language),),
        tables=(_by_rate(report, language), _by_span(report, language)),
        notes=(
            money_note(cinema.currency, language),
            _("The rate is that of the day on which a ticket was sold, also where it comes back later."),
            _("The tax is worked out for each ticket and each fee by itself, and rounded there."),
        ),
    )


def span_name(by: Span, language: str) -> str:
    """What the rows of such a report are."""
    _ = translations(language).gettext
    return _("Day") if by == "day" else _("Month")


def _by_rate(report: TaxReport, language: str) -> Table:
    _ = translations(language).gettext
    return Table(
        title=_("By rate"),
        columns=(Column("rate", _("Rate"), "rate"), *_columns(language)),
        rows=[(rate, *_numbers(takings)) for rate, takings in report.rates],
        totals=(_("Together"), *_numbers(report.total)),
        nothing=_("Nothing was sold in these days, and nothing came back."),
    )


def _by_span(report: TaxReport, language: str) -> Table:
    _ = translations(language).gettext
    return Table(
        title=_("By day") if report.by == "day" else _("By month"),
        columns=(
            Column(report.by, span_name(report.by, language), report.by),
            Column("rate", _("Rate"), "rate"),
            *_columns(language),
        ),
        rows=[(row.day, row.basis_points, *_numbers(row.takings)) for row in report.rows],
        totals=(_("Together"), None, *_numbers(report.total)),
        nothing=_("Nothing was sold in these days, and nothing came back."),
    )


def _columns(language: str) -> tuple[Column, ...]:
    _ = translations(language).gettext
    return (
        Column("gross", _("Tickets gross"), "money"),
        Column("ticket_tax", _("Tax in tickets"), "money"),
        Column("fees", _("Fees gross"), "money"),
        Column("fee_tax", _("Tax in fees"), "money"),
        Column("taken", _("Gross"), "money"),
        Column("tax", _("Tax"), "money"),
        Column("net", _("Net"), "money"),
    )


def _numbers(takings: Takings) -> tuple[int, ...]:
    return (
        takings.gross, takings.ticket_tax, takings.fees, takings.fee_tax, takings.taken, takings.tax, takings.net,
    )  # fmt: skip
