"""Selects that run on both databases, each by its quickest way"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import bindparam, select, true

from matinee.accounts.models import User
from matinee.boxoffice.models import SeatClaim
from matinee.db.direct_select import DirectSelect
from matinee.web.shared.services import Services
from tests.building import NOW, Buyer, add_buyer

BY_TIME = DirectSelect(
    select(User.id, User.username, User.created_at).where(
        User.created_at > bindparam("after"), User.username == bindparam("username")
    )
)


def add(services: Services) -> Buyer:
    return services.transactions.write(lambda session: add_buyer(session, "ada@example.org"))


def test_the_rows_are_those_that_a_session_gives(services: Services) -> None:
    made = add(services)
    for after, found in ((NOW - timedelta(days=1000), 1), (NOW, 0)):
        rows = BY_TIME.rows(services.transactions, services.direct, after=after, username="ada@example.org")
        assert [row[:2] for row in map(tuple, rows)] == [(made.id, "ada@example.org")] * found
        assert all(after < row[2] <= NOW for row in rows)


def test_what_was_committed_by_another_connection_is_seen_at_once(services: Services) -> None:
    values = {"after": NOW - timedelta(days=1000), "username": "ada@example.org"}
    assert not BY_TIME.rows(services.transactions, services.direct, **values)
    add(services)
    assert len(BY_TIME.rows(services.transactions, services.direct, **values)) == 1


def test_a_value_without_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match="no name"):
        DirectSelect(select(SeatClaim.seat_id).where(SeatClaim.screening_id == 7))
    DirectSelect(select(SeatClaim.seat_id).where(true()))
