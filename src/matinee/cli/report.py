"""`matinee report`: the figures of a cinema in the terminal, as CSV and as PDF."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

import click
from sqlalchemy.orm import Session

from matinee.cli.files import write_given
from matinee.cli.films import film_named
from matinee.cli.opened import opened_services
from matinee.cli.prepared import prepare_database
from matinee.cli.refusals import refusals_shown
from matinee.cli.report_drawing import draw_report
from matinee.kernel import clock
from matinee.languages.catalogs import DEFAULT_LANGUAGE, LANGUAGES
from matinee.programme.models import Cinema
from matinee.programme.queries import cinema_by_slug
from matinee.reports.payments_report import payments_report
from matinee.reports.payments_table import payments_table
from matinee.reports.pdf import report_pdf
from matinee.reports.periods import Period
from matinee.reports.return_table import return_now_table, sent_return_table
from matinee.reports.returns import find_sent, return_state
from matinee.reports.sales import GROUPINGS, sales_report
from matinee.reports.sales_table import sales_table
from matinee.reports.snapshot import see_one_moment
from matinee.reports.tables import Report
from matinee.reports.tax import SPANS, tax_report
from matinee.reports.tax_table import tax_table
from matinee.reports.ticket_groups import COMPS
from matinee.reports.weeks import week_of

DAY = click.DateTime(formats=["%Y-%m-%d"])
Command = Callable[..., None]
# Makes the report of a cinema; told the moment.
Reader = Callable[[Session, Cinema, datetime], Report]


@click.group()
def report() -> None:
    """Figures: sales, distributors' returns, payments, tax. `docs/reports.md` says what each of them means."""


def _presented(command: Command) -> Command:
    for option in (
        click.option("--language", type=click.Choice(list(LANGUAGES)), default=DEFAULT_LANGUAGE, show_default=True,
                     help="Of what it says."),
        click.option("--pdf", "pdf_file", metavar="FILE", help="Write it as PDF; - for standard output."),
        click.option("--csv", "csv_file", metavar="FILE", help="Write it as CSV; - for standard output."),
        click.option("--cinema", metavar="SLUG", help="Which cinema; without it the first."),
    ):  # fmt: skip
        command = option(command)
    return command


def _of_days(command: Command) -> Command:
    @wraps(command)
    def with_days(*, first_day: datetime | None, last_day: datetime | None, **options: Any) -> None:
        command(days=(first_day, last_day), **options)

    for option in (
        click.option("--to", "last_day", type=DAY, metavar="DAY", help="The last day; without it today."),
        click.option("--from", "first_day", type=DAY, metavar="DAY",
                     help="The first day (2026-11-26); without it the first of the month of the last."),
    ):  # fmt: skip
        with_days = option(with_days)
    return _presented(with_days)


@report.command("sales")
@click.option("--by", type=click.Choice(GROUPINGS), default="day", show_default=True, help="How to group it.")
@click.option("--comps", type=click.Choice(COMPS), default="in", show_default=True,
              help="Complimentary tickets: counted, left out, nothing else.")  # fmt: skip
@_of_days
def show_sales(
    *, days: tuple[datetime | None, datetime | None], by: Any, comps: Any, language: str, **where: Any
) -> None:
    """What was sold and what came back.

    \b
    matinee report sales --from 2026-11-01 --to 2026-11-30 --by film
    matinee report sales --by clerk --csv november.csv
    """

    def work(session: Session, cinema: Cinema, now: datetime) -> Report:
        period = _period(cinema, days, now)
        found = sales_report(session, cinema=cinema, period=period, by=by, comps=comps)
        return sales_table(found, cinema=cinema, period=period, language=language)

    _show(work, **where)


@report.command("settlement")
@_of_days
def show_settlement(*, days: tuple[datetime | None, datetime | None], language: str, **where: Any) -> None:
    """What came in and went back, and whether it agrees with the tickets.

    \b
    matinee report settlement --from 2026-11-01 --to 2026-11-30
    """

    def work(session: Session, cinema: Cinema, now: datetime) -> Report:
        period = _period(cinema, days, now)
        found = payments_report(session, cinema=cinema, period=period, now=now)
        return payments_table(found, cinema=cinema, period=period, language=language)

    _show(work, **where)


@report.command("tax")
@click.option("--by", type=click.Choice(SPANS), default="day", show_default=True, help="How to group it.")
@_of_days
def show_tax(*, days: tuple[datetime | None, datetime | None], by: Any, language: str, **where: Any) -> None:
    """The tax in what was sold, by rate.

    \b
    matinee report tax --from 2026-11-01 --to 2026-11-30 --by month --pdf tax.pdf
    """

    def work(session: Session, cinema: Cinema, now: datetime) -> Report:
        period = _period(cinema, days, now)
        found = tax_report(session, cinema=cinema, period=period, by=by)
        return tax_table(found, cinema=cinema, period=period, language=language)

    _show(work, **where)


@report.command("return")
@click.argument("film", metavar="FILM")
@click.option("--week", type=DAY, required=True, metavar="DAY", help="A day of the week.")
@click.option("--number", type=click.IntRange(min=0), metavar="N",
              help="What was sent: 0 the return, 1 its first adjustment; without it how it is now.")  # fmt: skip
@click.option("--comps", type=click.Choice(("in", "out")), default="in", show_default=True,
              help="Complimentary tickets, until the return is sent: counted, left out.")  # fmt: skip
@_presented
def show_return(
    *, film: str, week: datetime, number: int | None, comps: Any, language: str, **where: Any
) -> None:
    """What is told to the distributor of FILM (its title or id) of a week. It is sent from the back office.

    \b
    matinee report return Nosferatu --week 2026-11-26
    matinee report return Nosferatu --week 2026-11-26 --number 0 --pdf return.pdf
    """

    def work(session: Session, cinema: Cinema, now: datetime) -> Report:
        film_id = film_named(session, film).id
        first_day = week_of(week.date(), begins_on=cinema.week_starts_on).first_day
        if number is not None:
            row = find_sent(session, cinema=cinema, film_id=film_id, first_day=first_day, number=number)
            return sent_return_table(row, cinema=cinema, language=language)
        state = return_state(session, cinema=cinema, film_id=film_id, first_day=first_day, comps=comps)
        return return_now_table(state, cinema=cinema, language=language)

    _show(work, **where)


def _period(cinema: Cinema, days: tuple[datetime | None, datetime | None], now: datetime) -> Period:
    first, last = days
    last_day = last.date() if last else now.astimezone(ZoneInfo(cinema.timezone)).date()
    first_day = first.date() if first else last_day.replace(day=1)
    if first_day > last_day:
        raise click.UsageError("The last day is before the first.")
    return Period(first_day, last_day, cinema.timezone)


def _show(work: Reader, *, cinema: str | None, csv_file: str | None, pdf_file: str | None) -> None:
    now = clock.now()

    def read(session: Session) -> Report:
        see_one_moment(session)
        return work(session, cinema_by_slug(session, cinema), now)

    with refusals_shown(), opened_services() as (_settings, services):
        prepare_database(services.engine)
        found = services.transactions.read(read)
    if csv_file is not None:
        write_given(csv_file, found.csv())
    if pdf_file is not None:
        write_given(pdf_file, report_pdf(found))
    if csv_file is None and pdf_file is None:
        draw_report(found)
