"""GET /backoffice/at/<cinema>/payments: what came in and went back, whether it agrees with the tickets, vouchers."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.kernel import clock
from matinee.programme.models import Cinema
from matinee.reports.payments_report import PaymentsReport, payments_report
from matinee.reports.payments_table import payments_table
from matinee.reports.snapshot import see_one_moment
from matinee.web.backoffice.blueprint import staff_page, this_house
from matinee.web.backoffice.changes import read
from matinee.web.backoffice.figures.answers import show_report
from matinee.web.backoffice.figures.asked import asked_period, cinema_of
from matinee.web.shared.languages import page_language


@staff_page("/at/<cinema>/payments", power="figures")
def settlement(cinema: str) -> ResponseReturnValue:
    """The payments of some days."""
    now = clock.now()
    period = asked_period(this_house().timezone, now=now)

    def work(session: Session) -> tuple[Cinema, PaymentsReport]:
        see_one_moment(session)
        house = cinema_of(session, cinema)
        return house, payments_report(session, cinema=house, period=period, now=now)

    house, report = read(work)
    return show_report(
        payments_table(report, cinema=house, period=period, language=page_language()),
        template="backoffice/figures/settlement.html",
        period=period,
        books=report.books,
    )
