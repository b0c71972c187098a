from __future__ import annotations

from datetime import timedelta

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from matinee.accounts.models import AuditEntry
from matinee.boxoffice.models import Order
from matinee.cli.main import main
from matinee.cli.retention_rounds import RetentionRounds
from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import NOW, Buyer, House, clock_at

pytestmark = pytest.mark.usefixtures("environment")
LATER = NOW + timedelta(days=735)


def run(*arguments: str) -> Result:
    with clock_at(LATER):
        return CliRunner().invoke(main, ["forget", *arguments])


@pytest.fixture
def order_id(services: Services, house: House, buyer: Buyer) -> int:
    return Sale(services, house, buyer).sold("A1", "A2", known=False)


def contact(services: Services, order_id: int) -> str | None:
    return services.transactions.read(lambda s: s.get_one(Order, order_id)).contact_email


def test_it_says_how_much_there_is_and_does_it_when_told(services: Services, order_id: int) -> None:
    result = run()
    assert result.exit_code == 0, result.output
    assert "To forget: who bought 1 order of screenings before 2030-05-" in result.output
    assert contact(services, order_id) is not None, "nothing is done without --yes"
    assert run("--yes").output == "Forgot who bought: 1 order.\n"
    assert contact(services, order_id) is None
    assert "Nothing to forget" in run().output
    row = services.transactions.read(lambda s: s.scalars(select(AuditEntry)).one())
    assert (row.actor, row.action) == ("cli", "screening.forget_buyers")
    assert "1 orders" in row.summary


def test_where_nobody_is_ever_forgotten_it_says_so(
    services: Services, order_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATINEE_RETENTION_DAYS", "0")
    assert "Nobody is ever forgotten" in run("--yes").output
    assert contact(services, order_id) is not None


def test_the_worker_does_it_by_itself(services: Services, order_id: int) -> None:
    rounds = RetentionRounds(services.transactions, days=730)
    with clock_at(NOW):
        assert RetentionRounds(services.transactions, days=730).do_what_is_due() == 0
    with clock_at(LATER):
        assert RetentionRounds(services.transactions, days=0).do_what_is_due() == 0
        assert rounds.do_what_is_due() == 1
        assert rounds.do_what_is_due() == 0, "not again within the hour"
    assert contact(services, order_id) is None
    row = services.transactions.read(lambda s: s.scalars(select(AuditEntry)).one())
    assert row.actor == "worker"
