"""What a till has done so far (X report), or until it was closed (Z report)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from matinee.boxoffice.models import Order, Ticket
from matinee.boxoffice.till_entries import cash_in
from matinee.boxoffice.till_models import ENTRY_KINDS, TENDERS, TillEntry, TillSession
from matinee.payments.models import Payment
from matinee.payments.protocol import VOUCHER
from matinee.programme.models import TicketType


@dataclass(frozen=True, slots=True)
class Moved:
    """Money of one kind by one tender: how often, and how much. What left the till is below zero."""

    kind: str
    tender: str
    count: int
    amount: int


@dataclass(frozen=True, slots=True)
class TicketsOfType:
    """Tickets of one type (its name; empty: none), sold or taken back at the till, and what they cost."""

    type_name: str
    count: int
    amount: int


@dataclass(frozen=True, slots=True)
class TillReport:
    """The report. Amounts in minor units of the cinema's currency."""

    made_at: str
    opening_float: int
    moved: Sequence[Moved]
    sold: Sequence[TicketsOfType]
    given_away: Sequence[TicketsOfType]
    returned: Sequence[TicketsOfType]
    discounts: int
    vouchers: int
    expected_cash: int
    # Who closed it; empty: nobody has.
    closed_by: str = ""

    def as_json(self) -> dict[str, Any]:
        """As plain values, to be kept."""
        return asdict(self)

    def amount_of(self, kind: str, tender: str | None = None) -> int:
        """The sum of one kind, by one tender or all."""
        return sum(one.amount for one in self.moved if one.kind == kind and tender in (None, one.tender))

    def count_of(self, kind: str, tender: str | None = None) -> int:
        """How often that was."""
        return sum(one.count for one in self.moved if one.kind == kind and tender in (None, one.tender))


def till_report(session: Session, *, till: TillSession, now: datetime, closed_by: str = "") -> TillReport:
    """What the till has done until `now`."""
    return TillReport(
        made_at=now.isoformat(),
        opening_float=till.opening_float,
        moved=_moved(session, till),
        sold=_tickets(session, till, Ticket.sold_at, ("sale",), Order.comp_reason.is_(None)),
        given_away=_tickets(session, till, Ticket.sold_at, ("sale",), Order.comp_reason.is_not(None)),
        returned=_tickets(session, till, Ticket.returned_at, ("sale", "refund"), true()),
        discounts=_discounts(session, till),
        vouchers=_vouchers(session, till),
        expected_cash=cash_in(session, till=till),
        closed_by=closed_by,
    )


def report_of(session: Session, *, till: TillSession, now: datetime) -> TillReport:
    """The Z report of a closed till as it was then; else the X report."""
    if till.figures is None:
        return till_report(session, till=till, now=now)
    return report_from(till.figures)


def report_from(figures: Mapping[str, Any]) -> TillReport:
    """A report that was kept."""
    values = dict(figures)
    values["moved"] = [Moved(**one) for one in figures["moved"]]
    for name in ("sold", "given_away", "returned"):
        values[name] = [TicketsOfType(**one) for one in figures[name]]
    return TillReport(**values)


def _moved(session: Session, till: TillSession) -> list[Moved]:
    """Every kind by every tender that it can come by; entries without money are no movement of any."""
    rows = session.execute(
        select(TillEntry.kind, TillEntry.tender, func.count(), func.sum(TillEntry.amount))
        .where(TillEntry.session_id == till.id, TillEntry.amount != 0)
        .group_by(TillEntry.kind, TillEntry.tender)
    )
    found = {(kind, tender): (count, int(amount)) for kind, tender, count, amount in rows}
    return [
        Moved(kind, tender, *found.get((kind, tender), (0, 0))) for kind in ENTRY_KINDS for tender in TENDERS
    ]


def _tickets(
    session: Session,
    till: TillSession,
    moment: InstrumentedAttribute[datetime | None],
    kinds: Sequence[str],
    condition: ColumnElement[bool],
) -> list[TicketsOfType]:
    """By type, the tickets that were sold or came back (`moment`) together with an entry of the till."""
    # From the entries to the tickets: those of other tills are not looked at, however many there are.
    entered = (
        select(TillEntry.order_id, TillEntry.at)
        .where(TillEntry.session_id == till.id, TillEntry.kind.in_(kinds), TillEntry.order_id.is_not(None))
        .distinct()
        .subquery()
    )
    name = func.coalesce(TicketType.name, "")
    rows = session.execute(
        select(name, func.count(), func.sum(Ticket.amount + Ticket.fee_amount))
        .select_from(entered)
        .join(Ticket, and_(Ticket.order_id == entered.c.order_id, moment == entered.c.at))
        .join(Order, Order.id == Ticket.order_id)
        .outerjoin(TicketType, TicketType.id == Ticket.ticket_type_id)
        .where(condition)
        .group_by(name)
        .order_by(name)
    )
    return [TicketsOfType(type_name, count, int(amount)) for type_name, count, amount in rows]


def _discounts(session: Session, till: TillSession) -> int:
    """What promo codes took off the orders that were sold here."""
    sold = select(TillEntry.order_id).where(TillEntry.session_id == till.id, TillEntry.kind == "sale")
    wanted = select(func.coalesce(func.sum(Order.discount_amount), 0)).where(Order.id.in_(sold))
    return int(session.scalar(wanted) or 0)


def _vouchers(session: Session, till: TillSession) -> int:
    wanted = (
        select(func.coalesce(func.sum(Payment.amount), 0))
        .join(TillEntry, TillEntry.payment_id == Payment.id)
        .where(TillEntry.session_id == till.id, TillEntry.kind == "sale", Payment.provider == VOUCHER)
    )
    return int(session.scalar(wanted) or 0)
