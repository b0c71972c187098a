"""A database that is away or full: 503 for who asks, nothing acknowledged is lost, and it goes on when all is well again."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.accounts.users import store_user
from matinee.db import transaction as transaction_module
from matinee.db.direct import DirectConnections
from matinee.db.errors import DatabaseUnavailable
from matinee.db.schema import schema_is_current
from matinee.kernel import clock
from matinee.kernel.counts import tell_counts_to
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


@pytest.fixture
def noticed(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], tuple[float, int]]]:
    """How often it was counted that the database did not answer, and in how many lines the log says so."""
    counts: Counter[str] = Counter()

    def tally(what: str, amount: float, _labels: Mapping[str, str]) -> None:
        counts[what] += amount  # type: ignore[assignment]

    tell_counts_to(tally)
    yield lambda: (
        counts["database_unavailable"],
        sum("the database did not answer: " in record.getMessage() for record in caplog.records),
    )
    tell_counts_to(None)


Ask = Callable[[DirectConnections], object]


def told_later(direct: DirectConnections, statement: str, values: dict[str, object]) -> None:
    """Raises what another thread tells."""
    told: SimpleQueue[object] = SimpleQueue()
    # The connection of that thread ends with what it did.
    direct.fetch_together_later(statement, values, told.put, committed=lambda _: direct.close_mine())
    found = told.get(timeout=10)
    if isinstance(found, Exception):
        raise found


ASK: tuple[Ask, ...] = (
    lambda direct: direct.fetch_all("SELECT 1", {}, may_repeat=True),
    lambda direct: direct.fetch_value("SELECT 1"),
    lambda direct: direct.fetch_together("SELECT 1, x FROM unnest(:x::int[]) AS x", {"x": 7}),
    lambda direct: told_later(direct, "SELECT 1, y FROM unnest(:y::int[]) AS y", {"y": 7}),
)
WRITE = "INSERT INTO machine (id, seen_at) VALUES (:id, now()) RETURNING id"
WRITE_FOR_SEVERAL = (
    "INSERT INTO machine (id, seen_at) SELECT id, now() FROM unnest(:id::text[]) AS id RETURNING 1, id"
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

    def test_each_failure_is_counted_and_logged_once(
        self,
        services: Services,
        own_postgres: PostgresServer,
        noticed: Callable[[], tuple[float, int]],
    ) -> None:
        direct = services.direct
        assert direct is not None
        for ask in ASK:
            ask(direct)
        asked: list[Callable[[], object]] = [
            *(partial(ask, direct) for ask in ASK),
            partial(names, services),
            partial(add_user, services, "meanwhile@example.org"),
            partial(schema_is_current, services.engine),
        ]
        assert noticed() == (0, 0)
        own_postgres.stop()
        # Over connections that broke, and where there are none.
        for number, deed in enumerate([*asked, *asked], 1):
            with pytest.raises(DatabaseUnavailable):
                deed()
            assert noticed() == (number, number)

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


class TestAServerThatTakesNoWrites:
    @pytest.fixture
    def database_url(self, postgresql_url: str) -> str:
        return postgresql_url

    @pytest.mark.parametrize(
        "write",
        [
            lambda direct: direct.fetch_all(WRITE, {"id": "here"}, may_repeat=False),
            lambda direct: direct.fetch_together(WRITE_FOR_SEVERAL, {"id": "here"}),
        ],
    )
    def test_a_refused_write_is_counted_and_logged_once(
        self,
        services: Services,
        noticed: Callable[[], tuple[float, int]],
        write: Ask,
    ) -> None:
        direct = services.direct
        assert direct is not None
        direct.fetch_all(
            "SELECT set_config('default_transaction_read_only', 'on', false)", {}, may_repeat=True
        )
        with pytest.raises(DatabaseUnavailable):
            write(direct)
        assert noticed() == (1, 1)
        write(direct)
        assert noticed() == (1, 1)

    def test_a_value_that_no_connection_gives_is_counted_and_logged_once(
        self, services: Services, noticed: Callable[[], tuple[float, int]]
    ) -> None:
        assert services.direct is not None
        with pytest.raises(DatabaseUnavailable):
            services.direct.fetch_value("SELECT 1 / 0")
        assert noticed() == (1, 1)


class TestSqliteIsBusy:
    @pytest.fixture
    def database_url(self, sqlite_url: str) -> str:
        return sqlite_url

    def test_a_writer_whose_turn_does_not_come_is_counted_and_logged(
        self,
        services: Services,
        noticed: Callable[[], tuple[float, int]],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(transaction_module, "TRIES_BEGIN_WITHIN_SECONDS", 0.05)
        writes, go_on = threading.Event(), threading.Event()

        def stand_still(_session: Session) -> None:
            writes.set()
            assert go_on.wait(10)

        with ThreadPoolExecutor(1) as other:
            standing = other.submit(services.transactions.write, stand_still)
            assert writes.wait(10)
            with pytest.raises(DatabaseUnavailable, match="busy"):
                add_user(services, "meanwhile@example.org")
            go_on.set()
            standing.result(10)
        assert noticed() == (1, 1)

    def test_a_file_that_is_no_database_is_counted_and_logged_where_its_version_is_asked_for(
        self, services: Services, noticed: Callable[[], tuple[float, int]]
    ) -> None:
        path = Path(str(services.engine.url.database))
        services.engine.dispose()
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()
        path.write_bytes(b"no database " * 1000)
        with pytest.raises(DatabaseUnavailable):
            services.version.current()
        assert noticed() == (1, 1)


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
