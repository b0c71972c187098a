"""Users and their roles"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from matinee.accounts.errors import NotAnAddress, RoleNotFound, UserExists, UserNotFound
from matinee.accounts.models import User
from matinee.accounts.roles import grant_role, list_users, revoke_role
from matinee.accounts.users import confirm_email_by_staff, find_user, normal_username, store_user
from matinee.web.shared.services import Services
from tests.building import NOW


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("user@example.com", "user@example.com"),
        (" User.Name+tag@EXAMPLE.com ", "user.name+tag@example.com"),
        ("staff@cinema.local", "staff@cinema.local"),
        ("пошта@приклад.укр", "пошта@приклад.укр"),
        ("user@BÜCHER.example", "user@bücher.example"),
    ],
)
def test_an_address_has_one_normal_form(text: str, normal: str) -> None:
    assert normal_username(text) == normal
    assert normal_username(normal) == normal


@pytest.mark.parametrize(
    "text",
    ["", "x", "@x.com", "x@", "x@y", "a@b@c.com", "x" * 250 + "@y.com", "a@[127.0.0.1]", "a\x00@y.com"],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(NotAnAddress):
        normal_username(text)


def store(session: Session, username: str = "user@example.com") -> User:
    return store_user(session, username=username, password_hash="x", now=NOW)


def test_a_user_is_found_whatever_the_letter_case(services: Services) -> None:
    services.transactions.write(store)
    found = services.transactions.read(lambda session: find_user(session, username="USER@Example.com"))
    assert (found.username, found.email_confirmed_at, found.created_at) == ("user@example.com", None, NOW)


@pytest.mark.parametrize("username", ["nobody@example.com", "no address", ""])
def test_nobody_is_found_under_another_name(services: Services, username: str) -> None:
    services.transactions.write(store)
    with pytest.raises(UserNotFound):
        services.transactions.read(lambda session: find_user(session, username=username))


def test_a_name_is_given_once(services: Services) -> None:
    services.transactions.write(store)
    with pytest.raises(UserExists):
        services.transactions.write(store)


def test_staff_may_confirm_an_address_and_the_first_time_counts(services: Services) -> None:
    services.transactions.write(store)
    for now in (NOW, NOW + timedelta(hours=1)):
        services.transactions.write(
            lambda session, now=now: confirm_email_by_staff(
                session, user=find_user(session, username="user@example.com"), now=now
            )
        )
    found = services.transactions.read(lambda session: find_user(session, username="user@example.com"))
    assert found.email_confirmed_at == NOW


def test_roles_are_granted_and_revoked(services: Services) -> None:
    def change(session: Session) -> None:
        user = store(session)
        store(session, "another@example.com")
        for role in ("usher", "counter", "counter"):
            grant_role(session, user=user, role=role)
        revoke_role(session, user=user, role="usher")
        revoke_role(session, user=user, role="auditor")

    services.transactions.write(change)
    users = services.transactions.read(list_users)
    assert [(user.username, roles) for user, roles in users] == [
        ("another@example.com", []),
        ("user@example.com", ["counter"]),
    ]


def test_an_unknown_role_is_refused(services: Services) -> None:
    for change in (grant_role, revoke_role):
        with pytest.raises(RoleNotFound):
            services.transactions.write(
                lambda session, change=change: change(session, user=store(session), role="king")
            )
