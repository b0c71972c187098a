"""Whether the money agrees with the tickets: what came in less what went back is what tickets cost that were sold less those
that came back, and what the money of incomplete orders grew by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from matinee.boxoffice.models import Order, Ticket
from matinee.programme.models import Cinema, Screening
from matinee.reports.deposits import deposits
from matinee.reports.periods import Period


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The parts, in minor units. `money` = `tickets` + `deposits` + `elsewhere`, or something is wrong."""

    # Payments that were settled, less refunds.
    money: int
    # Tickets of this cinema that were sold, less those that came back; with fees.
    tickets: int
    # By how much the money of orders that are not complete grew.
    deposits: int
    # Tickets of other cinemas in orders that are for this one now, less tickets of this one in orders that are not.
    elsewhere: int
    # Orders that are complete and whose money is not what their tickets cost.
    wrong: Sequence[str]

    @property
    def difference(self) -> int:
        """What nobody can account for."""
        return self.money - self.tickets - self.deposits - self.elsewhere

    @property
    def adds_up(self) -> bool:
        """Whether all is well."""
        return self.difference == 0 and not self.wrong


def reconcile(
    session: Session, *, cinema: Cinema, period: Period, money: int, tickets: int
) -> Reconciliation:
    """Hold `money` (settled less refunded, of `settlement`) against `tickets` (`taken`, of the sales), of one period."""
    held = deposits(session, cinema=cinema, period=period)
    return Reconciliation(money, tickets, held.grown, _elsewhere(session, cinema, period), held.wrong)


def _elsewhere(session: Session, cinema: Cinema, period: Period) -> int:
    """An order that is exchanged for a screening of another cinema takes its payments there; its old tickets stay."""
    shown, meant = aliased(Screening), aliased(Screening)
    worth = func.coalesce(func.sum(Ticket.amount + Ticket.fee_amount), 0)
    moved = (
        select(worth)
        .select_from(Ticket)
        .join(shown, shown.id == Ticket.screening_id)
        .join(Order, Order.id == Ticket.order_id)
        .join(meant, meant.id == Order.screening_id)
    )
    found = 0
    for moment, sign in ((Ticket.sold_at, 1), (Ticket.returned_at, -1)):
        here = moved.where(period.holds(moment), meant.cinema_id == cinema.id, shown.cinema_id != cinema.id)
        there = moved.where(period.holds(moment), meant.cinema_id != cinema.id, shown.cinema_id == cinema.id)
        found += sign * (int(session.scalar(here) or 0) - int(session.scalar(there) or 0))
    return found
