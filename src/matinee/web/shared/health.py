"""GET /healthz: the process answers. GET /readyz: it can sell, and mail goes out."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Blueprint, Response, jsonify, request
from sqlalchemy.orm import Session

from matinee.db.errors import DatabaseUnavailable
from matinee.db.schema import schema_is_current
from matinee.kernel import clock
from matinee.outbox.heartbeat import WORKER_MISSING_AFTER, worker_seen_at
from matinee.outbox.queries import waiting_mail
from matinee.web.shared.asgi import ENDING
from matinee.web.shared.services import services

# A mail that waits longer than this means that nobody delivers, or that the mail server refuses.
WAITING_AGE_MAX = timedelta(minutes=15)

health = Blueprint("health", __name__)


@health.get("/healthz")
def healthz() -> Response:
    """The process is alive; 503 while it is about to end. Touches nothing else."""
    if request.environ.get(ENDING):
        response = jsonify(status="ending")
        response.status_code = 503
        return response
    return jsonify(status="alive")


@health.get("/readyz")
def readyz() -> Response:
    """200 where all is well; 503 with what is wrong."""
    service = services()
    now = clock.now()
    try:
        checks = {"database": "ok", "schema": "ok" if schema_is_current(service.engine) else "not current"}
        if checks["schema"] == "ok":
            checks |= service.transactions.read(lambda session: _worker_checks(session, now))
    except DatabaseUnavailable as error:
        checks = {"database": f"not available: {error}"}
    response = jsonify(status="ready" if set(checks.values()) == {"ok"} else "not ready", checks=checks)
    response.status_code = 200 if set(checks.values()) == {"ok"} else 503
    return response


def _worker_checks(session: Session, now: datetime) -> dict[str, str]:
    seen_at = worker_seen_at(session)
    oldest_age = waiting_mail(session, now=now).oldest_age
    alive = seen_at is not None and now - seen_at < WORKER_MISSING_AFTER
    stuck = oldest_age is not None and oldest_age > WAITING_AGE_MAX
    return {
        "worker": "ok" if alive else "no worker was seen lately",
        "outbox": "stuck: mails wait for more than 15 minutes" if stuck else "ok",
    }
