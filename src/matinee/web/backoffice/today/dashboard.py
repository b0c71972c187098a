"""GET /backoffice/at/<cinema>/today: what runs, how full it is, what is sold; and the part of it that is asked for again."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from matinee.kernel import clock
from matinee.programme.queries import halls_of
from matinee.reports.today.house_today import HouseToday, house_today
from matinee.web.backoffice.blueprint import may_here, staff_page, this_house
from matinee.web.backoffice.changes import read
from matinee.web.backoffice.today.hours import sales_by_hour
from matinee.web.backoffice.today.money_rows import compared, money_rows, ticket_rows
from matinee.web.backoffice.today.occupancy import in_words, parts_of
from matinee.web.shared.languages import page_language
from matinee.web.shared.prepared import etag_of
from matinee.web.shared.services import services

POLL_SECONDS = 5
NEXT_MAX = 5


@dataclass(frozen=True, slots=True)
class LivePart:
    """What changes while one looks, as markup. `mark` differs when that differs."""

    markup: str
    mark: str


@staff_page("/at/<cinema>/today", power="house_today")
def today(cinema: str) -> ResponseReturnValue:
    """The house today. Money is shown to those who may see figures."""
    house_id = this_house().id
    halls = services().kept_answers.get(
        ("halls", house_id), lambda: read(lambda session: halls_of(session, cinema_id=house_id))
    )
    return render_template("backoffice/today/page.html", live=_live_part(), seconds=POLL_SECONDS, halls=halls)


@staff_page("/at/<cinema>/today/live", power="house_today")
def today_live(cinema: str) -> ResponseReturnValue:
    """The part that changes; 204 where it is still the one that the page says it has."""
    live = _live_part()
    if request.args.get("seen") == live.mark:
        return Response(status=204)
    return render_template("backoffice/today/live.html", live=live)


def _live_part() -> LivePart:
    """Made once for each version of the data and each kind of reader, however many of them look."""
    cinema_id, with_money, now = this_house().id, may_here("figures"), clock.now()

    def make() -> LivePart:
        figures = read(lambda session: house_today(session, cinema_id=cinema_id, now=now))
        markup = render_template("backoffice/today/figures.html", **_shown(figures, with_money=with_money))
        return LivePart(markup, etag_of(markup.encode()))

    found: LivePart = services().kept_answers.get(
        ("house_today", cinema_id, page_language(), with_money), make
    )
    return found


def _shown(figures: HouseToday, *, with_money: bool) -> dict[str, object]:
    net, before = figures.sales.net, figures.sales_before.net_before
    return {
        "figures": figures,
        "over_ids": [one.id for one in figures.screenings if one.ends_at <= figures.now],
        "next_ones": figures.next_ones[:NEXT_MAX],
        "with_money": with_money,
        "rows": [*ticket_rows(figures), *(money_rows(figures) if with_money else [])],
        "tickets_compared": compared(net.tickets, before.tickets),
        "sales_compared": compared(net.amount, before.amount),
        "by_hour": sales_by_hour(figures, with_money=with_money),
        "inside": sum(one.counts.inside for one in figures.running),
        "parts_of": parts_of,
        "in_words": in_words,
    }
