"""What each connection to PostgreSQL is opened with."""

from __future__ import annotations

import os
import socket
import time

import psycopg
import pytest
from sqlalchemy import create_engine, make_url, text

from matinee.db import engine as engine_module
from matinee.db.direct import DirectConnections
from matinee.db.engine import database_url, engine_options, prepare_engine
from matinee.web.shared.services import Services
from tests import kept_connections


class TestOnPostgres:
    @pytest.fixture
    def database_url(self, postgresql_url: str) -> str:
        return postgresql_url

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

    def test_reading_keeps_the_statements_that_the_driver_prepared(self, services: Services) -> None:
        for _ in range(10):
            services.transactions.read(lambda session: session.scalar(text("SELECT 77")))
        with services.engine.connect() as connection:
            kept = connection.exec_driver_sql("SELECT statement FROM pg_prepared_statements").scalars().all()
        assert "SELECT 77" in kept

    def test_a_session_is_renewed_when_it_has_become_old(
        self, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        kept_connections.forget(postgresql_url)
        monkeypatch.setattr(engine_module, "POSTGRES_SESSION_SECONDS", (0.5, 0.5))
        url = database_url(postgresql_url)
        engine = create_engine(url, **engine_options(url, 1))
        prepare_engine(engine)

        def session_of_now() -> int:
            with engine.connect() as connection:
                return int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())

        try:
            first = session_of_now()
            assert session_of_now() == first
            time.sleep(0.6)
            assert session_of_now() != first
        finally:
            engine.dispose()

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
