"""GET /healthz and /readyz"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from matinee.outbox.heartbeat import WORKER_MISSING_AFTER
from matinee.outbox.messages import enqueue_message
from matinee.outbox.models import WorkerHeartbeat
from matinee.web.shared.health import WAITING_AGE_MAX
from matinee.web.shared.services import Services
from tests.building import NOW, clock_at


def worker_seen(session: Session) -> None:
    session.add(WorkerHeartbeat(name="worker", seen_at=NOW, started_at=NOW))


def test_the_process_is_alive_whatever_else_is(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "alive"}


def test_all_is_well(client: FlaskClient, services: Services) -> None:
    services.transactions.write(worker_seen)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (200, "ready")
    assert set(answer.json["checks"].values()) == {"ok"}


def test_a_worker_that_is_silent_is_told(client: FlaskClient, services: Services) -> None:
    assert client.get("/readyz").json["checks"]["worker"] != "ok"
    services.transactions.write(worker_seen)
    with clock_at(NOW + WORKER_MISSING_AFTER):
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (503, "not ready")
    assert answer.json["checks"]["worker"] != "ok"
    assert answer.json["checks"]["outbox"] == "ok"


def test_mails_that_wait_too_long_are_told(client: FlaskClient, services: Services) -> None:
    def queue(session: Session) -> None:
        worker_seen(session)
        enqueue_message(
            session, kind="tickets", recipient="a@example.com", payload={}, now=NOW - WAITING_AGE_MAX
        )

    services.transactions.write(queue)
    assert client.get("/readyz").status_code == 200
    with clock_at(NOW + timedelta(seconds=1)):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "stuck" in answer.json["checks"]["outbox"]


def test_a_schema_of_another_version_is_told(client: FlaskClient, services: Services) -> None:
    services.transactions.write(
        lambda session: session.execute(text("UPDATE alembic_version SET version_num = 'old'"))
    )
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["checks"]["schema"]) == (503, "not current")


def test_a_pool_without_a_free_connection_is_told(
    client: FlaskClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As after requests that hang: nobody gives a connection back.
    monkeypatch.setattr(services.engine.pool, "_timeout", 0.1)
    with ExitStack() as taken:
        for _ in range(services.engine.pool.size() + services.engine.pool._max_overflow):
            taken.enter_context(services.engine.connect())
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json["status"]) == (503, "not ready")
    assert answer.json["checks"] == {"database": "not available: every connection is in use"}
    assert client.get("/readyz").json["checks"]["database"] == "ok"
