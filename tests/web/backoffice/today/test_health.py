"""The page of health, and the line at the top where something is wrong."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from flask.testing import FlaskClient

from matinee.outbox.heartbeat import sign_heartbeat
from matinee.outbox.messages import enqueue_message
from matinee.web.shared.services import Services
from tests.building import NOW, clock_at
from tests.web.backoffice.conftest import Office, OpenOffice
from tests.web.backoffice.today.test_dashboard import words_of
from tests.web.conftest import OpenApp

HEALTH = "/backoffice/health"
AUDIT = "/backoffice/audit"
LATER = NOW + timedelta(hours=1)


def alive(services: Services) -> None:
    services.transactions.write(
        lambda s: sign_heartbeat(s, name="front:7", started_at=NOW, now=LATER - timedelta(seconds=4))
    )


def other_app(office: Office, open_app: OpenApp, **settings: object) -> Office:
    """The same person at a Matinee with other settings."""
    client: FlaskClient = open_app(**settings).test_client()
    cookie = office.client.get_cookie("token")
    assert cookie
    client.set_cookie("token", cookie.value)
    return Office(client, office.services, office.name)


def test_it_says_what_is_well_and_what_is_not(office: OpenOffice, services: Services) -> None:
    manager = office("manager")
    alive(services)
    with clock_at(LATER):
        said = words_of(manager.get(HEALTH).text)
    assert "All is well." in said
    assert "worker ✓ well seen 4 seconds ago" in said
    assert "front:7 alive" in said
    assert "backup ! note nothing is known of any" in said
    assert "schema ✓ well 0011 (current)" in said
    kind = "SQLite" if services.engine.dialect.name == "sqlite" else "PostgreSQL"
    assert f"database ✓ well {kind}" in said
    assert "Running for 60 minutes" in said


def test_mail_that_is_stuck_is_wrong(office: OpenOffice, services: Services) -> None:
    manager = office("manager")
    alive(services)
    services.transactions.write(
        lambda s: enqueue_message(s, kind="k", recipient="a@example.org", payload={}, now=NOW)
    )
    with clock_at(LATER):
        said = words_of(manager.get(HEALTH).text)
        assert "One thing is wrong." in said
        assert "outbox ✕ wrong 1 waiting, 0 given up, the oldest for 60 minutes Mail is stuck" in said
        assert "Something is wrong" not in said, "the page itself says it all"
        assert "Something is wrong: outbox: 1 waiting." in words_of(manager.get(AUDIT).text)


def test_a_silent_worker_is_told_to_managers_on_every_page(office: OpenOffice) -> None:
    manager, auditor = office("manager"), office("auditor")
    with clock_at(LATER):
        assert "Something is wrong: worker: none was seen." in words_of(manager.get(AUDIT).text)
        assert "Something is wrong" not in auditor.get(AUDIT).text


def test_a_server_that_has_just_started_waits_for_its_worker(office: OpenOffice) -> None:
    assert "Something is wrong" not in office("manager").get(AUDIT).text


def test_what_is_wrong_is_looked_at_seldom(office: OpenOffice, services: Services) -> None:
    manager = office("manager")
    with clock_at(LATER):
        assert "worker: none was seen" in manager.get(AUDIT).text
        alive(services)
        # Kept for some seconds; the page of health looks itself.
        assert "worker: none was seen" in manager.get(AUDIT).text
        assert "seen 4 seconds ago" in manager.get(HEALTH).text


def test_backups_that_stopped_are_wrong(
    office: OpenOffice, services: Services, open_app: OpenApp, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    manager = office("manager")
    with clock_at(NOW - timedelta(hours=1)):
        watched = other_app(manager, open_app, backup_dir=folder, backup_hours=10)
    alive(services)
    assert "backup ✕ wrong no file in" in words_of(watched.get(HEALTH).text)
    for name, hours in (("old.dump", 30), ("newest.dump", 9), (".hidden", 1)):
        file = folder / name
        file.write_bytes(b"x" * 2048)
        moment = (NOW - timedelta(hours=hours)).timestamp()
        os.utime(file, (moment, moment))
    assert "backup ✓ well newest.dump, 9 hours old, 2.0 kB" in words_of(watched.get(HEALTH).text)
    with clock_at(LATER + timedelta(minutes=1)):
        assert "It is older than 10 hours" in words_of(watched.get(HEALTH).text)
