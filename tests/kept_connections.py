"""Connections to the databases of the tests, used by one app after the other, as behind a pooler.

What Matinee closes is reset (DISCARD ALL) and rests here until the next test opens the same: a new process of the server
must read the catalogs before it can do anything, which takes longer than what most tests do. For Matinee nothing differs:
its connection is closed, and the next one knows nothing of it. Connections to other servers and databases, and those of
other processes, are not touched.
"""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import pq
from psycopg.conninfo import conninfo_to_dict

RESTING_MAX = 4

_lock = threading.Lock()
_databases: set[str] = set()
_resting: dict[str, list[tuple[bytes, Any]]] = defaultdict(list)
_process = os.getpid()


def keep_connections() -> None:
    """Let connections of this process to the databases that are named to `keep_those_to` rest when they are closed."""
    closed = pq.PGconn.connect_start(b"host=/nowhere")
    closed.finish()
    connect, close = psycopg.Connection._connect_gen.__func__, psycopg.Connection.close  # type: ignore[attr-defined]

    def connect_or_take(cls: type[psycopg.Connection[Any]], conninfo: str = "") -> Iterator[Any]:
        rested = _take(conninfo)
        if rested is not None:
            made = cls(rested)
        else:
            made = yield from connect(cls, conninfo)
        made._matinee_conninfo = conninfo  # type: ignore[attr-defined]
        return made

    def close_or_keep(self: psycopg.Connection[Any]) -> None:
        conninfo = getattr(self, "_matinee_conninfo", "")
        if not self.closed and _keep(conninfo, self.pgconn):
            self._closed = True
            self.pgconn = closed
        else:
            close(self)

    psycopg.Connection._connect_gen = classmethod(connect_or_take)  # type: ignore[assignment, method-assign]
    psycopg.Connection.close = close_or_keep  # type: ignore[method-assign]


def keep_those_to(address: str) -> None:
    """From now on, keep connections to this database."""
    _databases.add(_name_of(address))


def processes(address: str) -> list[int]:
    """The server's processes behind the connections to this database that rest."""
    with _lock:
        return [pgconn.backend_pid for _, pgconn in _resting[_name_of(address)]]


def forget(address: str) -> None:
    """End what rests, and keep no more."""
    name = _name_of(address)
    with _lock:
        _databases.discard(name)
        for _, pgconn in _resting.pop(name, []):
            pgconn.finish()


def end_all(address: str) -> None:
    """End every connection to this database, also the one by which the tests look it through; none on SQLite."""
    if address.startswith("sqlite"):
        return
    forget(address)
    server, _, name = address.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [name]
        )


def _name_of(conninfo: str) -> str:
    return str(conninfo_to_dict(conninfo).get("dbname", ""))


def _take(conninfo: str) -> Any:
    """A connection that was opened just so and still lives, or None."""
    if os.getpid() != _process:
        return None
    while True:
        with _lock:
            resting = _resting.get(_name_of(conninfo), [])
            found = next((kept for kept in resting if kept[0] == conninfo.encode()), None)
            if found is None:
                return None
            resting.remove(found)
        if found[1].exec_(b"").status == pq.ExecStatus.EMPTY_QUERY:
            return found[1]
        found[1].finish()


def _keep(conninfo: str, pgconn: Any) -> bool:
    """Reset the connection and let it rest. False where it is none of those, or cannot be reset."""
    name = _name_of(conninfo) if conninfo else ""
    if name not in _databases or os.getpid() != _process or len(_resting[name]) >= RESTING_MAX:
        return False
    if not _reset(pgconn):
        return False
    while pgconn.notifies() is not None:
        pass
    pgconn.notice_handler = pgconn.notify_handler = None
    with _lock:
        _resting[name].append((conninfo.encode(), pgconn))
    return True


def _reset(pgconn: Any) -> bool:
    """Make it as new. False where it is in the middle of something, or broken."""
    try:
        if pgconn.transaction_status in (pq.TransactionStatus.INTRANS, pq.TransactionStatus.INERROR):
            pgconn.exec_(b"ROLLBACK")
        if pgconn.transaction_status != pq.TransactionStatus.IDLE:
            return False
        return bool(pgconn.exec_(b"DISCARD ALL").status == pq.ExecStatus.COMMAND_OK)
    except psycopg.Error:
        return False
