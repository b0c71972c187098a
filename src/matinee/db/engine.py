"""How a connection is opened: addresses as people write them, SQLite's pragmas, the kind of BEGIN."""

from __future__ import annotations

import random
import sqlite3
import time
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, event, make_url
from sqlalchemy.engine import URL, Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from matinee.db.numbers_in_words import LimitInWords

# How long one BEGIN waits for another process's writer. Short enough that the last of several tries, which
# `db.transaction` begins within ten seconds, ends in time for the caller.
SQLITE_BUSY_TIMEOUT_SECONDS = 5
# A reader's session asks for this execution option; on SQLite its transaction then takes no write lock.
READ_ONLY = "matinee_read_only"
# PostgreSQL then refuses to write; the driver says so in its BEGIN, which costs no round trip.
READING_OPTIONS = {READ_ONLY: True, "postgresql_readonly": True}
WRITING_OPTIONS = {READ_ONLY: False}
# A server that is down refuses at once. One whose machine or network is gone says nothing at all, and a driver left to
# itself waits for a quarter of an hour. What is in the database's address wins over these.
POSTGRES_PARAMETERS: dict[str, Any] = {
    "application_name": "matinee",
    # Seconds, to each of the hosts that the address names.
    "connect_timeout": 5,
    # For connections that rest in the pool: one whose other end vanished is found out before somebody is given it, and
    # firewalls on the way do not forget it. Seconds.
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    # Milliseconds: what was sent and nobody has confirmed ends the connection. Where the system knows it (Linux).
    "tcp_user_timeout": 10_000,
}
# A session of PostgreSQL keeps a plan of each statement that was prepared in it and what it has looked up about tables, and
# hardly gives memory back: the longer it lives, the more it has. Each is renewed after a time of its own between these, so
# that all together stay as large as they are and are not renewed at once. After a failover they spread over the servers
# again.
POSTGRES_SESSION_SECONDS = (60.0, 900.0)
SESSION_ENDS_AT = "matinee_session_ends_at"
# While a server does not let anybody in, or one of several does not answer, what is open is kept, however old.
SLOW_TO_OPEN_SECONDS = 1.0
KEPT_OPEN_SECONDS = 60.0


# Each read finds its rows by keys, and these are in memory: a page of an index costs little more than the next one of a
# table. By PostgreSQL's own figures, which are those of a turning disk, a table of years is read whole at times for some
# hundred rows. And two processors for one page are two that a buyer waits for.
_POSTGRES_SETTINGS = "SET random_page_cost = 1.1; SET max_parallel_workers_per_gather = 0"


def database_url(address: str) -> URL:
    """The address as SQLAlchemy wants it: `postgres://` and `postgresql://` mean psycopg 3, a file's path is in full.

    Raises ValueError for an address that cannot be read or a database that is not supported.
    """
    try:
        url = make_url(address)
    except Exception as error:
        raise ValueError("is not a database address such as postgresql://user:password@host/name") from error
    if url.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername in ("sqlite", "sqlite+pysqlite"):
        if url.database in (None, "", ":memory:"):
            raise ValueError("must name a file: every process opens the same database")
        if "uri" in url.query:
            raise ValueError("must name a file by its path, without ?uri")
        # In full: Flask-SQLAlchemy would look for it in a folder of its own, and commands where they were started.
        return url.set(drivername="sqlite", database=str(Path(url.database).absolute()))
    raise ValueError(f"names {url.drivername!r}; supported are postgresql:// and sqlite:///")


def engine_options(url: URL, connections_max: int) -> dict[str, Any]:
    """Options for `create_engine`: as many connections as threads will ask for, so that none waits for the pool."""
    # hide_parameters: an error that is logged must not carry what a person typed.
    options: dict[str, Any] = {
        "pool_size": connections_max,
        "max_overflow": 10,
        "pool_timeout": 10,
        "hide_parameters": True,
    }
    if url.get_backend_name() == "sqlite":
        options["connect_args"] = {"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False}
    else:
        # The session that was used last has its plans at hand; the others rest until there is more to do.
        options["pool_use_lifo"] = True
        options["connect_args"] = {
            name: value for name, value in POSTGRES_PARAMETERS.items() if name not in url.query
        }
    return options


def prepare_engine(engine: Engine) -> None:
    """Register what each connection of `engine` needs when it opens and when a transaction begins."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _open_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        engine.dialect.statement_compiler = LimitInWords
        ages = _SessionAges()
        event.listen(engine, "do_connect", ages.open)
        event.listen(engine, "connect", _open_postgres)
        event.listen(engine, "checkout", ages.end_when_old)


def rows_changed(connection: Connection) -> int:
    """How many rows this connection has changed since it was opened; always 0 on PostgreSQL, which does not count."""
    return int(getattr(connection.connection.driver_connection, "total_changes", 0))


def _open_postgres(connection: psycopg.Connection[Any], record: ConnectionPoolEntry) -> None:
    # Not in the address's options, which poolers refuse; and outside of a transaction, with which they would be undone.
    connection.autocommit = True
    connection.execute(_POSTGRES_SETTINGS)
    connection.autocommit = False
    record.info[SESSION_ENDS_AT] = time.monotonic() + random.uniform(*POSTGRES_SESSION_SECONDS)  # noqa: S311 - no secret


class _SessionAges:
    """Ends the sessions of one pool that have become old, as long as others can be had in their place."""

    def __init__(self) -> None:
        self._kept_until = 0.0

    def open(self, dialect: Dialect, _record: object, arguments: Any, parameters: Any) -> DBAPIConnection:
        """Open a session, as SQLAlchemy would by itself. Raises what the driver raises."""
        began = time.monotonic()
        try:
            connection = dialect.connect(*arguments, **parameters)
        except psycopg.Error:
            self._keep_for_a_while()
            raise
        if time.monotonic() - began > SLOW_TO_OPEN_SECONDS:
            self._keep_for_a_while()
        return connection

    def end_when_old(self, _connection: object, record: ConnectionPoolEntry, _proxy: object) -> None:
        """The pool then opens another one in its place, and gives that out."""
        now = time.monotonic()
        if now > record.info[SESSION_ENDS_AT] and now > self._kept_until:
            raise DisconnectionError("old enough")

    def _keep_for_a_while(self) -> None:
        self._kept_until = time.monotonic() + KEPT_OPEN_SECONDS


def _open_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own BEGIN comes too late and is never IMMEDIATE; `_begin_sqlite` does it instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {SQLITE_BUSY_TIMEOUT_SECONDS * 1000}",
        "foreign_keys = ON",
        # FULL: a sale that was acknowledged is on disk, also after a loss of power.
        "synchronous = FULL",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    _keep_a_log_ahead(cursor)
    cursor.close()


def _keep_a_log_ahead(cursor: sqlite3.Cursor) -> None:
    # Only the first connection ever changes the file. When two processes open a new file at once, the second is told
    # "locked" without the busy handler being asked, so it waits here.
    deadline = time.monotonic() + SQLITE_BUSY_TIMEOUT_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if (error.sqlite_errorcode & 0xFF) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later would fail at once, without waiting, if another wrote meanwhile.
    # Writers therefore queue at their start.
    read_only = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
