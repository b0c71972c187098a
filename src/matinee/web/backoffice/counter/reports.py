"""A till's report in words: for the page, the file and paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matinee.boxoffice.till_models import TillSession
from matinee.boxoffice.till_reports import Moved, TicketsOfType, TillReport
from matinee.web.shared.languages import _


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a report: how many, and how much in minor units; None where that says nothing."""

    name: str
    count: int | None
    amount: int | None
    is_sum: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under one heading."""

    title: str
    lines: Sequence[Line]


def sections_of(report: TillReport, till: TillSession) -> list[Section]:
    """All of the report, in the language of the page."""
    return [
        Section(_("Money"), _money(report)),
        Section(_("Tickets sold"), _tickets(report.sold, _("All tickets sold"))),
        Section(_("Given away"), _tickets(report.given_away, _("All tickets given away"))),
        Section(_("Tickets taken back"), _tickets(report.returned, _("All tickets taken back"))),
        Section(
            _("Besides"),
            [
                Line(_("Discounts by promo codes"), None, report.discounts),
                Line(_("Vouchers taken"), None, report.vouchers),
            ],
        ),
        Section(_("Cash"), _cash(report, till)),
    ]


def _money(report: TillReport) -> list[Line]:
    names = {
        ("sale", "cash"): _("Sales in cash"),
        ("sale", "card"): _("Sales by card"),
        ("refund", "cash"): _("Refunds in cash"),
        ("refund", "card"): _("Refunds by card"),
        ("pay_in", "cash"): _("Paid in, in cash"),
        ("pay_in", "card"): _("Paid in, by card"),
        ("pay_out", "cash"): _("Paid out, in cash"),
    }

    def is_shown(one: Moved) -> bool:
        return (one.kind, one.tender) in names and (one.kind in ("sale", "refund") or one.count > 0)

    return [Line(names[one.kind, one.tender], one.count, one.amount) for one in report.moved if is_shown(one)]


def _tickets(tickets: Sequence[TicketsOfType], together: str) -> list[Line]:
    lines = [Line(one.type_name or _("Ticket"), one.count, one.amount) for one in tickets]
    total = Line(
        together,
        sum(one.count for one in tickets),
        sum(one.amount for one in tickets),
        is_sum=True,
    )
    return [*lines, total]


def _cash(report: TillReport, till: TillSession) -> list[Line]:
    lines = [
        Line(_("Float"), None, report.opening_float),
        Line(_("Ought to be in the till"), None, report.expected_cash, is_sum=True),
    ]
    if till.counted_cash is not None and till.expected_cash is not None:
        lines += [
            Line(_("Counted"), None, till.counted_cash),
            Line(_("Difference"), None, till.counted_cash - till.expected_cash, is_sum=True),
        ]
    return lines
