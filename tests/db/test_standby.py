"""Reading from a standby: everything acknowledged is there, and nobody waits for one that is away or behind."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session, sessionmaker

from matinee.db import standby as standby_module
from matinee.db.direct import DirectConnections
from matinee.db.engine import database_url as read_address
from matinee.db.engine import prepare_engine
from matinee.db.standby import StandbyReader
from matinee.db.transaction import Transactions
from matinee.db.version import Change
from tests.conftest import PROGRAMS
from tests.databases import FOLLOWED_SETTINGS, PostgresServer, create_database, make_tables
from tests.standby import Standby

ROUNDS = 60


class NoVersion:
    """Nothing is kept here."""

    def current(self) -> object:
        return None

    def move(self, change: Change = Change.ANYTHING) -> None:
        return


@pytest.fixture(scope="module")
def servers(request: pytest.FixtureRequest) -> Iterator[tuple[PostgresServer, Standby]]:
    """A primary and its standby, for all tests here: to make them takes the longest."""
    programs = request.config.stash[PROGRAMS]
    # What is acknowledged is written to disk here, as it is in earnest.
    primary = PostgresServer(programs, {**FOLLOWED_SETTINGS, "synchronous_commit": "on"})
    try:
        primary.start()
        make_tables(create_database(primary.url("postgres"), "matinee"))
        standby = Standby(programs, primary)
        try:
            standby.start()
            yield primary, standby
        finally:
            standby.remove()
    finally:
        primary.remove()


@pytest.fixture
def standby(servers: tuple[PostgresServer, Standby]) -> Standby:
    return servers[1]


@pytest.fixture
def engines(servers: tuple[PostgresServer, Standby]) -> Iterator[list[Engine]]:
    made = [create_engine(read_address(server.url("matinee"))) for server in servers]
    for engine in made:
        prepare_engine(engine)
    with made[0].begin() as connection:
        connection.execute(text("DELETE FROM machine"))
    yield made
    for engine in made:
        engine.dispose()


@pytest.fixture
def transactions(engines: list[Engine]) -> list[Transactions]:
    """Of the primary, of the standby."""
    return [Transactions(sessionmaker(engine), NoVersion(), one_writer=False) for engine in engines]


@pytest.fixture
def reader(engines: list[Engine], transactions: list[Transactions]) -> Iterator[StandbyReader]:
    direct = DirectConnections(engines[0])
    yield StandbyReader(transactions[0], direct, transactions[1])
    direct.close_mine()


def where(session: Session) -> str:
    """Which of the two answers."""
    return "standby" if session.execute(text("SELECT pg_is_in_recovery()")).scalar() else "primary"


def note(transactions: list[Transactions], number: int) -> None:
    transactions[0].write(
        lambda session: session.execute(
            text("INSERT INTO machine (id, seen_at) VALUES (:id, now())"), {"id": f"m{number}"}
        )
    )


def notes(session: Session) -> tuple[str, int]:
    return where(session), session.execute(text("SELECT count(*) FROM machine")).scalar_one()


def test_what_was_written_before_is_read_from_the_standby(
    reader: StandbyReader, transactions: list[Transactions]
) -> None:
    found = []
    for number in range(1, ROUNDS + 1):
        note(transactions, number)
        found.append(reader.read(notes))
    assert [count for _, count in found] == list(range(1, ROUNDS + 1))
    # How often it is in step depends on the pace of the machine.
    assert "standby" in [place for place, _ in found]


def test_one_that_is_behind_is_not_waited_for_and_asked_again_later(
    reader: StandbyReader,
    transactions: list[Transactions],
    standby: Standby,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(standby_module, "REST_SECONDS", 0.3)
    note(transactions, 1)
    standby.execute("SELECT pg_wal_replay_pause()")
    note(transactions, 2)
    assert reader.read(notes) == ("primary", 2)
    standby.execute("SELECT pg_wal_replay_resume()")
    assert reader.read(notes) == ("primary", 2)  # it rests
    time.sleep(0.35)
    assert reader.read(notes) == ("standby", 2)


def test_one_that_is_away_is_done_without(
    reader: StandbyReader, transactions: list[Transactions], standby: Standby
) -> None:
    assert reader.read(where) == "standby"
    standby.stop()
    note(transactions, 1)
    assert reader.read(notes) == ("primary", 1)
    standby.start()


def test_refusals_of_the_work_pass_through(reader: StandbyReader) -> None:
    def refuse(_session: Session) -> None:
        raise LookupError("nothing of that name")

    with pytest.raises(LookupError):
        reader.read(refuse)


# The last: there is no way back.
def test_one_that_became_a_primary_is_not_believed(
    reader: StandbyReader, transactions: list[Transactions], standby: Standby
) -> None:
    standby.execute("SELECT pg_promote()")
    note(transactions, 1)
    assert reader.read(notes) == ("primary", 1)
