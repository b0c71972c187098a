from __future__ import annotations

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from matinee.accounts.models import User, UserSession
from matinee.accounts.roles import list_users
from matinee.accounts.users import find_user
from matinee.cli.main import main
from matinee.web.shared.services import Services
from tests.building import NOW, Buyer, count_rows

NAME = "anna@example.org"
PASSWORD = "rather a long one"

pytestmark = pytest.mark.usefixtures("environment")


def run(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, ["user", *arguments], input=typed)


def roles_by_name(services: Services) -> dict[str, list[str]]:
    return services.transactions.read(
        lambda session: {user.username: roles for user, roles in list_users(session)}
    )


def test_an_added_user_can_sign_in_at_once(services: Services) -> None:
    result = run("add", "Anna@Example.org", "--role", "manager", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    assert PASSWORD not in result.output
    user = services.transactions.read(lambda session: find_user(session, username=NAME))
    assert services.passwords.matches(user.password_hash, PASSWORD)
    assert user.email_confirmed_at is not None
    assert roles_by_name(services) == {NAME: ["manager"]}


def test_the_password_can_come_from_a_program(services: Services) -> None:
    assert run("add", NAME, "--password-stdin", typed=f"{PASSWORD}\r\n").exit_code == 0
    user = services.transactions.read(lambda session: find_user(session, username=NAME))
    assert services.passwords.matches(user.password_hash, PASSWORD)


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("anna", "", "not a mail address"),
        (NAME, "short\nshort\n", "8 characters"),
        (NAME, f"{PASSWORD}\nanother one\n\n", "Aborted"),
    ],
)
def test_what_cannot_be_added_is_refused_with_a_sentence(
    services: Services, name: str, typed: str, sentence: str
) -> None:
    result = run("add", name, typed=typed)
    assert result.exit_code == 1
    assert sentence in result.output
    assert roles_by_name(services) == {}


def test_a_name_that_is_taken_is_refused_before_the_password_is_asked_for() -> None:
    assert run("add", NAME, "--password-stdin", typed=PASSWORD).exit_code == 0
    result = run("add", NAME)
    assert result.exit_code == 1
    assert "already" in result.output
    assert "Password" not in result.output


def test_roles_are_given_and_taken_away(services: Services) -> None:
    run("add", NAME, "--password-stdin", typed=PASSWORD)
    assert run("role", NAME, "usher").output == f"{NAME} is usher now.\n"
    assert roles_by_name(services) == {NAME: ["usher"]}
    assert run("role", NAME, "usher", "--revoke").output == f"{NAME} is no usher any more.\n"
    assert roles_by_name(services) == {NAME: []}


def test_a_role_for_nobody_is_refused() -> None:
    result = run("role", NAME, "usher")
    assert result.exit_code == 1
    assert "no user of this name" in result.output
    assert run("role", NAME, "king").exit_code == 2


def test_the_list_shows_who_has_which_role() -> None:
    run("add", NAME, "--role", "usher", "--role", "counter", "--password-stdin", typed=PASSWORD)
    run("add", "bob@example.org", "--password-stdin", typed=PASSWORD)
    listed = run("list").output
    assert NAME in listed
    assert "counter, usher" in listed
    assert "bob@example.org" in listed
    assert "bob@example.org" not in run("list", "--staff").output


def test_the_second_factor_of_who_lost_the_phone_is_turned_off(services: Services, buyer: Buyer) -> None:
    refused = run("second-factor", "off", buyer.username)
    assert refused.exit_code == 1
    assert "not on" in refused.output

    def turn_on(session: Session) -> None:
        user = session.get_one(User, buyer.id)
        user.totp_secret, user.totp_confirmed_at = services.secret_box.lock(b"secret"), NOW

    services.transactions.write(turn_on)
    assert "without a second factor" in run("second-factor", "off", buyer.username).output
    user = services.transactions.read(lambda session: session.get_one(User, buyer.id))
    assert (user.totp_secret, user.totp_confirmed_at) == (None, None)
    assert services.transactions.read(lambda session: count_rows(session, UserSession)) == 0
