"""The money of the day beside that of the same weekday a week before."""

from __future__ import annotations

from dataclasses import dataclass

from matinee.reports.today.house_today import HouseToday
from matinee.web.shared.languages import _


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """One line: today so far, a week ago up to this time, and the whole of that day.

    `is_money`: minor units, else tickets; `is_part`: of the line above it.
    """

    title: str
    today: int
    until_now: int
    whole_day: int
    is_money: bool = True
    is_part: bool = False


def ticket_rows(figures: HouseToday) -> list[MoneyRow]:
    """How many tickets were sold, and how many came back."""
    now, then = figures.sales, figures.sales_before
    return [
        MoneyRow(_("Tickets sold"), now.sold.tickets, then.sold_before.tickets, then.sold.tickets, is_money=False),
        MoneyRow(
            _("Tickets that came back"), now.returned.tickets, then.returned_before.tickets, then.returned.tickets,
            is_money=False,
        ),
    ]  # fmt: skip


def money_rows(figures: HouseToday) -> list[MoneyRow]:
    """Sales less returns, then what was paid and refunded, by the way it went."""
    now, then = figures.sales, figures.sales_before
    rows = [MoneyRow(_("Sales less returns"), now.net.amount, then.net_before.amount, then.net.amount)]
    for title, today, before in (
        (_("Payments"), figures.money.paid, figures.money_before.paid),
        (_("Refunds"), figures.money.refunded, figures.money_before.refunded),
    ):
        parts = [
            MoneyRow(
                way_name(way),
                today[way].amount if way in today else 0,
                before[way].before if way in before else 0,
                before[way].amount if way in before else 0,
                is_part=True,
            )
            for way in sorted({*today, *before})
        ]
        rows.append(
            MoneyRow(
                title,
                sum(part.today for part in parts),
                sum(part.until_now for part in parts),
                sum(part.whole_day for part in parts),
            )
        )
        rows += parts
    return rows


def way_name(provider: str) -> str:
    """What staff calls a way to pay."""
    return {
        "counter": _("At the counter"),
        "cash": _("Cash"),
        "card": _("Card at the counter"),
        "terminal": _("Card terminal"),
        "stripe": _("Card online (Stripe)"),
        "demo": _("Play money"),
        "voucher": _("Vouchers"),
        "free": _("Nothing to pay"),
    }.get(provider, provider)


def compared(today: int, before: int) -> str:
    """How a number compares with that of a week ago, in words."""
    if before <= 0:
        return _("A week ago there was nothing by this time.")
    percent = round((today - before) * 100 / before)
    if percent > 0:
        return _("%(percent)d %% more than a week ago by this time", percent=percent)
    if percent < 0:
        return _("%(percent)d %% less than a week ago by this time", percent=-percent)
    return _("As much as a week ago by this time")
