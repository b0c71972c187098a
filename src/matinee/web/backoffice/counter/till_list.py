"""GET /backoffice/at/<cinema>/tills: every till of the cinema, and the report of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.till_models import TillSession
from matinee.boxoffice.till_reports import TillReport, report_of
from matinee.boxoffice.tills import find_till
from matinee.kernel import clock
from matinee.kernel.money import Money
from matinee.languages.formats import money_text
from matinee.web.backoffice.blueprint import here, may_here, staff_id, staff_page, this_house
from matinee.web.backoffice.changes import read
from matinee.web.backoffice.counter.clerks import cinema_here
from matinee.web.backoffice.counter.denominations import denominations_of, field_name
from matinee.web.backoffice.counter.reports import sections_of
from matinee.web.backoffice.csv_file import csv_answer, money_value
from matinee.web.backoffice.days import days_between
from matinee.web.backoffice.listing import Column, Filter, Listing, Wanted, ordered, show_listing
from matinee.web.shared.languages import _, page_language


@dataclass(frozen=True, slots=True)
class ShownTill:
    """A till with its report."""

    till: TillSession
    report: TillReport
    currency: str
    zone: str


@staff_page("/at/<cinema>/tills", power="figures")
def tills(cinema: str) -> ResponseReturnValue:
    """The tills of the cinema, the latest first."""
    zone = this_house().timezone
    currency = read(lambda session: cinema_here(session).currency)
    columns: list[Column[TillSession]] = [
        Column("number", _("Z report"), lambda one: one.number, _link, sorts=True),
        Column("clerk", _("Clerk"), lambda one: one.clerk_name, sorts=True),
        _moment("opened", _("Opened"), "opened_at", zone),
        _moment("closed", _("Closed"), "closed_at", zone),
        _money("float", _("Float"), currency, lambda one: one.opening_float),
        _money("expected", _("Ought to be there"), currency, lambda one: one.expected_cash),
        _money("counted", _("Counted"), currency, lambda one: one.counted_cash),
        _money("difference", _("Difference"), currency, _difference),
        Column("note", _("Note"), lambda one: one.note),
    ]
    return show_listing(
        Listing(
            name="tills",
            title=_("Tills"),
            columns=columns,
            filters=(
                Filter("clerk", _("Clerk")),
                Filter(
                    "state", _("State"), kind="choice", options=(("open", _("Open")), ("closed", _("Closed")))
                ),
                Filter("first_day", _("From"), kind="day"),
                Filter("last_day", _("Until"), kind="day"),
            ),
            source=_tills,
            sort="-opened",
            nothing=_("No till was opened that fits."),
        )
    )


@staff_page("/at/<cinema>/tills/<id:till_id>", power="figures")
def till_report(cinema: str, till_id: int) -> ResponseReturnValue:
    """What a till has done so far, or its Z report."""
    return _show(till_id, endpoint="till_report", own=False)


@staff_page("/at/<cinema>/till/<id:till_id>", power="sell")
def my_till_report(cinema: str, till_id: int) -> ResponseReturnValue:
    """The same for the clerk whose till it was; 403 for everybody else."""
    return _show(till_id, endpoint="my_till_report", own=True)


def _show(till_id: int, *, endpoint: str, own: bool) -> ResponseReturnValue:
    now = clock.now()

    def look(session: Session) -> ShownTill:
        till = find_till(session, till_id=till_id, cinema_id=this_house().id)
        if own and till.clerk_id != staff_id():
            abort(403)
        house = cinema_here(session)
        return ShownTill(till, report_of(session, till=till, now=now), house.currency, house.timezone)

    shown = read(look)
    sections = sections_of(shown.report, shown.till)
    if request.args.get("format") == "csv":
        rows = [
            [section.title, line.name, line.count, None if line.amount is None else money_value(line.amount, shown.currency)]
            for section in sections
            for line in section.lines
        ]  # fmt: skip
        name = f"z-{shown.till.number}" if shown.till.number else f"till-{shown.till.id}"
        return csv_answer(name, [_("Part"), _("Line"), _("Number"), shown.currency], rows)
    return render_template(
        "backoffice/counter/till_report.html",
        shown=shown,
        till=shown.till,
        currency=shown.currency,
        zone=shown.zone,
        sections=sections,
        now=now,
        file_url=here(endpoint, till_id=till_id, format="csv"),
        pieces=denominations_of(shown.currency),
        field_name=field_name,
        may_close=shown.till.closed_at is None and may_here("sell"),
    )


def _tills(session: Session, wanted: Wanted) -> Sequence[TillSession]:
    found = select(TillSession).where(
        TillSession.cinema_id == this_house().id,
        days_between(TillSession.opened_at, wanted, zone=this_house().timezone),
    )
    if "clerk" in wanted.filters:
        found = found.where(TillSession.clerk_name.contains(wanted.filters["clerk"], autoescape=True))
    if "state" in wanted.filters:
        is_open = wanted.filters["state"] == "open"
        found = found.where(
            TillSession.closed_at.is_(None) if is_open else TillSession.closed_at.is_not(None)
        )
    by = {
        "number": TillSession.number,
        "clerk": TillSession.clerk_name,
        "opened": TillSession.opened_at,
        "closed": TillSession.closed_at,
    }
    return session.scalars(ordered(found, wanted, by, last=TillSession.id)).all()


def _difference(one: TillSession) -> int | None:
    if one.counted_cash is None or one.expected_cash is None:
        return None
    return one.counted_cash - one.expected_cash


def _link(one: TillSession) -> Markup:
    said = f"Z {one.number}" if one.number is not None else _("Open")
    return Markup('<a href="{}">{}</a>').format(here("till_report", till_id=one.id), said)


def _moment(key: str, title: str, attribute: str, zone: str) -> Column[TillSession]:
    def on_wall(one: TillSession) -> object:
        moment = getattr(one, attribute)
        return None if moment is None else moment.astimezone(ZoneInfo(zone))

    def shown(one: TillSession) -> str:
        moment = getattr(one, attribute)
        return "" if moment is None else moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")

    return Column(key, title, on_wall, shown, sorts=True)


def _money(
    key: str, title: str, currency: str, amount_of: Callable[[TillSession], int | None]
) -> Column[TillSession]:
    def value(one: TillSession) -> object:
        amount = amount_of(one)
        return None if amount is None else money_value(amount, currency)

    def shown(one: TillSession) -> str:
        amount = amount_of(one)
        return "" if amount is None else money_text(Money(amount, currency), page_language())

    return Column(key, title, value, shown, at_end=True)
