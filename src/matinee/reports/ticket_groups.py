"""What was sold and what came back in some days, read by the indexes on those moments: it costs what happened in these
days, however much was ever sold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, func, literal, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from matinee.boxoffice.models import Order, Ticket
from matinee.programme.models import Cinema, Screening, TicketType
from matinee.reports.periods import Period
from matinee.reports.takings import TicketGroup
from matinee.reports.tax_rates import TaxRates, tax_rates_of

# Complimentary tickets: with all others, left out, by themselves.
Comps = Literal["in", "out", "only"]
COMPS: tuple[Comps, ...] = ("in", "out", "only")
# By what tickets are grouped, given the moment that counts for them.
Keys = Callable[[Any], Sequence[ColumnElement[Any]]]


@dataclass(frozen=True, slots=True)
class Movement:
    """Tickets that were sold in a period, and tickets that came back in it, whenever they were sold."""

    sold: list[TicketGroup]
    returned: list[TicketGroup]


def movement(
    session: Session, *, cinema: Cinema, period: Period, keys: Keys, comps: Comps = "in"
) -> Movement:
    """The tickets of a cinema that were sold or came back in the period, grouped by `keys`, price and tax rate.

    The tax of a ticket that came back is that of the day on which it was sold, as it was counted then.
    """
    rates = tax_rates_of(session, cinema=cinema)

    def groups(moment: InstrumentedAttribute[Any]) -> list[TicketGroup]:
        found = _tickets(cinema, rates, keys(moment)).where(period.holds(moment), wanted_comps(comps))
        return read_groups(session, found)

    return Movement(sold=groups(Ticket.sold_at), returned=groups(Ticket.returned_at))


def _tickets(cinema: Cinema, rates: TaxRates, keys: Sequence[ColumnElement[Any]]) -> Select[Any]:
    return (
        select(*_named(keys), *priced(rates))
        .join(Screening, Screening.id == Ticket.screening_id)
        # Each has one; an outer join is left out by the database where nobody asks for the order.
        .outerjoin(Order, Order.id == Ticket.order_id)
        .where(Screening.cinema_id == cinema.id)
    )


def priced(rates: TaxRates) -> tuple[ColumnElement[Any], ...]:
    """The columns of a ticket that its figures need; see `read_groups`."""
    return (
        Ticket.amount.label("amount"),
        Ticket.fee_amount.label("fee"),
        rates.of(Ticket.sold_at).label("rate"),
    )


def wanted_comps(comps: Comps) -> ColumnElement[bool]:
    """Whether a ticket, by its order, is wanted."""
    if comps == "in":
        return true()
    return Order.comp_reason.is_(None) if comps == "out" else Order.comp_reason.is_not(None)


def type_of(cinema: Cinema) -> ColumnElement[int | None]:
    """The ticket type of a ticket; where it names none, the first of the cinema is meant, if there is one."""
    first = select(func.min(TicketType.id)).where(TicketType.cinema_id == cinema.id).scalar_subquery()
    return func.coalesce(Ticket.ticket_type_id, first)


def read_groups(session: Session, tickets: Select[Any]) -> list[TicketGroup]:
    """How many tickets there are of each kind. `tickets`: keys first, then `priced`."""
    # Grouped outside: PostgreSQL does not see that an expression with values in it is the same as another.
    inner = tickets.subquery()
    columns = list(inner.c)
    rows = session.execute(select(*columns, func.count()).group_by(*columns))
    return [TicketGroup(tuple(keys), amount, fee, rate, count) for *keys, amount, fee, rate, count in rows]


def _named(keys: Sequence[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    return [key.label(f"key_{place}") for place, key in enumerate(keys)] or [literal(0).label("key_0")]
