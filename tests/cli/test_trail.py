"""What commands change stands in the audit log"""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from matinee.accounts.models import AuditEntry
from matinee.cli.main import main
from matinee.web.shared.services import Services
from tests.building import Buyer, House
from tests.pictures import picture

pytestmark = pytest.mark.usefixtures("environment")
EXAMPLES = Path(__file__).parents[2] / "examples"


def run(*arguments: str, typed: str = "") -> None:
    result = CliRunner().invoke(main, list(arguments), input=typed)
    assert result.exit_code == 0, result.output


def told(services: Services) -> list[tuple[str, str, str]]:
    wanted = select(AuditEntry).order_by(AuditEntry.id)
    rows = services.transactions.read(lambda s: list(s.scalars(wanted)))
    assert {row.actor for row in rows} <= {"cli"}
    return [(row.action, row.subject, row.summary) for row in rows]


def test_of_people(services: Services, buyer: Buyer) -> None:
    run("user", "add", "anna@example.org", "--role", "usher", "--password-stdin", typed="rather a long one\n")
    run("user", "role", buyer.username, "manager")
    run("user", "role", buyer.username, "manager", "--revoke")
    assert told(services) == [
        ("user.add", "user:2", "anna@example.org was added: usher"),
        ("staff.roles", "user:1", f"Roles of {buyer.username}: +manager"),
        ("staff.roles", "user:1", f"Roles of {buyer.username}: -manager"),
    ]


def test_of_cinemas_halls_films_and_programmes(services: Services, house: House, tmp_path: Path) -> None:
    drawn = tmp_path / "drawn.png"
    drawn.write_bytes(picture())
    run("cinema", "set", "odeon", "--phone", "+380 44 1")
    run("cinema", "logo", "odeon", str(drawn))
    run("film", "poster", "Nosferatu", str(drawn))
    run("hall", "import", str(EXAMPLES / "hall.txt"))
    run("import", str(EXAMPLES / "days.json"), "--starting", "2030-06-01")
    run("import", str(EXAMPLES / "days.json"), "--starting", "2030-06-01")
    assert [row[:2] for row in told(services)] == [
        ("cinema.change", "cinema:odeon"), ("cinema.logo", "cinema:odeon"), ("film.poster", "film:3"),
        ("hall.import", "cinema:odeon"), ("programme.import", "cinema:odeon"),
    ]  # fmt: skip
