"""The sales of the day, hour by hour, as a chart."""

from __future__ import annotations

from collections.abc import Callable

from matinee.kernel.money import Money, minor_digits
from matinee.languages.formats import money_text, round_money_text
from matinee.reports.today.house_today import HouseToday
from matinee.reports.today.sales import Sum
from matinee.web.backoffice.charts import Chart, Series
from matinee.web.shared.languages import _, page_language


def sales_by_hour(figures: HouseToday, *, with_money: bool) -> Chart:
    """Sales less returns, against the same weekday a week before: money, or tickets for those who may not see money.

    Hours in which neither day sold anything are left out at both ends; those to come have no number today.
    """
    hours = _hours(figures)
    value: Callable[[Sum], int] = (lambda one: one.amount) if with_money else (lambda one: one.tickets)
    language, currency = page_language(), figures.currency
    return Chart(
        key="sales-by-hour",
        title=_("Sales by hour") if with_money else _("Tickets sold by hour"),
        across=_("Hour"),
        labels=[f"{hour:02}" for hour in hours],
        series=[
            Series(
                _("Today"),
                [value(figures.sales.hours[hour]) if hour <= figures.hour else None for hour in hours],
            ),
            Series(_("A week ago"), [value(figures.sales_before.hours[hour]) for hour in hours]),
        ],
        say=(lambda amount: money_text(Money(amount, currency), language)) if with_money else str,
        say_short=(lambda amount: round_money_text(Money(amount, currency), language)) if with_money else str,
        unit=10 ** minor_digits(currency) if with_money else 1,
        totals=True,
    )


def _hours(figures: HouseToday) -> range:
    busy = [
        hour
        for day in (figures.sales, figures.sales_before)
        for hour, found in enumerate(day.hours)
        if found.tickets or found.amount
    ]
    return range(min([*busy, figures.hour]), max([*busy, figures.hour]) + 1)
