"""Finding orders by what people know of them, and never by reading all of them"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from matinee.boxoffice.hand_overs import hand_over_ticket
from matinee.boxoffice.models import Order
from matinee.boxoffice.order_lookup import (
    Clue,
    among_latest,
    at_screenings,
    by_address,
    by_anything,
    by_code,
    by_ticket,
    find_named_order,
    matching,
)
from matinee.boxoffice.order_search import OrderFilter, orders_newest_first
from matinee.web.shared.services import Services
from tests.boxoffice.selling import GUEST, Sale
from tests.building import DAY, NOW, TODAY
from tests.query_plans import whole_in

FindClue = Callable[[Session], Clue]


@pytest.fixture
def guests_order(sale: Sale) -> int:
    return sale.sold("A1", "A2", known=False)


@pytest.fixture
def members_order(sale: Sale) -> int:
    return sale.sold("3", screening=sale.house.first_hall)


def found(sale: Sale, *clues: FindClue) -> list[int]:
    """The orders that fit all clues, by their keys."""

    def read(session: Session) -> list[int]:
        wanted = select(Order.id).where(matching([clue(session) for clue in clues])).order_by(Order.id)
        return list(session.scalars(wanted))

    return sale.read(read)


def test_each_thing_that_people_know_finds_the_order(
    sale: Sale, guests_order: int, members_order: int
) -> None:
    code, ticket = sale.order(guests_order).code, sale.tickets(guests_order)["A1"].id
    for clue in (
        lambda _: by_code(code.lower()),
        lambda _: by_ticket(ticket.lower()),
        lambda _: by_ticket(ticket[-4:]),
        lambda _: by_ticket(ticket[-7:]),
        lambda s: by_address(s, GUEST.upper()),
        lambda s: at_screenings(s, film="caf", now=NOW),
        lambda s: at_screenings(s, seat="a2", day=DAY, now=NOW),
        lambda s: at_screenings(s, seat="A1", now=NOW),
    ):
        assert found(sale, clue) == [guests_order]
    assert found(sale, lambda s: by_address(s, sale.buyer.username)) == [members_order]
    assert found(sale, lambda s: by_address(s, sale.buyer.username[:6])) == [members_order]
    day: FindClue = lambda s: at_screenings(s, day=DAY, now=NOW)  # noqa: E731 - a name for it
    assert found(sale, day) == [guests_order, members_order]
    assert found(sale, day, lambda s: by_address(s, GUEST)) == [guests_order]
    assert found(sale, among_latest) == [guests_order, members_order]
    assert found(sale, lambda s: among_latest(s, 1)) == [members_order]


@pytest.mark.parametrize("text", ["ZZZZ", "A9", "nobody@example.org", "Ghost", "2222222222", "%", "_", "1%"])
def test_what_nobody_knows_finds_nothing(
    sale: Sale, guests_order: int, members_order: int, text: str
) -> None:
    assert found(sale, lambda s: by_anything(s, text, now=NOW)) == []


def test_something_of_which_nobody_says_what_it_is_finds_the_order(
    sale: Sale, guests_order: int, members_order: int
) -> None:
    code, ticket = sale.order(guests_order).code, sale.tickets(guests_order)["A2"].id
    for text in (f"#{code.lower()}", ticket, ticket[-5:], GUEST, "a2", "café"):
        assert found(sale, lambda s, text=text: by_anything(s, text, now=NOW)) == [guests_order], text
    assert found(sale, lambda s: by_anything(s, sale.buyer.username[:4], now=NOW)) == [members_order]


def test_the_end_of_a_ticket_is_all_of_what_was_typed(sale: Sale, guests_order: int) -> None:
    ticket = sale.tickets(guests_order)["A1"].id
    other = "A" if ticket[-5] != "A" else "B"
    assert found(sale, lambda _: by_ticket(other + ticket[-4:])) == []
    assert found(sale, lambda _: by_ticket(ticket[-3:])) == []


def test_the_holder_of_a_ticket_and_a_seat_that_was_given_back_find_the_order(
    sale: Sale, guests_order: int
) -> None:
    def hand_over(session: Session) -> None:
        order = session.get_one(Order, guests_order)
        ticket_id = sale.tickets(guests_order)["A1"].id
        hand_over_ticket(
            session, order=order, ticket_id=ticket_id, email="friend@example.org", actor="buyer", now=NOW
        )

    sale.write(hand_over)
    assert found(sale, lambda s: by_address(s, "friend@example.org")) == [guests_order]
    sale.refund_some(guests_order, "A2")
    assert found(sale, lambda s: at_screenings(s, seat="A2", day=DAY, now=NOW)) == [guests_order]
    assert found(sale, lambda s: at_screenings(s, seat="A2", day=TODAY, now=NOW)) == []


def test_a_seat_that_is_held_finds_the_hold(sale: Sale) -> None:
    held = sale.hold("A3")
    assert found(sale, lambda s: at_screenings(s, seat="A3", now=NOW)) == [held]


def test_a_whole_code_or_ticket_names_one_order(sale: Sale, guests_order: int, members_order: int) -> None:
    code, ticket = sale.order(members_order).code, sale.tickets(members_order)["3"].id
    for text in (code, f" # {code.lower()}", f"{ticket[:8]} {ticket[8:]}"):
        named = sale.read(lambda s, text=text: find_named_order(s, text=text))
        assert named is not None
        assert named.id == members_order
    for text in ("", "A1", GUEST, "2222222222", "\N{SNOWMAN}" * 10):
        assert sale.read(lambda s, text=text: find_named_order(s, text=text)) is None


@pytest.mark.parametrize(
    "clue",
    [
        lambda _: by_code("7KQ2MX9RT4"),
        lambda _: by_ticket("WA4K"),
        lambda _: by_ticket("K3V9X2M7Q4T8R1WZ"),
        lambda s: by_address(s, GUEST),
        lambda s: by_address(s, "user@ex"),
        lambda s: at_screenings(s, film="caf", now=NOW),
        lambda s: at_screenings(s, seat="A1", day=DAY, now=NOW),
        lambda s: by_anything(s, "WA4K", now=NOW),
        lambda s: by_anything(s, "A1", now=NOW),
    ],
)
def test_no_way_to_an_order_reads_all_orders_or_tickets(
    sale: Sale, services: Services, guests_order: int, clue: FindClue
) -> None:
    def wanted(session: Session) -> Any:
        return select(Order.id).where(matching([clue(session)])).order_by(Order.id.desc()).limit(51)

    assert read_whole(services, sale.read(wanted)) & {"sale_order", "ticket", "order_line"} == set()


def test_programs_that_look_for_an_address_read_no_more(sale: Sale, guests_order: int) -> None:
    orders = sale.read(
        lambda s: orders_newest_first(s, wanted=OrderFilter(email=GUEST), behind=None, limit=9, now=NOW)
    )
    assert [order.id for order in orders] == [guests_order]


def read_whole(services: Services, statement: Any) -> set[str]:
    """The tables that the database would read without an index that narrows, for this statement."""
    dialect = sqlite.dialect() if services.engine.dialect.name == "sqlite" else postgresql.dialect()  # type: ignore[no-untyped-call]
    text = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    with services.engine.connect() as connection:
        return set(_read_whole(connection, text.replace("%", "%%")))


def _read_whole(connection: Connection, text: str) -> Iterator[str]:
    if connection.dialect.name == "sqlite":
        for *_numbers, said in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}".replace("%%", "%")):
            if said.startswith("SCAN "):
                yield said.split()[1]
        return
    # With as few rows as a test has, PostgreSQL would read any table whole.
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    found = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {text}".replace("%%", "%")).scalar_one()
    yield from whole_in((json.loads(found) if isinstance(found, str) else found)[0]["Plan"])
