"""Reading from a standby: what is shown to everybody need not keep the primary busy.

A standby follows a moment behind. Before it is asked, the primary says how far its log is on disk, which is beyond
everything that it has acknowledged; the standby is asked only once it has replayed that much. So whoever reads finds all
that was acknowledged before, his own purchase among it. A standby that is away or behind is not waited for: the primary
answers then.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import text
from sqlalchemy.orm import Session

from matinee.db.direct import DirectConnections
from matinee.db.errors import DatabaseUnavailable
from matinee.db.transaction import Transactions

Result = TypeVar("Result")
log = logging.getLogger(__name__)

# Of a synchronous standby, replaying takes milliseconds; beyond, the primary is quicker.
WAIT_SECONDS_MAX = 0.1
PAUSE_SECONDS = 0.005
# One that was away, or behind, is left alone for so long.
REST_SECONDS = 5.0

_WRITTEN = "SELECT pg_current_wal_flush_lsn()::text"
# NULL on a server that is no standby (any more): it has everything that it acknowledged itself, but it is not known
# to be the one that the primary's log is about.
_HAS_REPLAYED = text("SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() >= CAST(:written AS pg_lsn)")


class Reader(Protocol):
    """What runs work that only reads."""

    def read(self, work: Callable[[Session], Result]) -> Result:
        """Run `work` with everything that was acknowledged before. Raises what it raises, and DatabaseUnavailable."""


class _Behind(Exception):
    """The standby has not replayed enough yet."""


class StandbyReader:
    """Reads from the standby where it is in step, else from the primary."""

    def __init__(self, primary: Transactions, direct: DirectConnections, standby: Transactions) -> None:
        """`direct`: connections to the primary."""
        self._primary, self._direct, self._standby = primary, direct, standby
        self._rests_until = 0.0

    def read(self, work: Callable[[Session], Result]) -> Result:
        """As `Reader.read`."""
        if time.monotonic() < self._rests_until:
            return self._primary.read(work)
        written = self._direct.fetch_value(_WRITTEN)
        try:
            return self._read_in_step(work, written)
        except (_Behind, DatabaseUnavailable) as error:
            self._rests_until = time.monotonic() + REST_SECONDS
            log.warning(
                "the standby is %s; reading from the primary",
                "behind" if isinstance(error, _Behind) else "away",
            )
            return self._primary.read(work)

    def _read_in_step(self, work: Callable[[Session], Result], written: str) -> Result:
        deadline = time.monotonic() + WAIT_SECONDS_MAX

        def read(session: Session) -> Result:
            # Each statement sees what was replayed when it began, so that it is enough to have asked once before.
            while not session.execute(_HAS_REPLAYED, {"written": written}).scalar():
                if time.monotonic() > deadline:
                    raise _Behind
                time.sleep(PAUSE_SECONDS)
            return work(session)

        return self._standby.read(read)
