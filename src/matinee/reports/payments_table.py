"""Payments as a report to read."""

from __future__ import annotations

from matinee.languages.catalogs import translations
from matinee.programme.models import Cinema
from matinee.reports.payments_report import PaymentsReport
from matinee.reports.periods import Period
from matinee.reports.reconciliation import Reconciliation
from matinee.reports.settlement import OpenMoney, Settlement
from matinee.reports.tables import Column, Report, Table
from matinee.reports.voucher_money import VoucherMoney
from matinee.reports.words import money_note, period_fact, provider_name, tender_name


def payments_table(report: PaymentsReport, *, cinema: Cinema, period: Period, language: str) -> Report:
    """The report: payments by day, what is not done, whether it adds up, vouchers."""
    _ = translations(language).gettext
    return Report(
        name=f"payments-{cinema.slug}-{period.first_day}-{period.last_day}",
        title=_("Payments"),
        language=language,
        currency=cinema.currency,
        house=cinema.name,
        house_address=cinema.address,
        facts=(period_fact(period, language), (_("Books"), books_text(report.books, language))),
        tables=(
            _by_day(report.money, language),
            _not_done(report.money, language),
            _books(report.books, language),
            _vouchers(report.vouchers, language),
        ),
        notes=(
            money_note(cinema.currency, language),
            _("Money counts as given back from when it was decided, also where it is not there yet."),
        ),
    )


def books_text(books: Reconciliation, language: str) -> str:
    """Whether they add up."""
    _ = translations(language).gettext
    return _("They add up.") if books.adds_up else _("They do not add up: see the parts.")


def _by_day(money: Settlement, language: str) -> Table:
    _ = translations(language).gettext
    rows = [
        (
            row.day, provider_name(row.provider, language), tender_name(row.tender, language), row.payments, row.paid,
            row.refunds, row.refunded, row.net,
        )
        for row in money.rows
    ]  # fmt: skip
    counts = sum(row.payments for row in money.rows), sum(row.refunds for row in money.rows)
    return Table(
        title=_("Came in and went back"),
        columns=(
            Column("day", _("Day"), "day"),
            Column("provider", _("Way to pay")),
            Column("tender", _("In the till")),
            Column("payments", _("Payments"), "count"),
            Column("paid", _("Came in"), "money"),
            Column("refunds", _("Refunds"), "count"),
            Column("refunded", _("Went back"), "money"),
            Column("net", _("Left"), "money"),
        ),
        rows=rows,
        totals=(_("Together"), None, None, counts[0], money.paid, counts[1], money.refunded, money.net),
        nothing=_("No money came in or went back in these days."),
    )


def _not_done(money: Settlement, language: str) -> Table:
    _ = translations(language).gettext
    payments = {
        "starting": _("Payment under way"),
        "pending": _("Payment under way"),
        "failed": _("Payment failed"),
    }
    refunds = {
        "pending": _("Refund under way"), "by_hand": _("To be handed out"), "failed": _("Refund failed: to be handed out"),
    }  # fmt: skip

    def row(one: OpenMoney, said: dict[str, str]) -> tuple[object, ...]:
        return (said[one.state], provider_name(one.provider, language), one.count, one.amount)

    return Table(
        title=_("Not done"),
        columns=(
            Column("state", _("What")),
            Column("provider", _("Way to pay")),
            Column("count", _("How many"), "count"),
            Column("amount", _("Amount"), "money"),
        ),
        rows=[
            *(row(one, payments) for one in money.payments),
            *(row(one, refunds) for one in money.refunds),
        ],
        nothing=_("Everything is done: nothing is under way, and nothing is to be handed out."),
    )


def _books(books: Reconciliation, language: str) -> Table:
    _ = translations(language).gettext
    rows = [
        (_("Payments that came in, less refunds"), books.money),
        (_("Tickets sold less tickets returned, with fees"), books.tickets),
        (_("Money of orders that are not complete: what it grew by"), books.deposits),
    ]
    if books.elsewhere:
        rows.append((_("Tickets of other cinemas in orders that were exchanged"), books.elsewhere))
    return Table(
        title=_("Do the books add up?"),
        columns=(Column("part", _("Part")), Column("amount", _("Amount"), "money")),
        rows=rows,
        totals=(_("Difference: the first less all others"), books.difference),
    )


def _vouchers(vouchers: VoucherMoney, language: str) -> Table:
    _ = translations(language).gettext
    return Table(
        title=_("Vouchers"),
        columns=(Column("what", _("What")), Column("amount", _("Amount"), "money")),
        rows=[
            (_("On vouchers before these days"), vouchers.before),
            (_("Issued"), vouchers.issued),
            (_("Spent"), -vouchers.spent),
            (_("Went back onto them"), vouchers.put_back),
            (_("Of all vouchers now: expired or out of use"), vouchers.out_of_use),
        ],
        totals=(_("Owed on vouchers after these days"), vouchers.left),
    )
