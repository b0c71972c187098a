from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from matinee.cli.doctor import shown_value
from matinee.cli.main import main
from matinee.kernel import clock
from matinee.outbox.heartbeat import sign_heartbeat
from matinee.outbox.messages import enqueue_message
from matinee.web.shared.services import Services
from tests.databases import free_port
from tests.mail_server import running_mail_server

pytestmark = pytest.mark.usefixtures("environment")


def run() -> Result:
    return CliRunner().invoke(main, ["doctor"])


@pytest.fixture
def worker_alive(services: Services) -> None:
    now = clock.now()
    services.transactions.write(lambda session: sign_heartbeat(session, name="w", started_at=now, now=now))


@pytest.mark.usefixtures("worker_alive")
def test_all_is_well_with_a_worker_and_a_mail_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with running_mail_server(credentials=(b"me", b"p@ss")) as server:
        monkeypatch.setenv("MATINEE_SMTP_URL", f"smtp://me:p%40ss@127.0.0.1:{server.port}")
        result = run()
    assert result.exit_code == 0, result.output
    assert "All is well" in result.output
    assert "takes mail from us" in result.output
    assert "p%40ss" not in result.output


def test_a_worker_that_nobody_saw_is_wrong() -> None:
    result = run()
    assert result.exit_code == 1
    assert "none was seen" in result.output
    assert "start `matinee worker`" in result.output


def test_a_worker_that_stopped_is_wrong(services: Services) -> None:
    before = clock.now() - timedelta(minutes=10)
    services.transactions.write(
        lambda session: sign_heartbeat(session, name="w", started_at=before, now=before)
    )
    result = run()
    assert result.exit_code == 1
    assert "seen 60" in result.output


@pytest.mark.usefixtures("worker_alive")
def test_mail_that_does_not_leave_is_wrong(services: Services) -> None:
    long_ago = clock.now() - timedelta(hours=2)
    services.transactions.write(
        lambda session: enqueue_message(session, kind="k", recipient="a@b.org", payload={}, now=long_ago)
    )
    result = run()
    assert result.exit_code == 1
    assert "Mail is stuck" in result.output
    assert "120 minutes" in result.output


@pytest.mark.usefixtures("worker_alive")
def test_a_mail_server_that_is_away_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATINEE_SMTP_URL", f"smtp://me:secret@127.0.0.1:{free_port()}")
    result = run()
    assert result.exit_code == 1
    assert "look at the mail server" in result.output
    assert "secret" not in result.output.replace("MATINEE_SECRET_KEY", "").replace("secret_code", "")


def test_another_schema_is_wrong(services: Services) -> None:
    with services.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    result = run()
    assert result.exit_code == 1
    assert "matinee db upgrade" in result.output


def test_a_database_that_is_away_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATINEE_DATABASE_URL", "postgresql://nobody:hidden@127.0.0.1:1/nothing")
    result = run()
    assert result.exit_code == 1
    assert "does not answer" in result.output
    assert "hidden" not in result.output
    assert "Traceback" not in result.output


def test_a_data_directory_that_is_a_file_is_wrong(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    monkeypatch.setenv("MATINEE_DATA_DIR", str(tmp_path / "taken"))
    result = run()
    assert result.exit_code == 1
    assert "MATINEE_DATA_DIR" in result.output


def test_a_wrong_setting_ends_with_code_2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATINEE_TIMEZONE", "Moon/Base")
    result = run()
    assert result.exit_code == 2
    assert "MATINEE_TIMEZONE must name a time zone" in result.output


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        (
            "database_url",
            "postgresql://u:pw@h/n?password=pw&sslmode=require",
            "postgresql://u:***@h/n?sslmode=require",
        ),
        ("smtp_url", "smtps://me:pw@h:465", "smtps://***@h:465"),
        ("secret_key", "0123456789", "***"),
        ("stripe_secret_key", "sk_live_1", "***"),
        ("stripe_webhook_secret", "whsec_1", "***"),
        ("stripe_webhook_secret", "", ""),
        ("cors_origins", ("https://a.org", "https://b.org"), "https://a.org https://b.org"),
    ],
)
def test_secrets_are_masked(name: str, value: object, shown: str) -> None:
    assert shown_value(name, value) == shown
