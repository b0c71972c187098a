"""Vouchers: what was issued, spent and put back in some days, and what is left: money that the house owes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Voucher, VoucherEntry
from matinee.programme.models import Cinema
from matinee.reports.periods import Period


@dataclass(frozen=True, slots=True)
class VoucherMoney:
    """Amounts in minor units."""

    # What was on them at the beginning of the period, and at its end.
    before: int
    left: int
    issued_count: int
    issued: int
    spent: int
    # What went back onto them.
    put_back: int
    # Of what is on all of them now: what nobody can spend, since they expired or were taken out of use.
    out_of_use: int


def voucher_money(session: Session, *, cinema: Cinema, period: Period, now: datetime) -> VoucherMoney:
    """What became of the vouchers of a cinema in the period."""
    made = select(func.count(), func.sum(Voucher.initial_amount)).where(Voucher.cinema_id == cinema.id)
    count, issued = session.execute(made.where(period.holds(Voucher.created_at))).one()
    moved = period.holds(VoucherEntry.at)
    return VoucherMoney(
        before=_left_at(session, cinema, period.begins_at),
        left=_left_at(session, cinema, period.ends_at),
        issued_count=count,
        issued=int(issued or 0),
        spent=-_sum(session, _entries(cinema, moved, VoucherEntry.amount < 0)),
        put_back=_sum(session, _entries(cinema, moved, VoucherEntry.amount > 0)),
        out_of_use=_sum(
            session,
            select(func.sum(Voucher.balance)).where(
                Voucher.cinema_id == cinema.id, ~Voucher.active | (Voucher.valid_until <= now)
            ),
        ),
    )


def _left_at(session: Session, cinema: Cinema, moment: datetime) -> int:
    """What was on all vouchers just before the moment: what is on them now, and what happened since undone."""
    of_then = Voucher.created_at < moment
    now = _sum(session, select(func.sum(Voucher.balance)).where(Voucher.cinema_id == cinema.id, of_then))
    return now - _sum(session, _entries(cinema, VoucherEntry.at >= moment, of_then))


def _entries(cinema: Cinema, *conditions: ColumnElement[bool]) -> Select[Any]:
    return (
        select(func.sum(VoucherEntry.amount))
        .join(Voucher, Voucher.id == VoucherEntry.voucher_id)
        .where(Voucher.cinema_id == cinema.id, *conditions)
    )


def _sum(session: Session, wanted: Select[Any]) -> int:
    return int(session.scalar(wanted) or 0)
