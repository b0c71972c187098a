"""Whatever happens, every figure agrees with every other and with the ledger of payments, to the unit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.programme.models import Cinema, Film
from matinee.reports.errors import FilmWithoutDistributor, NothingToSend
from matinee.reports.models import DistributorReturn
from matinee.reports.periods import Period
from matinee.reports.reconciliation import reconcile
from matinee.reports.return_figures import figures_of, summed
from matinee.reports.returns import return_state, send_return
from matinee.reports.sales import GROUPINGS, sales_report
from matinee.reports.settlement import settlement
from matinee.reports.takings import Takings
from matinee.reports.tax import SPANS, tax_report
from matinee.reports.weeks import week_of
from tests.boxoffice.selling import Sale
from tests.building import TODAY
from tests.depth import examples
from tests.reports.books import (
    Sums,
    admissions,
    money_of_incomplete_orders,
    money_taken,
    sums_of,
    wall_day,
)
from tests.reports.distributors import rent_films
from tests.reports.walk import Walk

FIRST_SEED = 1
STEPS = 160
MUST_HAPPEN = (
    "buy", "buy_with_voucher", "buy_partly", "buy_for_nothing", "buy_by_program", "give_away", "begin_to_pay",
    "money came", "refund", "refund_some", "exchanged to due", "exchanged to paid", "hand_over", "pay_at_the_counter",
    "cancel",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + examples(1)))
def test_all_figures_agree_with_the_ledger(sale: Sale, seed: int) -> None:
    walk = Walk(sale, seed)
    sale.write(rent_films)
    sent_on_the_way = 0
    for _part in range(4):
        walk.go(STEPS // 4)
        sent_on_the_way += sale.write(lambda session: _send_what_is_over(session, walk))
    sale.read(lambda session: _check(session, walk))
    # To the end of the last week, and on: what changes after it was told is told by adjustments.
    walk.now += timedelta(days=14)
    sale.write(lambda session: _send_what_is_over(session, walk))
    for deed in (walk.refund_some, walk.refund, walk.pay_at_the_counter, walk.exchange) * 3:
        walk.act(deed)
    sale.write(lambda session: _send_what_is_over(session, walk))
    sale.check_books()
    sale.read(lambda session: _check(session, walk))
    sale.read(_check_returns)
    assert sent_on_the_way
    if seed == FIRST_SEED:
        # The walk of the suite must meet everything; of many, one may miss what is rare.
        missing = [name for name in MUST_HAPPEN if not walk.done[name]]
        assert not missing, (missing, walk.done)


def _check(session: Session, walk: Walk) -> None:
    first, last = TODAY - timedelta(days=1), wall_day(walk.now)
    taken = 0
    for cinema in session.scalars(select(Cinema)):
        period = Period(first, last, cinema.timezone)
        right = sums_of(session, cinema.id, first, last)
        _check_sales(session, cinema, period, right)
        _check_tax(session, cinema, period, right)
        _check_settlement(session, cinema, period)
        _check_days(session, cinema, period)
        taken += right.gross + right.fees
    # The ledger of all cinemas: what came in less what went back is tickets, or deposits.
    assert money_taken(session) == taken + money_of_incomplete_orders(session)


def _sums(takings: Takings) -> Sums:
    return Sums(
        takings.sold, takings.returned, takings.gross, takings.fees, takings.ticket_tax, takings.fee_tax
    )


def _check_sales(session: Session, cinema: Cinema, period: Period, right: Sums) -> None:
    without = sums_of(session, cinema.id, period.first_day, period.last_day, comps=False)
    for by in GROUPINGS:
        report = sales_report(session, cinema=cinema, period=period, by=by)
        assert _sums(report.total) == right, by
        assert (
            sum(row.takings.net for row in report.rows)
            == right.gross + right.fees - right.ticket_tax - right.fee_tax
        )
        assert _sums(sales_report(session, cinema=cinema, period=period, by=by, comps="out").total) == without
        only = sales_report(session, cinema=cinema, period=period, by=by, comps="only")
        assert only.total.sold == right.sold - without.sold


def _check_tax(session: Session, cinema: Cinema, period: Period, right: Sums) -> None:
    for by in SPANS:
        report = tax_report(session, cinema=cinema, period=period, by=by)
        assert _sums(report.total) == right
        assert sum(takings.tax for _rate, takings in report.rates) == right.ticket_tax + right.fee_tax


def _check_settlement(session: Session, cinema: Cinema, period: Period) -> None:
    sales = sales_report(session, cinema=cinema, period=period, by="day").total
    money = settlement(session, cinema=cinema, period=period).net
    found = reconcile(session, cinema=cinema, period=period, money=money, tickets=sales.taken)
    assert found.adds_up, found


def _check_days(session: Session, cinema: Cinema, period: Period) -> None:
    """Each day by itself adds up, and all of them are the whole."""
    day, money, deposits = period.first_day, 0, 0
    while day <= period.last_day:
        one = Period(day, day, period.zone)
        sales = sales_report(session, cinema=cinema, period=one, by="film").total
        assert _sums(sales) == sums_of(session, cinema.id, day, day)
        net = settlement(session, cinema=cinema, period=one).net
        found = reconcile(session, cinema=cinema, period=one, money=net, tickets=sales.taken)
        assert found.adds_up, (day, found)
        money, deposits, day = money + net, deposits + found.deposits, day + timedelta(days=1)
    assert money == settlement(session, cinema=cinema, period=period).net


def _send_what_is_over(session: Session, walk: Walk) -> int:
    """Send whatever there is to tell; return how much of it."""
    sent = 0
    for cinema in session.scalars(select(Cinema).order_by(Cinema.id)):
        week = week_of(TODAY, begins_on=cinema.week_starts_on)
        while week.is_over(zone=cinema.timezone, now=walk.now):
            for film_id in session.scalars(select(Film.id).order_by(Film.id)):
                state = return_state(session, cinema=cinema, film_id=film_id, first_day=week.first_day)
                try:
                    send_return(
                        session, cinema=cinema, film_id=film_id, first_day=week.first_day, comps=state.comps,
                        seen=state.fingerprint, actor="manager", now=walk.now,
                    )  # fmt: skip
                    sent += 1
                except (NothingToSend, FilmWithoutDistributor):
                    continue
            week = week.after
    return sent


def _check_returns(session: Session) -> None:
    """All that was told of a film and week together is how it is now."""
    rows = session.scalars(select(DistributorReturn).order_by(DistributorReturn.id)).all()
    assert any(row.number for row in rows), "something changed after a return was sent"
    told: dict[tuple[int, int, object], list[DistributorReturn]] = {}
    for row in rows:
        told.setdefault((row.cinema_id, row.film_id, row.week_start), []).append(row)
    for (cinema_id, film_id, first_day), several in told.items():
        figures = summed(figures_of(row.figures) for row in several)
        right = admissions(session, cinema_id, film_id, first_day)  # type: ignore[arg-type]
        assert (figures.admissions, figures.gross) == right
        cinema = session.get_one(Cinema, cinema_id)
        state = return_state(session, cinema=cinema, film_id=film_id, first_day=first_day)  # type: ignore[arg-type]
        assert (figures.tax, figures.rental) == (state.now.figures.tax, state.now.figures.rental)
        assert state.is_up_to_date
