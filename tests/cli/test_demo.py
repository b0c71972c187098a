from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from matinee.accounts.models import ROLES, User, UserRole
from matinee.cli.demo import demo
from matinee.settings import Settings

if TYPE_CHECKING:
    from matinee.web.shared.services import Services


@pytest.fixture(autouse=True)
def _settings_of_the_test(environment: dict[str, str]) -> None:
    """The command reads the settings of the fresh database."""


def test_it_prints_the_address_the_accounts_and_where_the_mails_are(settings: Settings) -> None:
    shown = CliRunner().invoke(demo)

    assert shown.exit_code == 0, shown.output
    assert "http://testserver" in shown.stdout
    assert str(settings.data_dir / "mails") in shown.stdout.replace("\n", "")
    for role in (*ROLES, "moviegoer"):
        assert f"{role}@demo.example" in shown.stdout


def test_a_second_time_changes_nothing_and_prints_the_same_accounts() -> None:
    first, second = CliRunner().invoke(demo).stdout, CliRunner().invoke(demo).stdout

    assert "308 new screenings" in first
    assert second == first.replace("308 new screenings", "0 new screenings")


def test_the_accounts_have_their_roles_and_the_password_that_was_printed(services: Services) -> None:
    shown = CliRunner().invoke(demo).stdout
    [password] = set(re.findall(r"[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}", shown))

    def read(session):
        users = {user.id: user for user in session.scalars(select(User))}
        roles = {
            (users[held.user_id].username.split("@")[0], held.role)
            for held in session.scalars(select(UserRole))
        }
        return list(users.values()), roles

    users, roles = services.transactions.read(read)
    assert roles == {(role, role) for role in ROLES}
    assert len(users) == len(ROLES) + 1
    assert all(user.email_confirmed_at is not None for user in users)
    assert all(services.passwords.matches(user.password_hash, password) for user in users)


def test_accounts_get_the_new_password_where_the_kept_one_was_lost(
    services: Services, settings: Settings
) -> None:
    CliRunner().invoke(demo)
    (settings.data_dir / "demo_password").unlink()

    CliRunner().invoke(demo)

    password = (settings.data_dir / "demo_password").read_text()
    hashes = services.transactions.read(lambda session: list(session.scalars(select(User.password_hash))))
    assert all(services.passwords.matches(each, password) for each in hashes)


def test_an_empty_database_is_enough(empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATINEE_DATABASE_URL", empty_database_url)

    assert "308 new screenings" in CliRunner().invoke(demo).stdout
