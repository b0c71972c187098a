"""Which failures of the database may be tried again, and which mean that it is not there."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from matinee.db.errors import DatabaseUnavailable
from matinee.kernel.counts import count

log = logging.getLogger(__name__)

_TRY_AGAIN_SQLSTATES = {"40001", "40P01", "55P03"}  # serialisation failure, deadlock, lock not available
_BUSY_SQLITE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def _driver_error(error: BaseException) -> BaseException:
    return error.orig if isinstance(error, DBAPIError) and error.orig is not None else error


def is_worth_another_try(error: BaseException) -> bool:
    """Whether the same transaction may succeed when it is run again from its start."""
    cause = _driver_error(error)
    if isinstance(cause, psycopg.Error):
        return cause.sqlstate in _TRY_AGAIN_SQLSTATES
    if isinstance(cause, sqlite3.OperationalError):
        # The low byte of an extended code is the kind (SQLITE_BUSY_SNAPSHOT is a kind of SQLITE_BUSY).
        return (getattr(cause, "sqlite_errorcode", 0) & 0xFF) in _BUSY_SQLITE
    return False


def lost_its_connection(error: BaseException) -> bool:
    """Whether the connection broke, as one from the pool does after the database was restarted."""
    return isinstance(error, DBAPIError) and bool(error.connection_invalidated)


def is_refusal_to_write(error: BaseException) -> bool:
    """Whether PostgreSQL refused a change: the transaction was begun to read only, or the server is a standby."""
    return isinstance(_driver_error(error), psycopg.errors.ReadOnlySqlTransaction)


def is_unavailability(error: BaseException) -> bool:
    """Whether the database is unreachable, full, read-only or otherwise unable, whatever was asked of it."""
    if isinstance(error, PoolTimeout):
        return True
    cause = _driver_error(error)
    return isinstance(
        cause,
        (
            psycopg.OperationalError,
            psycopg.InterfaceError,
            psycopg.errors.ReadOnlySqlTransaction,
            sqlite3.OperationalError,
        ),
    )


def unavailable(error: BaseException) -> DatabaseUnavailable:
    """The error for the caller; it carries no address and no statement, those stay in the log. See `given_up`."""
    in_use = isinstance(error, PoolTimeout)
    return given_up("every connection is in use" if in_use else type(_driver_error(error)).__name__, error)


def given_up(
    reason: str, cause: object = None, *, kind: type[DatabaseUnavailable] = DatabaseUnavailable
) -> DatabaseUnavailable:
    """The error for a caller who is told `reason`: counted, and logged with `cause`, or else with the reason.

    For whoever notices the failure, once. Those who pass the error on, and those who waited for the same attempt and
    are given a copy, neither count nor log it again: what is counted is how often the database did not answer, and each
    request that is refused for it stands among the requests, with its 503.
    """
    count("database_unavailable")
    log.warning("the database did not answer: %s", reason if cause is None else cause)
    return kind(reason)


@contextmanager
def unavailability_named() -> Iterator[None]:
    """Raise DatabaseUnavailable in place of the driver's error that means it; other errors pass through."""
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        if not is_unavailability(error):
            raise
        raise unavailable(error) from error
