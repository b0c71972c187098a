"""What `Transactions` promises, with real second connections on both databases."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import make_url, select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from matinee.accounts.models import AttemptCount
from matinee.boxoffice.errors import TicketNotFound
from matinee.db import engine as engine_module
from matinee.db import transaction as transaction_module
from matinee.db.errors import DatabaseUnavailable, WroteWhileReading
from matinee.db.transaction import TRIES_MAX, Transactions
from matinee.web.shared.services import Services

EXPIRES_AT = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def transactions(services: Services) -> Transactions:
    """Transactions of a database that holds two counters, at 0."""

    def fill(session: Session) -> None:
        session.add_all(AttemptCount(key=key, count=0, expires_at=EXPIRES_AT) for key in "ab")

    services.transactions.write(fill)
    return services.transactions


def count_up(session: Session, key: str) -> None:
    session.execute(update(AttemptCount).where(AttemptCount.key == key).values(count=AttemptCount.count + 1))


def counts(transactions: Transactions) -> dict[str, int]:
    rows = transactions.read(
        lambda session: session.execute(select(AttemptCount.key, AttemptCount.count)).all()
    )
    return dict(rows)


def test_what_was_written_is_committed_and_the_result_returned(transactions: Transactions) -> None:
    def work(session: Session) -> str:
        count_up(session, "a")
        return "done"

    assert transactions.write(work) == "done"
    assert counts(transactions) == {"a": 1, "b": 0}


def test_an_error_undoes_everything_and_passes_through(transactions: Transactions) -> None:
    def work(session: Session) -> None:
        count_up(session, "a")
        session.flush()
        raise LookupError("no")

    with pytest.raises(LookupError):
        transactions.write(work)
    assert counts(transactions) == {"a": 0, "b": 0}


def raw_change(session: Session) -> None:
    session.execute(text("UPDATE attempt_count SET count = 1"))


def flushed_change(session: Session) -> None:
    session.get_one(AttemptCount, "a").count = 1
    session.flush()


def change_of_an_object(session: Session) -> None:
    session.get_one(AttemptCount, "a").count = 1


def new_object(session: Session) -> None:
    session.add(AttemptCount(key="c", count=0, expires_at=EXPIRES_AT))


def deleted_object(session: Session) -> None:
    session.delete(session.get_one(AttemptCount, "a"))


@pytest.mark.parametrize(
    "work", [raw_change, flushed_change, change_of_an_object, new_object, deleted_object]
)
def test_a_change_in_what_should_only_read_is_not_lost_silently(
    transactions: Transactions, work: Callable[[Session], None]
) -> None:
    with pytest.raises(WroteWhileReading):
        transactions.read(work)
    assert counts(transactions) == {"a": 0, "b": 0}
    # The connection goes back to those who write.
    transactions.write(lambda session: count_up(session, "a"))
    assert counts(transactions) == {"a": 1, "b": 0}


@pytest.mark.parametrize("work", [raw_change, flushed_change])
def test_a_change_before_a_refusal_is_not_kept(
    transactions: Transactions, work: Callable[[Session], None]
) -> None:
    def change_and_refuse(session: Session) -> None:
        work(session)
        raise TicketNotFound

    with pytest.raises(WroteWhileReading):
        transactions.read(change_and_refuse)
    assert counts(transactions) == {"a": 0, "b": 0}


def test_an_error_in_a_statement_is_not_tried_again(transactions: Transactions, services: Services) -> None:
    tries = []

    def work(session: Session) -> None:
        tries.append(1)
        # An error of the program on either database, not of the moment.
        session.execute(
            text("SELECT 1 / 0" if services.direct else "INSERT INTO attempt_count (key) VALUES (NULL)")
        )

    with pytest.raises(Exception) as caught:  # noqa: PT011 - each database has its own class
        transactions.write(work)
    assert not isinstance(caught.value, DatabaseUnavailable)
    assert len(tries) == 1


def test_threads_that_count_the_same_row_lose_nothing(app: APIFlask, transactions: Transactions) -> None:
    def work() -> None:
        with app.app_context():
            for _ in range(10):
                transactions.write(lambda session: count_up(session, "a"))

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(work) for _ in range(8)]:
            done.result(60)
    assert counts(transactions)["a"] == 80


class TestOnPostgresql:
    @pytest.fixture
    def database_url(self, postgresql_url: str) -> str:
        return postgresql_url

    def test_a_deadlock_is_tried_again_from_the_start(
        self, app: APIFlask, transactions: Transactions
    ) -> None:
        both_hold_one = threading.Barrier(2)
        tries: list[str] = []

        def cross(first: str, second: str) -> None:
            def work(session: Session) -> None:
                tries.append(first)
                count_up(session, first)
                if tries.count(first) == 1:
                    both_hold_one.wait(10)
                count_up(session, second)

            with app.app_context():
                transactions.write(work)

        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(cross, "a", "b"), pool.submit(cross, "b", "a")]:
                done.result(60)
        assert counts(transactions) == {"a": 2, "b": 2}
        # One of the two was chosen as the victim, and only it ran again.
        assert sorted(tries) in (["a", "a", "b"], ["a", "b", "b"])

    @pytest.mark.parametrize(("failures", "expected_tries"), [(2, 3), (TRIES_MAX, TRIES_MAX)])
    def test_a_serialisation_failure_is_tried_again_some_times(
        self, transactions: Transactions, failures: int, expected_tries: int
    ) -> None:
        tries: list[int] = []

        def work(session: Session) -> None:
            tries.append(1)
            count_up(session, "a")
            if len(tries) <= failures:
                session.execute(text("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$"))

        if failures < TRIES_MAX:
            transactions.write(work)
        else:
            with pytest.raises(DatabaseUnavailable):
                transactions.write(work)
        assert len(tries) == expected_tries
        assert counts(transactions)["a"] == (1 if failures < TRIES_MAX else 0)

    def test_an_error_of_the_program_passes_through(self, transactions: Transactions) -> None:
        with pytest.raises(ProgrammingError):
            transactions.write(lambda session: session.execute(text("SELECT * FROM nothing")))


class TestOnSqlite:
    @pytest.fixture
    def database_url(self, sqlite_url: str) -> str:
        return sqlite_url

    @pytest.fixture
    def busy_for(self, sqlite_url: str) -> Callable[[float], threading.Thread]:
        """Another process's writer: holds the lock for so many seconds, from when this returns."""

        def hold(seconds: float) -> threading.Thread:
            held = threading.Event()

            def write() -> None:
                other = sqlite3.connect(str(make_url(sqlite_url).database), isolation_level=None)
                other.execute("BEGIN IMMEDIATE")
                held.set()
                time.sleep(seconds)
                other.execute("UPDATE attempt_count SET count = count + 10 WHERE key = 'b'")
                other.execute("COMMIT")
                other.close()

            thread = threading.Thread(target=write)
            thread.start()
            assert held.wait(10)
            return thread

        return hold

    def test_a_writer_waits_for_another(
        self, transactions: Transactions, busy_for: Callable[[float], threading.Thread]
    ) -> None:
        other = busy_for(0.5)
        transactions.write(lambda session: count_up(session, "a"))
        other.join()
        assert counts(transactions) == {"a": 1, "b": 10}

    def test_a_reader_waits_for_nobody(
        self, transactions: Transactions, busy_for: Callable[[float], threading.Thread]
    ) -> None:
        other = busy_for(1.0)
        began = time.monotonic()
        assert counts(transactions) == {"a": 0, "b": 0}
        assert time.monotonic() - began < 0.5
        other.join()

    def test_a_busy_file_is_tried_again_and_given_up_in_the_end(
        self,
        monkeypatch: pytest.MonkeyPatch,
        transactions: Transactions,
        services: Services,
        busy_for: Callable[[float], threading.Thread],
    ) -> None:
        # Connections from here on wait for 20 ms only.
        monkeypatch.setattr(engine_module, "SQLITE_BUSY_TIMEOUT_SECONDS", 0.02)
        services.engine.dispose()
        other = busy_for(0.1)
        transactions.write(lambda session: count_up(session, "a"))
        other.join()
        assert counts(transactions)["a"] == 1

        other = busy_for(2)
        with pytest.raises(DatabaseUnavailable):
            transactions.write(lambda session: count_up(session, "a"))
        other.join()
        assert counts(transactions)["a"] == 1

    def test_who_writes_hears_in_time_that_the_file_stays_busy(
        self,
        monkeypatch: pytest.MonkeyPatch,
        transactions: Transactions,
        services: Services,
        busy_for: Callable[[float], threading.Thread],
    ) -> None:
        monkeypatch.setattr(engine_module, "SQLITE_BUSY_TIMEOUT_SECONDS", 0.4)
        monkeypatch.setattr(transaction_module, "TRIES_BEGIN_WITHIN_SECONDS", 0.5)
        services.engine.dispose()
        other = busy_for(4)
        waited: list[float] = []

        def write() -> None:
            began = time.monotonic()
            with pytest.raises(DatabaseUnavailable):
                transactions.write(lambda session: count_up(session, "a"))
            waited.append(time.monotonic() - began)

        # More than one: each waits for the others of its process, too.
        threads = [threading.Thread(target=write) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        # 6 tries of 0.4 s each, one thread after the other, would be 14 s.
        assert len(waited) == 6
        assert max(waited) < 2.5
        other.join()
        assert counts(transactions)["a"] == 0

    def test_the_longest_wait_is_about_a_quarter_of_a_minute(self) -> None:
        longest = transaction_module.TRIES_BEGIN_WITHIN_SECONDS + engine_module.SQLITE_BUSY_TIMEOUT_SECONDS
        assert longest <= 15

    def test_a_sale_is_on_disk_when_it_is_acknowledged(self, services: Services, tmp_path: Path) -> None:
        with services.engine.connect() as connection:
            pragmas = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            }
        assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
