"""What each connection to PostgreSQL is opened with."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from matinee.boxoffice.errors import TicketNotFound
from matinee.db.direct import DirectConnections
from matinee.db.engine import SESSION_ENDS_AT, database_url, engine_options, prepare_engine
from matinee.web.shared.metrics.meter import Meter
from matinee.web.shared.metrics.requests import measure_connections
from matinee.web.shared.services import Services
from tests import kept_connections


def session_of_now(engine: Engine, *, make_old: bool = False) -> int:
    """The process of the server that answers; `make_old`: it has answered for long enough."""
    with engine.connect() as connection:
        if make_old:
            connection.connection.info[SESSION_ENDS_AT] = 0.0
        return int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())


@contextmanager
def refusing_more(address: str) -> Iterator[None]:
    """Let the server refuse new sessions of this database."""
    server, _, name = address.rpartition("/")
    let_in = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(let_in.format(sql.Identifier(name), sql.SQL("false")))
        try:
            yield
        finally:
            connection.execute(let_in.format(sql.Identifier(name), sql.SQL("true")))


class TestOnPostgres:
    @pytest.fixture
    def database_url(self, postgresql_url: str) -> str:
        return postgresql_url

    @pytest.fixture
    def own_engine(self, postgresql_url: str) -> Iterator[Engine]:
        """With sessions that really end when they are closed."""
        kept_connections.forget(postgresql_url)
        url = database_url(postgresql_url)
        engine = create_engine(url, **engine_options(url, 1))
        prepare_engine(engine)
        yield engine
        engine.dispose()

    def test_the_kernel_gives_up_those_whose_other_end_vanished(self, services: Services) -> None:
        assert services.direct is not None
        services.direct.fetch_all("SELECT 1", {}, may_repeat=True)
        with services.engine.connect() as connection:
            for driver in (connection.connection.driver_connection, services.direct._local.kept.connection):
                assert isinstance(driver, psycopg.Connection)
                with socket.socket(fileno=os.dup(driver.fileno())) as opened:
                    assert opened.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
                    assert opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 30
                    assert opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 10_000

    def test_plans_go_by_keys_and_one_processor_also_after_a_transaction_was_undone(
        self, services: Services
    ) -> None:
        with services.engine.connect() as connection:
            for _ in range(2):
                assert connection.exec_driver_sql("SHOW random_page_cost").scalar_one() == "1.1"
                assert connection.exec_driver_sql("SHOW max_parallel_workers_per_gather").scalar_one() == "0"
                connection.rollback()

    @pytest.mark.parametrize("refused", [False, True])
    def test_reading_keeps_the_statements_that_the_driver_prepared(
        self, services: Services, *, refused: bool
    ) -> None:
        def look(session: Session) -> None:
            session.scalar(text("SELECT 77"))
            if refused:
                raise TicketNotFound

        for _ in range(10):
            with pytest.raises(TicketNotFound) if refused else nullcontext():
                services.transactions.read(look)
        with services.engine.connect() as connection:
            kept = connection.exec_driver_sql("SELECT statement FROM pg_prepared_statements").scalars().all()
        assert "SELECT 77" in kept

    def test_a_session_is_renewed_when_it_has_become_old(self, own_engine: Engine) -> None:
        first = session_of_now(own_engine)
        assert session_of_now(own_engine) == first
        assert session_of_now(own_engine, make_old=True) == first
        assert session_of_now(own_engine) != first

    def test_an_old_session_is_kept_while_no_other_is_to_be_had(
        self, own_engine: Engine, postgresql_url: str
    ) -> None:
        with own_engine.connect() as first, refusing_more(postgresql_url):
            with pytest.raises(OperationalError, match="not currently accepting"):
                own_engine.connect()
            process = first.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            first.connection.info[SESSION_ENDS_AT] = 0.0
            first.close()
            assert session_of_now(own_engine) == process

    def test_what_could_not_be_opened_is_not_counted(self, own_engine: Engine, postgresql_url: str) -> None:
        meter = Meter(None)
        measure_connections(own_engine, meter)

        def in_use() -> float:
            [told] = meter.connections_in_use.collect()
            return float(told.samples[0].value)

        with own_engine.connect() as lost:
            assert in_use() == 1
            lost.invalidate()
        assert in_use() == 0
        with refusing_more(postgresql_url), pytest.raises(OperationalError):
            own_engine.connect()
        assert in_use() == 0
        session_of_now(own_engine, make_old=True)
        session_of_now(own_engine)
        assert in_use() == 0

    def test_what_the_address_says_wins(self, postgresql_url: str) -> None:
        url = database_url(
            make_url(postgresql_url)
            .update_query_dict({"application_name": "mine"})
            .render_as_string(hide_password=False)
        )
        engine = create_engine(url, **engine_options(url, 1))
        direct = DirectConnections(engine)
        try:
            with engine.connect() as connection:
                assert connection.exec_driver_sql("SHOW application_name").scalar_one() == "mine"
            assert direct.fetch_all("SHOW application_name", {}, may_repeat=True) == [("mine",)]
        finally:
            direct.close_mine()
            engine.dispose()
