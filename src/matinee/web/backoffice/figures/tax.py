"""GET /backoffice/at/<cinema>/tax: the tax in what was sold, by day or month and rate."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.kernel import clock
from matinee.programme.models import Cinema
from matinee.reports.tax import SPANS, TaxReport
from matinee.reports.tax import tax_report as read_tax
from matinee.reports.tax_table import span_name, tax_table
from matinee.web.backoffice.blueprint import staff_page, this_house
from matinee.web.backoffice.changes import read
from matinee.web.backoffice.figures.answers import show_report
from matinee.web.backoffice.figures.asked import asked_choice, asked_period, cinema_of
from matinee.web.shared.languages import page_language


@staff_page("/at/<cinema>/tax", power="figures")
def tax_report(cinema: str) -> ResponseReturnValue:
    """The tax of some days."""
    period = asked_period(this_house().timezone, now=clock.now())
    by = asked_choice("by", SPANS, default="day")

    def work(session: Session) -> tuple[Cinema, TaxReport]:
        house = cinema_of(session, cinema)
        return house, read_tax(session, cinema=house, period=period, by=by)

    house, report = read(work)
    language = page_language()
    return show_report(
        tax_table(report, cinema=house, period=period, language=language),
        template="backoffice/figures/tax.html",
        period=period,
        by=by,
        spans=[(one, span_name(one, language)) for one in SPANS],
    )
