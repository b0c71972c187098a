"""A database that is away or full: 503 for who asks, nothing acknowledged is lost, and it goes on when all is well again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.accounts.users import store_user
from matinee.db.errors import DatabaseUnavailable
from matinee.kernel import clock
from matinee.web.shared.services import Services
from tests.databases import PostgresServer

# Waits until they are gone.
CUT_ALL_OFF = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = 'matinee'"

if TYPE_CHECKING:
    from flask.testing import FlaskClient


def add_user(services: Services, name: str, *, hash_length: int = 50) -> None:
    def work(session: Session) -> None:
        store_user(session, username=name, password_hash="x" * hash_length, now=clock.now())

    services.transactions.write(work)


def names(services: Services) -> list[str]:
    return services.transactions.read(
        lambda session: list(session.scalars(select(User.username).order_by(User.username)))
    )


class TestPostgresqlIsAway:
    @pytest.fixture
    def database_url(self, own_postgres: PostgresServer) -> str:
        return own_postgres.url("matinee")

    def test_it_goes_on_when_the_server_is_back(
        self, services: Services, own_postgres: PostgresServer
    ) -> None:
        add_user(services, "before@example.org")
        own_postgres.stop()
        with pytest.raises(DatabaseUnavailable):
            add_user(services, "meanwhile@example.org")
        with pytest.raises(DatabaseUnavailable):
            names(services)
        own_postgres.start()
        add_user(services, "after@example.org")
        assert names(services) == ["after@example.org", "before@example.org"]

    def test_a_restart_between_two_requests_is_not_noticed(
        self, services: Services, own_postgres: PostgresServer
    ) -> None:
        add_user(services, "before@example.org")
        own_postgres.stop()
        own_postgres.start()
        # The pool's connections are broken; nobody hears of it.
        assert names(services) == ["before@example.org"]
        add_user(services, "after@example.org")

    def test_what_was_read_is_answered_although_the_connection_ends_before_the_transaction(
        self, services: Services, own_postgres: PostgresServer
    ) -> None:
        add_user(services, "before@example.org")

        def read_and_lose(session: Session) -> list[str]:
            found = list(session.scalars(select(User.username)))
            with psycopg.connect(own_postgres.url("postgres"), autocommit=True) as other:
                other.execute(CUT_ALL_OFF)
            return found

        assert services.transactions.read(read_and_lose) == ["before@example.org"]
        assert names(services) == ["before@example.org"]

    def test_the_drivers_own_connections_come_back_too(
        self, services: Services, own_postgres: PostgresServer
    ) -> None:
        direct = services.direct
        assert direct is not None
        assert direct.fetch_all("SELECT 1", {}, may_repeat=True) == [(1,)]
        assert direct.fetch_value("SELECT 2") == "2"
        own_postgres.stop()
        with pytest.raises(DatabaseUnavailable):
            direct.fetch_all("SELECT 1", {}, may_repeat=True)
        with pytest.raises(DatabaseUnavailable):
            direct.fetch_value("SELECT 2")
        own_postgres.start()
        assert direct.fetch_all("SELECT 1", {}, may_repeat=True) == [(1,)]
        assert direct.fetch_value("SELECT 2") == "2"

    def test_a_caller_is_told_to_come_again(self, client: FlaskClient, own_postgres: PostgresServer) -> None:
        own_postgres.stop()
        answers = [
            client.get("/isEmailConfirmed?username=anna@example.org"),
            client.post("/register?username=anna@example.org&password=rather+a+long+one"),
            client.get("/fullSchedule"),
        ]
        for answer in answers:
            assert answer.status_code == 503
            assert int(answer.headers["Retry-After"]) > 0
            assert "psycopg" not in answer.text
        assert client.get("/healthz").status_code == 200
        assert client.get("/readyz").status_code == 503
        own_postgres.start()
        assert client.get("/fullSchedule").status_code == 200


class TestTheDiskIsFull:
    @pytest.fixture
    def database_url(self, sqlite_url: str) -> str:
        return sqlite_url

    @pytest.fixture
    def fill_disk(self, services: Services) -> Iterator[Callable[[], None]]:
        """From when it is called on, the file of the database cannot grow."""

        def stay_small(connection: sqlite3.Connection, _record: object) -> None:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {pages}")

        def fill() -> None:
            services.engine.dispose()
            event.listen(services.engine, "connect", stay_small)

        yield fill
        if event.contains(services.engine, "connect", stay_small):
            event.remove(services.engine, "connect", stay_small)

    def test_what_was_acknowledged_is_there_and_the_rest_is_not(
        self, services: Services, fill_disk: Callable[[], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fill_disk()
        acknowledged: list[str] = []

        def add_until_full() -> None:
            for number in range(1000):
                name = f"{number:04}@example.org"
                add_user(services, name, hash_length=200)
                acknowledged.append(name)

        with pytest.raises(DatabaseUnavailable):
            add_until_full()
        assert names(services) == acknowledged
        assert 0 < len(acknowledged) < 1000

    def test_a_caller_is_told_to_come_again(
        self, client: FlaskClient, services: Services, fill_disk: Callable[[], None]
    ) -> None:
        fill_disk()
        statuses = set()
        for number in range(300):
            name = f"{number:04}@example.org"
            answer = client.post(f"/register?username={name}&password=rather+a+long+one")
            statuses.add(answer.status_code)
            assert (name in names(services)) == (answer.status_code == 200)
            if answer.status_code != 200:
                assert int(answer.headers["Retry-After"]) > 0
                break
        assert statuses == {200, 503}
