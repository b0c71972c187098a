"""GET /backoffice/at/<cinema>/sales: what was sold and what came back, grouped."""

from __future__ import annotations

from datetime import timedelta

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.kernel import clock
from matinee.languages.formats import day_and_month_text
from matinee.programme.models import Cinema
from matinee.reports.periods import Period
from matinee.reports.sales import GROUPINGS, SalesReport
from matinee.reports.sales import sales_report as read_sales
from matinee.reports.sales_table import grouping_name, sales_table
from matinee.reports.tables import shown_value
from matinee.reports.ticket_groups import COMPS
from matinee.web.backoffice.blueprint import staff_page, this_house
from matinee.web.backoffice.changes import read
from matinee.web.backoffice.charts import Chart, Series
from matinee.web.backoffice.figures.answers import show_report
from matinee.web.backoffice.figures.asked import asked_choice, asked_period, cinema_of
from matinee.web.shared.languages import _, page_language

# More bars than this are no picture any more.
BARS_MAX = 62
# Names need room beneath their bars.
NAMED_BARS_MAX, NAME_MAX = 6, 12


@staff_page("/at/<cinema>/sales", power="figures")
def sales_report(cinema: str) -> ResponseReturnValue:
    """The sales of some days."""
    period = asked_period(this_house().timezone, now=clock.now())
    by = asked_choice("by", GROUPINGS, default="day")
    comps = asked_choice("comps", COMPS, default="in")

    def work(session: Session) -> tuple[Cinema, SalesReport]:
        house = cinema_of(session, cinema)
        return house, read_sales(session, cinema=house, period=period, by=by, comps=comps)

    house, report = read(work)
    language = page_language()
    return show_report(
        sales_table(report, cinema=house, period=period, language=language),
        template="backoffice/figures/sales.html",
        period=period,
        by=by,
        comps=comps,
        total=report.total,
        groupings=[(one, grouping_name(one, language)) for one in GROUPINGS],
        chart=_chart(report, house, period, language),
    )


def _chart(report: SalesReport, cinema: Cinema, period: Period, language: str) -> Chart | None:
    """Day by day what was taken, with days on which nothing was; otherwise the names that have most. None where a picture
    would say nothing."""
    if report.by == "day":
        days = (period.last_day - period.first_day).days + 1
        if days > BARS_MAX:
            return None
        taken = {row.of[0]: row.takings.taken for row in report.rows}
        every = [period.first_day + timedelta(days=number) for number in range(days)]
        bars = [(day_and_month_text(day, language), taken.get(day, 0)) for day in every]
    elif report.by in ("film", "hall", "type"):
        most = sorted(report.rows, key=lambda row: -row.takings.taken)[:NAMED_BARS_MAX]
        bars = [(_short(str(row.of[0] or _("None"))), row.takings.taken) for row in most]
    else:
        return None
    if not any(amount for _label, amount in bars):
        return None

    def say(amount: int) -> str:
        return shown_value(amount, "money", currency=cinema.currency, language=language)

    return Chart(
        key="taken",
        title=_("Taken, in %(currency)s", currency=cinema.currency),
        across=grouping_name(report.by, language),
        labels=[label for label, _amount in bars],
        series=[Series(_("Taken"), [amount for _label, amount in bars])],
        say=say,
        unit=100,
    )


def _short(name: str) -> str:
    return name if len(name) <= NAME_MAX else f"{name[: NAME_MAX - 1].rstrip()}…"
