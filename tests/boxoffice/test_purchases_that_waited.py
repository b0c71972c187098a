"""Purchases by name that waited while staff changed what their statement had seen: PostgreSQL, where both go on at once

Their statement looks only at the row of the screening and at those of its seats anew: what else has changed is told by the
version of the screening alone.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.boxoffice import purchase_statements
from matinee.boxoffice.blocked_seats import block_seats, unblock_seats
from matinee.boxoffice.errors import SeatsNotFree
from matinee.boxoffice.hall_plans import change_hall_plan
from matinee.boxoffice.models import Order, SeatClaim, Ticket
from matinee.boxoffice.planning import keep_seats_back
from matinee.boxoffice.purchase_facts import Purchase
from matinee.boxoffice.purchases import purchase_seats
from matinee.boxoffice.sales import sell_seats
from matinee.programme.layouts import parse_layout
from matinee.programme.models import Hall, HouseSeat, Screening
from matinee.programme.screenings import change_screening
from tests.boxoffice.interleaving import Beside, beside, uncommitted
from tests.boxoffice.selling import Sale
from tests.building import DAY, NOW, PRICE_A, PRICE_B

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

Change = Callable[[Session, Sale], object]
PLAN = "hall: Hall 10\nA | 1 2 3 4 B:1 B:2\n"
ONE_OR_SEVERAL = pytest.mark.parametrize("labels", [["A1"], ["A1", "A2"]], ids=["one seat", "several"])


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """The statement for single seats waits for as long as it takes, so that it is the one that is tried."""
    name = "TOGETHER_IN_DEFAULT_CINEMA"
    patient = getattr(purchase_statements, name).replace(
        f"'{purchase_statements.PATIENCE_MILLISECONDS}'", "'0'"
    )
    assert patient != getattr(purchase_statements, name)
    monkeypatch.setattr(purchase_statements, name, patient)


def block(session: Session, sale: Sale) -> None:
    block_seats(session, screening_id=sale.house.lettered, labels=["A1"], note="lamp", now=NOW)


def keep_back(session: Session, sale: Sale) -> None:
    keep_seats_back(session, screening_id=sale.house.lettered, labels=["A1"], now=NOW)


def change_plan(session: Session, sale: Sale, special: str) -> None:
    hall = session.get_one(Hall, session.get_one(Screening, sale.house.lettered).hall_id)
    layout = parse_layout(f"{PLAN}{special}".encode(), file_name="x")
    change_hall_plan(session, hall=hall, layout=layout, now=NOW)


def plan_as_broken(session: Session, sale: Sale) -> None:
    change_plan(session, sale, "zone sofa: B1 B2\nbroken: A1")


def plan_as_sofa(session: Session, sale: Sale) -> None:
    change_plan(session, sale, "zone sofa: A1 B1 B2")


def buy(sale: Sale, labels: list[str]) -> list[str]:
    """The labels of what was sold; none where it was refused."""
    purchase = Purchase(sale.buyer.username, sale.buyer.token, None, DAY, "Café", "20:30", labels)
    services = sale.services
    try:
        sold = purchase_seats(
            services.transactions, services.direct, services.version, purchase=purchase, now=NOW
        )
    except SeatsNotFree:
        return []
    return [seat.label for seat in sold]


def sell_in_session(sale: Sale, labels: list[str]) -> list[str]:
    def sell(session: Session) -> list[str]:
        tickets = sell_seats(
            session, screening_id=sale.house.lettered, labels=labels, buyer=session.get_one(User, sale.buyer.id),
            currency="UAH", channel="given", now=NOW,
        )  # fmt: skip
        return [ticket.seat.label for ticket in tickets]

    try:
        return sale.write(sell)
    except SeatsNotFree:
        return []


def bought_after(
    sale: Sale, change: Change, labels: list[str], *, how: Callable[[Sale, list[str]], list[str]] = buy
) -> list[str]:
    """What is sold to somebody who has to wait until the change is committed."""
    with uncommitted(sale.services) as staff:
        change(staff, sale)
        with Beside(sale.services, lambda: how(sale, labels)) as buying:
            buying.wait_until_it_waits()
            staff.commit()
        return buying.result()


@pytest.mark.parametrize("how", [buy, sell_in_session])
@pytest.mark.parametrize("change", [block, keep_back, plan_as_broken])
@ONE_OR_SEVERAL
def test_a_seat_that_is_kept_back_meanwhile_is_not_sold(
    sale: Sale, labels: list[str], change: Change, how: Callable[[Sale, list[str]], list[str]]
) -> None:
    assert bought_after(sale, change, labels, how=how) == []
    assert (sale.count(Order), sale.count(SeatClaim), sale.count(Ticket)) == (0, 0, 0)
    assert how(sale, ["A3"]) == ["A3"]


@pytest.mark.parametrize("how", [buy, sell_in_session])
@pytest.mark.parametrize("labels", [["A2"], ["A2", "A3"]], ids=["one seat", "several"])
def test_the_seats_beside_it_are_sold_all_the_same(
    sale: Sale, labels: list[str], how: Callable[[Sale, list[str]], list[str]]
) -> None:
    assert bought_after(sale, block, labels, how=how) == labels
    assert (sale.count(Order), sale.count(SeatClaim), sale.count(Ticket)) == (1, len(labels), len(labels))


@ONE_OR_SEVERAL
def test_a_change_that_the_seat_does_not_mind_keeps_nobody_from_it(sale: Sale, labels: list[str]) -> None:
    def change(session: Session, sale: Sale) -> None:
        screening = session.get_one(Screening, sale.house.lettered)
        change_screening(session, screening=screening, format="IMAX", now=NOW)

    assert bought_after(sale, change, labels) == labels


@ONE_OR_SEVERAL
def test_a_change_that_is_undone_keeps_nobody_from_the_seat(sale: Sale, labels: list[str]) -> None:
    with uncommitted(sale.services) as staff:
        block(staff, sale)
        with Beside(sale.services, lambda: buy(sale, labels)) as buying:
            buying.wait_until_it_waits()
            staff.rollback()
        assert buying.result() == labels


@ONE_OR_SEVERAL
def test_a_seat_that_becomes_a_dearer_one_meanwhile_costs_what_that_costs(
    sale: Sale, labels: list[str]
) -> None:
    assert bought_after(sale, plan_as_sofa, labels) == labels
    amounts = sale.read(lambda session: session.scalars(select(Ticket.amount).order_by(Ticket.seat_id)).all())
    assert amounts == [PRICE_B, PRICE_A][: len(labels)]


def test_whoever_blocks_waits_for_a_purchase_that_has_begun_and_is_refused(sale: Sale) -> None:
    def block_it(session: Session) -> str:
        try:
            block(session, sale)
        except SeatsNotFree:
            return "it is sold"
        return "it is blocked"

    def sell(session: Session) -> None:
        sell_seats(
            session, screening_id=sale.house.lettered, labels=["A1"], buyer=session.get_one(User, sale.buyer.id),
            currency="UAH", channel="given", now=NOW,
        )  # fmt: skip

    with beside(sale.services, sell, before="INSERT INTO sale_order") as selling:
        selling.wait_until_it_stands_still()
        with beside(sale.services, block_it) as staff:
            staff.wait_until_it_waits()
            selling.go_on()
        assert staff.result() == "it is sold"


def test_blocking_and_unblocking_while_somebody_waits_ends_as_the_last_says(sale: Sale) -> None:
    def block_and_unblock(session: Session, sale: Sale) -> None:
        block(session, sale)
        unblock_seats(session, screening_id=sale.house.lettered, labels=["A1"])

    assert bought_after(sale, block_and_unblock, ["A1"]) == ["A1"]
    assert sale.read(lambda session: session.scalar(select(func.count()).select_from(HouseSeat))) == 1
