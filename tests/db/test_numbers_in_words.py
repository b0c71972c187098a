"""LIMIT says a number on PostgreSQL, so that one plan is kept for a list however often it is asked for."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from matinee.accounts.models import AttemptCount
from matinee.programme.models import Film, Seat
from matinee.web.shared.services import Services
from tests.building import House


def test_the_plan_of_a_list_is_kept(services: Services) -> None:
    if services.engine.dialect.name == "sqlite":
        pytest.skip("SQLite makes one plan for all values")
    wanted = (
        select(AttemptCount.key).where(AttemptCount.key > "").order_by(AttemptCount.key).limit(51).offset(3)
    )
    kept_plans = text(
        "SELECT generic_plans FROM pg_prepared_statements WHERE statement LIKE '%attempt_count.key%LIMIT%'"
    )
    # So many that a tenth of them is far more than a page.
    fill = text(
        "INSERT INTO attempt_count (key, count, expires_at) SELECT i::text, 1, now() FROM generate_series(1, 5000) i"
    )
    with services.engine.connect() as connection:
        connection.execute(fill)
        connection.execute(text("ANALYZE attempt_count"))
        for _ in range(20):
            connection.execute(wanted)
        assert connection.execute(kept_plans).scalars().one() > 0


def test_each_number_is_its_own(services: Services, house: House) -> None:
    def found(limit: int, offset: int) -> list[int]:
        wanted = select(Seat.id).order_by(Seat.id).limit(limit).offset(offset)
        return list(services.transactions.read(lambda session: session.scalars(wanted).all()))

    every = found(10_000, 0)
    assert len(every) > 3
    for limit, offset in ((1, 0), (2, 0), (2, 1), (3, 2), (0, 0)):
        assert found(limit, offset) == every[offset : offset + limit]


@pytest.mark.usefixtures("house")
def test_limits_within_a_statement_stand_beside_its_own(services: Services) -> None:
    newest = select(Film.id).order_by(Film.id.desc()).limit(1)
    wanted = select(Film.id).where(Film.id.in_(newest), Film.title != "").limit(5)
    first = services.transactions.read(lambda session: session.scalars(newest).all())
    assert services.transactions.read(lambda session: session.scalars(wanted).all()) == first != []
