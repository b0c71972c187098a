"""From every earlier schema, with a house in it, to the newest: nothing is lost, and the application sells on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, select, text

import matinee.db.migrations
from matinee.app import create_app
from matinee.boxoffice.holds import Holder, HoldTerms, hold_seats, release_expired_holds
from matinee.boxoffice.models import Order, SeatClaim
from matinee.boxoffice.offers import SeatChoice
from matinee.boxoffice.rules import ChoiceRules
from matinee.db.engine import database_url as read_address
from matinee.db.engine import prepare_engine
from matinee.db.schema import HEAD_REVISION, upgrade_schema
from matinee.kernel.errors import DomainError
from matinee.settings import Settings
from matinee.web.shared.services import Services, services_of
from tests.building import clock_at
from tests.db.earlier import ROWS, build_earlier

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

STEPS = sorted(
    step.revision
    for step in ScriptDirectory(str(Path(matinee.db.migrations.__file__).parent)).walk_revisions()
)
NOW = datetime(2030, 5, 17, 12, 0, tzinfo=UTC)


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[Engine]:
    made = create_engine(read_address(empty_database_url))
    prepare_engine(made)
    yield made
    made.dispose()


def count(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_the_earlier_house_fills_what_the_first_release_had_and_what_sales_make_grow() -> None:
    assert STEPS[-1] == HEAD_REVISION
    assert {
        "ticket",
        "sale_order",
        "seat_claim",
        "order_event",
        "outbox",
        "order_line",
        "payment",
    } <= ROWS.keys()
    assert {"audit_entry", "admission", "door_scan", "till_entry"} <= ROWS.keys()


@pytest.mark.parametrize("revision", STEPS)
def test_nothing_is_lost_on_the_way_and_the_house_goes_on_selling(
    engine: Engine, revision: str, empty_database_url: str, tmp_path: Path
) -> None:
    before = build_earlier(engine, revision)
    assert before["ticket"] == 4

    assert upgrade_schema(engine) == (revision, HEAD_REVISION)

    assert {table: count(engine, table) for table in before} == before
    with engine.connect() as connection:
        tickets = connection.execute(
            text(
                "SELECT id, seat_id, state, amount, sold_at IS NOT NULL, returned_at IS NOT NULL FROM ticket ORDER BY id"
            )
        ).all()
        money = connection.execute(text("SELECT sum(total_amount), sum(paid_amount) FROM sale_order")).one()
    # A version before the fourth step did not keep when a ticket was sold; the step finds it out.
    sold = (
        [(True, False), (True, False), (False, False), (True, True)]
        if revision < "0004"
        else [(False, False)] * 4
    )
    assert [tuple(row) for row in tickets] == [
        (f"TICKET{number:010}", seat, state, 900, *when)
        for (number, seat, state), when in zip(
            [(1, 1, "valid"), (2, 2, "valid"), (3, 3, "valid"), (4, 5, "refunded")], sold, strict=True
        )
    ]
    assert tuple(money) == (4500, 2700)
    engine.dispose()
    sell_on(empty_database_url, tmp_path)


def sell_on(address: str, tmp_path: Path) -> None:
    """The application reads what was there, sweeps, and sells the seats that are free, and no others."""
    settings = Settings(
        data_dir=tmp_path / "data", database_url=address, base_url="http://testserver", ratelimit="off"
    )
    app = create_app(settings)
    with app.app_context(), clock_at(NOW):
        services = services_of(app)
        try:
            client = app.test_client()
            assert client.get("/readyz").json["checks"]["schema"] == "ok"
            day = client.get("/api/v1/screenings/1")
            assert (day.status_code, day.json["film"]["title"]) == (200, "Faust"), day.text
            services.transactions.write(lambda session: release_expired_holds(session, now=NOW))
            hold_what_is_free(services)
        finally:
            if services.direct is not None:
                services.direct.close_mine()
            services.engine.dispose()


def hold_what_is_free(services: Services) -> None:
    def hold(session: Session, label: str) -> bool:
        try:
            with session.begin_nested():
                hold_seats(
                    session, screening_id=1, choices=[SeatChoice(label, None)], holder=Holder("site", secret="s"),
                    terms=HoldTerms(timedelta(minutes=10), 10, 10), rules=ChoiceRules(), now=NOW,
                )  # fmt: skip
        except DomainError:
            return False
        return True

    free = [
        label
        for label in [f"A{place}" for place in range(1, 7)]
        if services.transactions.write(lambda session, label=label: hold(session, label))
    ]
    # Sold: 1, 2 and 3. Kept back by the house: 6. The hold on 4 ran out; 5 came back.
    assert free == ["A4", "A5"]
    claims = services.transactions.read(lambda session: len(session.scalars(select(SeatClaim)).all()))
    assert claims == 5
    orders = services.transactions.read(
        lambda session: [order.code for order in session.scalars(select(Order))]
    )
    assert {"PAIDPAIDPA", "DUEDUEDUED", "BACKBACKBA", "HELDHELDHE"} <= set(orders)
