"""A violated constraint is found by its name, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matinee.accounts.models import User, UserRole
from matinee.db.base import Base
from matinee.db.constraints import translating, violated_constraint
from matinee.kernel import clock
from matinee.outbox.models import Message
from matinee.programme.models import Cinema, Hall
from matinee.web.shared.services import Services


class Refused(Exception):
    """What a violated constraint is translated to here."""


def cinema(slug: str = "odeon") -> Cinema:
    return Cinema(slug=slug, name="Odeon", timezone="UTC", currency="EUR")


def user() -> User:
    return User(username="anna@example.org", password_hash="x", created_at=clock.now())


def message() -> Message:
    now = clock.now()
    return Message(
        kind="k",
        recipient="a@b.org",
        payload={},
        created_at=now,
        next_attempt_at=now,
        sent_at=now,
        failed_at=now,
    )


def role(role: str) -> UserRole:
    return UserRole(user_id=1, role=role)


VIOLATIONS: dict[str, tuple[list[Base], str]] = {
    "a unique constraint": ([cinema(), cinema()], "uq_cinema_slug"),
    "a unique index": ([user(), user()], "uq_users_username"),
    "a constraint of two columns": (
        [cinema(), Hall(cinema_id=1, name="1"), Hall(cinema_id=1, name="1")],
        "uq_hall_cinema_id_name",
    ),
    "a check": (
        [cinema(), Hall(cinema_id=1, name="1", turnaround_minutes=-1)],
        "ck_hall_turnaround_not_negative",
    ),
    "a check over two columns": ([message()], "ck_outbox_one_end"),
    "a check of a set": ([user(), role("king")], "ck_user_role_known_role"),
}


def write(services: Services, things: list[Base], error: str) -> None:
    def work(session: Session) -> None:
        with translating({error: Refused}):
            for thing in things:
                values = {column.key: getattr(thing, column.key) for column in type(thing).__table__.columns}
                given = {key: value for key, value in values.items() if value is not None}
                session.execute(insert(type(thing)), [given])

    services.transactions.write(work)


@pytest.mark.parametrize("what", VIOLATIONS)
def test_a_violation_is_translated_to_the_error_that_it_means(services: Services, what: str) -> None:
    things, name = VIOLATIONS[what]
    with pytest.raises(Refused):
        write(services, things, name)


@pytest.mark.parametrize("what", VIOLATIONS)
def test_another_violation_passes_through(services: Services, what: str) -> None:
    things, name = VIOLATIONS[what]
    with pytest.raises(IntegrityError) as caught:
        write(services, things, "uq_something_else")
    assert violated_constraint(caught.value) == name


def test_a_primary_key_has_its_name(services: Services) -> None:
    with pytest.raises(Refused):
        write(services, [user(), role("usher"), role("usher")], "pk_user_role")


def test_a_reference_to_nothing_is_refused(services: Services) -> None:
    with pytest.raises(IntegrityError) as caught:
        write(services, [Hall(cinema_id=99, name="1")], "uq_something_else")
    # SQLite does not say which reference it was.
    expected = "fk_hall_cinema_id_cinema" if services.direct else None
    assert violated_constraint(caught.value) == expected
