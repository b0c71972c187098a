"""Accounts by a part of their address"""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.accounts import search
from matinee.accounts.models import User
from matinee.accounts.search import address_has
from matinee.accounts.users import store_user
from matinee.web.shared.services import Services
from tests.building import NOW
from tests.query_plans import tables_read_whole

EARLY, LATE = ("anna@example.com", "joanna@example.com", "a_b@example.com"), "hanna@example.community"


@pytest.fixture(autouse=True)
def accounts(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three accounts, and one that alone is among the latest."""
    monkeypatch.setattr(search, "LATEST_ACCOUNTS", 1)

    def store(session: Session) -> None:
        for username in (*EARLY, LATE):
            store_user(session, username=username, password_hash="x", now=NOW)

    services.transactions.write(store)


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ("ann", {"anna@example.com", LATE}),
        ("ANN", {"anna@example.com", LATE}),
        ("joan", {"joanna@example.com"}),
        ("oanna", set()),
        ("example", {LATE}),
        ("a_", {"a_b@example.com"}),
        ("a%", set()),
        ("_", set()),
        # Whole addresses: the beginnings of longer ones, and no part of any.
        ("anna@example.com", {"anna@example.com"}),
        ("hanna@example.com", {LATE}),
        ("anna@example.community", set()),
    ],
)
def test_a_part_is_the_beginning_or_anything_of_the_latest(
    services: Services, part: str, found: set[str]
) -> None:
    assert set(services.transactions.read(lambda session: named_so(session, part))) == found


@pytest.mark.parametrize("part", ["ann", "anna@example.com"])
def test_no_part_reads_all_accounts(services: Services, part: str) -> None:
    assert not tables_read_whole(services, lambda session: named_so(session, part))


def named_so(session: Session, part: str) -> list[str]:
    return list(session.scalars(select(User.username).where(address_has(session, part))))
