"""The return of one film and week: how it is now, what was told of it, and what is to be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.kernel import clock
from matinee.programme.models import Cinema
from matinee.reports.errors import ReturnNotFound
from matinee.reports.return_figures import figures_of
from matinee.reports.return_table import lines_table, return_now_table, sent_return_table
from matinee.reports.returns import ReturnState, find_sent, return_state
from matinee.reports.tables import Column, Report, Table
from matinee.reports.ticket_groups import Comps
from matinee.web.backoffice.blueprint import here, may_here, staff_page
from matinee.web.backoffice.changes import read
from matinee.web.backoffice.days import day_of
from matinee.web.backoffice.figures.answers import file_answer, show_report
from matinee.web.backoffice.figures.asked import asked_choice, cinema_of
from matinee.web.backoffice.figures.returns import state_text
from matinee.web.shared.languages import _, page_language

PATH = "/at/<cinema>/returns/<int(max=2147483647):film_id>/<week>"
# Of a return: complimentary tickets alone are no return.
RETURN_COMPS: tuple[Comps, ...] = ("in", "out")


@staff_page(PATH, power="figures")
def film_return(cinema: str, film_id: int, week: str) -> ResponseReturnValue:
    """The page. Its files are those of how it is now."""
    first_day = day_of(week, default=date.min)
    comps = asked_choice("comps", RETURN_COMPS, default="in")

    def work(session: Session) -> tuple[Cinema, ReturnState]:
        house = cinema_of(session, cinema)
        return house, return_state(session, cinema=house, film_id=film_id, first_day=first_day, comps=comps)

    house, state = read(work)
    language = page_language()
    is_over = state.now.week.is_over(zone=house.timezone, now=clock.now())
    return show_report(
        return_now_table(state, cinema=house, language=language),
        template="backoffice/figures/film_return.html",
        state=state,
        said=state_text(state),
        is_over=is_over,
        currency=house.currency,
        can_send=is_over
        and state.film.distributor is not None
        and not state.unsent.is_nothing
        and may_here("send_figures"),
        told=_told_table(state) if state.sent else None,
        changes=replace(
            lines_table(state.unsent, language), title=_("Not told yet, by ticket type and price")
        ),
        files=[(row, _file_url(row.number, film_id, week)) for row in state.sent],
    )


@staff_page(f"{PATH}/<int(max=100000):number>.<kind>", power="figures")
def sent_return_file(cinema: str, film_id: int, week: str, number: int, kind: str) -> ResponseReturnValue:
    """What was sent, as it was: GET .../0.pdf, .../1.csv."""
    if kind not in ("csv", "pdf"):
        raise ReturnNotFound
    first_day = day_of(week, default=date.min)

    def work(session: Session) -> Report:
        house = cinema_of(session, cinema)
        row = find_sent(session, cinema=house, film_id=film_id, first_day=first_day, number=number)
        return sent_return_table(row, cinema=house, language=page_language())

    return file_answer(read(work), kind)


def _file_url(number: int, film_id: int, week: str) -> dict[str, str]:
    return {
        kind: here("sent_return_file", film_id=film_id, week=week, number=number, kind=kind)
        for kind in ("pdf", "csv")
    }


def _told_table(state: ReturnState) -> Table:
    """What was told, how it is now, and the difference: one row each."""
    parts = [
        (
            _("Return") if row.number == 0 else _("Adjustment %(number)d", number=row.number),
            figures_of(row.figures),
        )
        for row in state.sent
    ]
    if len(parts) > 1:
        parts.append((_("All that was sent"), state.told))
    parts.append((_("As it is now"), state.now.figures))
    rows = [(name, one.shows, one.admissions, one.gross, one.tax, one.net, one.rental) for name, one in parts]
    left = state.unsent
    return Table(
        title=_("What was sent, and what changed"),
        columns=(
            Column("what", ""),
            Column("shows", _("Shows"), "count"),
            Column("admissions", _("Admissions"), "count"),
            Column("gross", _("Gross"), "money"),
            Column("tax", _("Tax"), "money"),
            Column("net", _("Net"), "money"),
            Column("rental", _("Rental due"), "money"),
        ),
        rows=rows,
        totals=(
            _("Not told yet"), left.shows, left.admissions, left.gross, left.tax, left.net, left.rental,
        ),
    )  # fmt: skip


__all__ = ["PATH", "RETURN_COMPS", "film_return", "sent_return_file"]
