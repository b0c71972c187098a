"""The one place that commits.

A surface hands its domain call in as a function of a session: it may run more than once, since a serialisation failure,
a deadlock or a busy SQLite undoes all of it and it is tried again from the start. Whatever reaches outside the database
therefore stays out of it. A refusal that must be kept is returned, not raised: an exception undoes what was
written.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from matinee.db.counting import tell_counts
from matinee.db.engine import READING_OPTIONS, WRITING_OPTIONS, rows_changed
from matinee.db.errors import WroteWhileReading
from matinee.db.failures import (
    given_up,
    is_refusal_to_write,
    is_unavailability,
    is_worth_another_try,
    lost_its_connection,
    unavailable,
)
from matinee.db.version import DataVersion, took_change
from matinee.kernel.counts import count
from matinee.kernel.errors import DomainError
from matinee.kernel.spans import span

TRIES_MAX = 6
# No try is begun later than this, whatever the others waited for: with the longest wait of the last one, the caller hears
# after a quarter of a minute that he should come again.
TRIES_BEGIN_WITHIN_SECONDS = 10
PAUSE_SECONDS_MAX = 0.05

Result = TypeVar("Result")
log = logging.getLogger(__name__)


class Transactions:
    """Runs work in transactions of one database."""

    def __init__(self, new_session: Callable[[], Session], version: DataVersion, *, one_writer: bool) -> None:
        """`one_writer`: the database lets one writer in at a time (SQLite); the threads of this process then queue here,
        which is fair and costs nothing, instead of in SQLite's busy handler, which is neither."""
        self._new_session = new_session
        self._version = version
        self._writers = threading.Lock() if one_writer else None

    def write(self, work: Callable[[Session], Result]) -> Result:
        """Run `work` and commit what it did. Raises what `work` raises, with everything undone, and DatabaseUnavailable."""
        return self._run(work, read_only=False)

    def read(self, work: Callable[[Session], Result]) -> Result:
        """Run `work`, which only reads. Takes no write lock and changes nothing.

        Raises as `write` does, and WroteWhileReading where the work changed something after all.
        """
        return self._run(work, read_only=True)

    def _run(self, work: Callable[[Session], Result], *, read_only: bool) -> Result:
        with span("read" if read_only else "write", inside=True):
            return self._try(work, read_only=read_only)

    def _try(self, work: Callable[[Session], Result], *, read_only: bool) -> Result:
        last_begin = time.monotonic() + TRIES_BEGIN_WITHIN_SECONDS
        for tried in range(1, TRIES_MAX + 1):
            session = self._new_session()
            reading: Connection | None = None
            committing = False
            try:
                with nullcontext() if read_only else self._turn_to_write(last_begin):
                    if read_only:
                        reading = session.connection(execution_options=READING_OPTIONS)
                        result = _read(session, work, reading)
                        # Ended below, not by `session.commit`, which would write what `work` changed in its objects.
                    else:
                        session.connection(execution_options=WRITING_OPTIONS)
                        result = work(session)
                        session.flush()
                        committing = True
                        session.commit()
            except (DBAPIError, PoolTimeout) as error:
                self._undo(session)
                if read_only and is_refusal_to_write(error):
                    raise WroteWhileReading from error
                # A connection that broke during COMMIT leaves open whether it took place: never run twice then.
                again = is_worth_another_try(error) or (lost_its_connection(error) and not committing)
                if not again and not is_unavailability(error):
                    raise
                if not again or tried == TRIES_MAX or time.monotonic() > last_begin:
                    raise unavailable(error) from error
                count("transaction_retries")
                time.sleep(random.uniform(0, PAUSE_SECONDS_MAX * tried))  # noqa: S311 - jitter, not a secret
            except DomainError as error:
                # What is not there was looked for all the same: that read is whole, and ends like another.
                self._undo(session) if reading is None else self._end(session, reading)
                count("refusals", code=error.code)
                raise
            except BaseException:
                self._undo(session)
                raise
            else:
                change = took_change(session)
                tell_counts(session)
                self._end(session, reading)
                if change is not None:
                    self._version.move(change)
                return result
        raise AssertionError("the loop returns or raises")

    @contextmanager
    def _turn_to_write(self, last_begin: float) -> Iterator[None]:
        if self._writers is None:
            yield
        elif self._writers.acquire(timeout=max(0.0, last_begin - time.monotonic())):
            try:
                yield
            finally:
                self._writers.release()
        else:
            raise given_up("busy", "other writers of this process kept it busy")

    @staticmethod
    def _end(session: Session, reading: Connection | None) -> None:
        # What was read is complete, and what was written is committed, whatever becomes of the connection now.
        try:
            if (
                reading is not None
                and (transaction := reading.get_transaction()) is not None
                and transaction.is_active
            ):
                # There is nothing to undo, and after a ROLLBACK the driver throws away the statements it has prepared.
                transaction.commit()
            session.close()
        except DBAPIError as error:
            log.warning("the connection was lost at the end: %s", type(error).__name__)
            session.invalidate()

    @staticmethod
    def _undo(session: Session) -> None:
        try:
            session.rollback()
            session.close()
        except DBAPIError as error:
            log.warning("rollback on a lost connection: %s", type(error).__name__)
            session.invalidate()


def _read(session: Session, work: Callable[[Session], Result], connection: Connection) -> Result:
    before = rows_changed(connection)
    try:
        result = work(session)
    except DomainError as error:
        # It is ended by a COMMIT all the same.
        if rows_changed(connection) != before:
            raise WroteWhileReading from error
        raise
    if session.new or session.dirty or session.deleted or rows_changed(connection) != before:
        raise WroteWhileReading
    return result
