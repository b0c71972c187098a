"""All that is told of payments in some days, as of one moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from matinee.programme.models import Cinema
from matinee.reports.periods import Period
from matinee.reports.reconciliation import Reconciliation, reconcile
from matinee.reports.sales import sales_report
from matinee.reports.settlement import Settlement, settlement
from matinee.reports.voucher_money import VoucherMoney, voucher_money


@dataclass(frozen=True, slots=True)
class PaymentsReport:
    """What came in and went back, whether it agrees with the tickets, and what is on vouchers."""

    money: Settlement
    books: Reconciliation
    vouchers: VoucherMoney


def payments_report(session: Session, *, cinema: Cinema, period: Period, now: datetime) -> PaymentsReport:
    """The payments of a cinema in a period. See `snapshot.see_one_moment` for whoever sells meanwhile."""
    money = settlement(session, cinema=cinema, period=period)
    taken = sales_report(session, cinema=cinema, period=period, by="day").total.taken
    books = reconcile(session, cinema=cinema, period=period, money=money.net, tickets=taken)
    return PaymentsReport(money, books, voucher_money(session, cinema=cinema, period=period, now=now))
