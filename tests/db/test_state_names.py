"""States stand in statements in so many words, so that the indexes of one state serve whatever else is asked."""

from __future__ import annotations

import pytest
from sqlalchemy import Select, bindparam, func, or_, select, text
from sqlalchemy.dialects.postgresql import dialect
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order, Ticket
from matinee.boxoffice.sales import new_order
from matinee.payments.models import Payment
from matinee.web.shared.services import Services
from tests.building import NOW, House

UNFINISHED = select(Payment.id).where(Payment.state.in_(("starting", "pending")))


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (
            select(Ticket.id).where(Ticket.screening_id == bindparam("one"), Ticket.state == "valid"),
            "uq_ticket_valid_seat",
        ),
        (
            select(Ticket.id).where(Ticket.screening_id == bindparam("one"), Ticket.state != "valid"),
            "ix_ticket_screening_id_not_valid",
        ),
        (select(Order.id).where(Order.id > bindparam("one"), Order.state == "due"), "ix_sale_order_due"),
        (UNFINISHED.where(Payment.created_at < func.now()), "ix_payment_unfinished"),
    ],
)
def test_one_plan_for_all_values_uses_the_index_of_a_state(
    services: Services, statement: Select[tuple[int]], index: str
) -> None:
    if services.engine.dialect.name == "sqlite":
        sql, explain = str(statement.compile(services.engine)), "EXPLAIN QUERY PLAN "
    else:
        # What the database would keep for every value, where it is told not to read the whole of a small table.
        sql, explain = (
            str(statement.compile(dialect=dialect(paramstyle="numeric_dollar"))),
            "EXPLAIN (GENERIC_PLAN) ",
        )
    with services.engine.connect() as connection:
        if services.engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        raw = connection.connection.cursor()
        raw.execute(explain + sql, *([(1,)] if "?" in sql else []))
        plan = "\n".join(str(row) for row in raw.fetchall())
    assert index in plan, plan


@pytest.mark.parametrize("asked", ["paid' OR '1' = '1", "", "Paid", "%(one)s", ":one", "paid\n", "paid"])
def test_whatever_is_asked_for_is_asked_for_as_it_is(services: Services, house: House, asked: str) -> None:
    def find(session: Session) -> list[str]:
        wanted = select(Order.state).where(or_(Order.state == asked, Order.state.in_([asked, "due"])))
        return list(session.scalars(wanted))

    services.transactions.write(
        lambda session: [add_order(session, house, state) for state in ("paid", "due")]
    )
    assert sorted(services.transactions.read(find)) == (["due", "paid"] if asked == "paid" else ["due"])


def add_order(session: Session, house: House, state: str) -> None:
    new_order(
        session, screening_id=house.first_hall, buyer=None, state=state, amounts=[0], currency="UAH", channel="site",
        now=NOW,
    )  # fmt: skip
