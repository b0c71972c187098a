"""The driver's own connections to PostgreSQL, for the two hot paths: a purchase, and the version of the data.

A statement here is a transaction by itself (autocommit): it is committed when it returns and nothing of it happened
when it raises, so that no BEGIN and COMMIT travel beside it. Each thread keeps a connection of its own, with its
statements prepared. Everything else goes through `db.transaction`.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg.rows import TupleRow
from sqlalchemy import Engine

from matinee.db.engine import POSTGRES_PARAMETERS
from matinee.db.errors import DatabaseUnavailable
from matinee.db.failures import is_worth_another_try, unavailable
from matinee.kernel.counts import count
from matinee.kernel.spans import span

TRIES_MAX = 5


class DirectConnections:
    """One psycopg connection for each thread that asks."""

    def __init__(self, engine: Engine) -> None:
        _, options = engine.dialect.create_connect_args(engine.url)
        self._options = {**POSTGRES_PARAMETERS, **options}
        self._local = threading.local()

    def fetch_all(self, statement: str, values: Mapping[str, Any], *, may_repeat: bool) -> list[TupleRow]:
        """Run one statement, committed when this returns, and give its rows.

        `may_repeat`: the statement only reads, so that after a lost connection it is sent once more. A statement that
        writes is not: it may have been committed. A deadlock is tried again in both cases, the server undid it.
        Raises DatabaseUnavailable; a violated constraint passes through as `psycopg.errors.IntegrityError`.
        """
        for tried in range(1, TRIES_MAX + 1):
            fresh = getattr(self._local, "connection", None) is None
            try:
                with span("direct statement", kind="client", inside=True, db__system__name="postgresql"):
                    return self._connection().execute(statement, values, prepare=True).fetchall()
            except psycopg.Error as error:
                if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
                    self._forget_broken()
                    again = is_worth_another_try(error) or (may_repeat and not fresh)
                    if not again or tried == TRIES_MAX:
                        raise unavailable(error) from error
                    count("transaction_retries")
                    time.sleep(random.uniform(0, 0.01 * tried))  # noqa: S311 - jitter, not a secret
                    continue
                if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
                    # This server is the primary no longer; the next connection is made to the one that is.
                    self._forget()
                    raise unavailable(error) from error
                raise
        raise AssertionError("the loop returns or raises")

    def fetch_prepared_value(self, statement: str) -> str:
        """The single value of a statement without parameters, as text, by the shortest way through libpq.

        It is sent again after a lost connection, so it must be harmless when repeated. Raises DatabaseUnavailable.
        """
        for fresh in (False, True):
            if fresh:
                self._forget()
            try:
                connection = self._connection()
                names: dict[str, bytes] = self._local.names
                if statement not in names:
                    name = f"matinee_{len(names)}".encode()
                    _expect(
                        connection.pgconn.prepare(name, statement.encode()), psycopg.pq.ExecStatus.COMMAND_OK
                    )
                    names[statement] = name
                result = connection.pgconn.exec_prepared(names[statement], None)
                _expect(result, psycopg.pq.ExecStatus.TUPLES_OK)
                value = result.get_value(0, 0)
            except psycopg.Error as error:
                if fresh:
                    self._forget()
                    raise unavailable(error) from error
            else:
                return (value or b"").decode()
        raise AssertionError("the loop returns or raises")

    def close_mine(self) -> None:
        """Close this thread's connection, if it has one."""
        self._forget()

    def _connection(self) -> psycopg.Connection[TupleRow]:
        connection: psycopg.Connection[TupleRow] | None = getattr(self._local, "connection", None)
        if connection is None:
            try:
                connection = psycopg.connect(**self._options, autocommit=True)
                # The statements here find their rows by key whatever the values are, and planning the purchase anew
                # for each takes longer than running it.
                connection.execute("SET plan_cache_mode = force_generic_plan")
                # A plan that is kept from when a table was nearly empty would read all of it when it has grown, the
                # checks of foreign keys among them.
                connection.execute("SET enable_seqscan = off")
            except psycopg.OperationalError as error:
                raise DatabaseUnavailable("cannot connect") from error
            self._local.connection = connection
            self._local.names = {}
        return connection

    def _forget_broken(self) -> None:
        connection = getattr(self._local, "connection", None)
        if connection is not None and (connection.closed or connection.broken):
            self._forget()

    def _forget(self) -> None:
        connection: psycopg.Connection[TupleRow] | None = getattr(self._local, "connection", None)
        self._local.connection = None
        if connection is not None:
            connection.close()


def _expect(result: psycopg.pq.abc.PGresult, status: psycopg.pq.ExecStatus) -> None:
    if result.status != status:
        raise psycopg.OperationalError(result.get_error_message())
