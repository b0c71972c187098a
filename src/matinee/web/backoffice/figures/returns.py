"""GET /backoffice/at/<cinema>/returns: the films of a week, and what was told of them."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from flask import request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from matinee.kernel import clock
from matinee.kernel.spreadsheets import money_value
from matinee.programme.models import Cinema
from matinee.reports.returns import ReturnState, returns_of_week
from matinee.reports.tables import shown_value
from matinee.reports.weeks import Week, week_of
from matinee.web.backoffice.blueprint import here, staff_page, this_house
from matinee.web.backoffice.changes import read
from matinee.web.backoffice.days import day_of
from matinee.web.backoffice.figures.asked import cinema_of
from matinee.web.backoffice.listing import Column, Filter, Listing, Wanted, in_order, show_listing
from matinee.web.shared.languages import _, page_language


@staff_page("/at/<cinema>/returns", power="figures")
def returns(cinema: str) -> ResponseReturnValue:
    """The week of a day; without one the last that is over."""
    house = read(lambda session: cinema_of(session, cinema))
    week = _asked_week(house)
    return show_listing(
        Listing(
            name=f"returns-{house.slug}-{week.first_day}",
            title=_("Distributors’ returns"),
            columns=_columns(house),
            filters=(Filter("day", _("The week of"), kind="day"),),
            source=lambda session, wanted: _states(session, wanted, house, week),
            sort="film",
            nothing=_("No film was shown in this week."),
        ),
        template="backoffice/figures/returns.html",
        week=week,
    )


def state_text(state: ReturnState) -> str:
    """What was told of it, in two words."""
    if not state.sent:
        return _("Not sent")
    return _("Sent") if state.is_up_to_date else _("Changed since")


def _asked_week(house: Cinema) -> Week:
    today = clock.now().astimezone(ZoneInfo(this_house().timezone)).date()
    running = week_of(today, begins_on=house.week_starts_on)
    day = day_of(request.args.get("day"), default=running.before.first_day)
    return week_of(day, begins_on=house.week_starts_on)


def _columns(house: Cinema) -> list[Column[ReturnState]]:
    currency, language = house.currency, page_language()

    def money(title: str, key: str) -> Column[ReturnState]:
        return Column(
            key,
            title,
            lambda state: money_value(getattr(state.now.figures, key), currency),
            lambda state: shown_value(
                getattr(state.now.figures, key), "money", currency=currency, language=language
            ),
            sorts=True,
            at_end=True,
        )

    return [
        Column("film", _("Film"), lambda state: state.film.title, _link, sorts=True),
        Column("distributor", _("Distributor"), _distributor, sorts=True),
        Column("shows", _("Shows"), lambda state: state.now.figures.shows, at_end=True),
        Column(
            "admissions", _("Admissions"), lambda state: state.now.figures.admissions, sorts=True, at_end=True
        ),
        money(_("Gross"), "gross"),
        money(_("Net"), "net"),
        money(_("Rental due"), "rental"),
        Column("state", _("Return"), state_text, _state, sorts=True),
    ]


def _states(session: Session, wanted: Wanted, house: Cinema, week: Week) -> Sequence[ReturnState]:
    return in_order(
        returns_of_week(session, cinema=house, week=week),
        wanted,
        {
            "film": lambda state: state.film.title.casefold(),
            "distributor": lambda state: _distributor(state).casefold(),
            "admissions": lambda state: state.now.figures.admissions,
            "gross": lambda state: state.now.figures.gross,
            "net": lambda state: state.now.figures.net,
            "rental": lambda state: state.now.figures.rental,
            "state": state_text,
        },
    )


def _distributor(state: ReturnState) -> str:
    return state.film.distributor.name if state.film.distributor is not None else ""


def _link(state: ReturnState) -> Markup:
    url = here("film_return", film_id=state.film.id, week=state.now.week.first_day)
    return Markup('<a href="{}">{}</a>').format(url, state.film.title)


def _state(state: ReturnState) -> Markup:
    looks, mark = (
        ("state-good", "✓") if state.is_up_to_date else ("state-warn", "!") if state.sent else ("", "○")
    )
    return Markup('<span class="state {}"><span aria-hidden="true">{}</span> {}</span>').format(
        looks, mark, state_text(state)
    )
