"""The version of the data: a value that differs after every change of what the schedule shows.

What was serialised under one version may be shown as long as the version stands. It moves *after* the commit, and
whoever serialises reads the version *before* the data: content is then never older than the version it is kept under.
No row is updated for it, so that it is nobody's lock. A part of it, the version of the programme, stands still while
nothing but claims changes. See docs/decisions/data-version.md.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from datetime import datetime
from enum import Enum
from typing import Protocol

from sqlalchemy import Sequence, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from matinee.db.base import Base
from matinee.db.direct import DirectConnections
from matinee.db.errors import DatabaseUnavailable
from matinee.db.failing_together import FailingTogether
from matinee.db.failures import unavailable
from matinee.db.machine_cell import MachineCell

# Only PostgreSQL has it; create_all and Alembic leave it out on SQLite.
SEQUENCE_NAME = "data_version"
Sequence(SEQUENCE_NAME, metadata=Base.metadata)

_CHANGED = "matinee_data_changed"
log = logging.getLogger(__name__)


class Change(Enum):
    """What a transaction changes of what the schedule shows."""

    # Who has which seat: nothing else that a schedule shows follows from what was written.
    CLAIMS = "claims"
    ANYTHING = "anything"


def announce_change(session: Session, change: Change = Change.ANYTHING) -> None:
    """Say that this transaction changes what the schedule shows; the version moves once it is committed.

    Of several announcements the widest counts.
    """
    if session.info.get(_CHANGED) is not Change.ANYTHING:
        session.info[_CHANGED] = change


def took_change(session: Session) -> Change | None:
    """What was announced on `session`, if anything; asking takes the announcement away."""
    change: Change | None = session.info.pop(_CHANGED, None)
    return change


class DataVersion(Protocol):
    """One implementation for each database."""

    def current(self) -> object:
        """The version now, comparable with `==`. Raises DatabaseUnavailable."""

    def current_if_known(self) -> object | None:
        """The version now where it is known without asking anybody, else None. Never waits."""

    def programme(self) -> object:
        """The version of all that is no claim, comparable with `==`; it moves with every change but `Change.CLAIMS`.

        Where the two are not told apart, it equals none that was ever given. Raises DatabaseUnavailable.
        """

    def move(self, change: Change = Change.ANYTHING) -> None:
        """Make it differ from every earlier one, in every process. Call after the commit."""


class Machine(Base):
    """A machine that serves this database, and when it last said so (by the database's clock)."""

    __tablename__ = "machine"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    seen_at: Mapped[datetime]


# How long what was seen of other machines is believed, and how long a machine that is silent counts as there.
LOOK_SECONDS = 1.0
REGISTER_SECONDS = 10.0
PRESENT_SECONDS = 30.0
# One that joins acknowledges no change before every other machine must have noticed it.
JOIN_SECONDS = LOOK_SECONDS + 0.5

_REGISTER = """
    INSERT INTO machine (id, seen_at) VALUES (:id, clock_timestamp())
    ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at RETURNING id
"""
# A fresh sequence says 1, and says 1 again after its first `nextval`; `is_called` tells the two apart.
_SEQUENCE_VALUE = "last_value + is_called::int"
_ASK_SEQUENCE = f"SELECT {_SEQUENCE_VALUE} FROM {SEQUENCE_NAME}"  # noqa: S608 - constants
_LOOK = f"""
    SELECT (SELECT count(*) FROM machine WHERE id <> :id
        AND seen_at > clock_timestamp() - interval '{PRESENT_SECONDS} seconds'), {_SEQUENCE_VALUE} FROM {SEQUENCE_NAME}
"""  # noqa: S608 - constants


class PostgresVersion:
    """Values in memory that all processes of the machine share; beside them, a sequence for the others.

    As long as no other machine serves the database, which is looked up once a second, a reader asks memory alone. Where
    there are several, each reader asks the sequence, too: `nextval` neither waits for nor is undone by anybody's
    transaction. Threads that ask at the same time share one answer, if the question was sent after each of them asked.
    """

    def __init__(self, connections: DirectConnections, cell: MachineCell) -> None:
        self._connections = connections
        self._cell = cell
        self._looking = FailingTogether()
        self._alone = False
        self._sequence_seen: object = None
        self._looked_until = 0.0
        self._registered_at = -PRESENT_SECONDS
        self._others_know_at = 0.0
        self._asking = FailingTogether()
        self._asked = 0
        self._answered = 0
        self._value: object = None

    def current(self) -> object:
        if self._is_alone():
            return (self._sequence_seen, self._cell.read())
        if time.monotonic() < self._others_know_at:
            # Another machine may still believe that it is alone, and move nothing that we can see: keep nothing.
            return object()
        # The cell, too: while a machine joins, a process of this one may still believe for a moment that we are alone.
        return (self._ask_sequence(), self._cell.read())

    def current_if_known(self) -> object | None:
        # In this order: a look by another thread says how long it holds last.
        if time.monotonic() >= self._looked_until or not self._alone:
            return None
        return (self._sequence_seen, self._cell.read())

    def programme(self) -> object:
        if self._is_alone():
            return (self._sequence_seen, self._cell.read_programme())
        # Other machines move the sequence, which does not say what was changed.
        return object()

    def move(self, change: Change = Change.ANYTHING) -> None:
        if change is Change.CLAIMS:
            self._cell.renew_claims()
        else:
            self._cell.renew_programme()
        try:
            if self._is_alone():
                return
            self._connections.fetch_value(f"SELECT nextval('{SEQUENCE_NAME}')")
        except DatabaseUnavailable:
            # The change itself is committed and must be acknowledged. Other machines notice within a second.
            log.warning("the version of the data could not be moved; other machines notice within a second")
            return
        time.sleep(max(0.0, self._others_know_at - time.monotonic()))

    def _is_alone(self) -> bool:
        if time.monotonic() >= self._looked_until:
            with self._looking():
                if time.monotonic() >= self._looked_until:
                    self._look_round()
        return self._alone

    def _look_round(self) -> None:
        me = {"id": self._cell.machine}
        if time.monotonic() - self._registered_at >= REGISTER_SECONDS:
            # Committed before the look: of two machines that join at once, one sees the other.
            asked = time.monotonic()
            self._connections.fetch_all(_REGISTER, me, may_repeat=True)
            now = time.monotonic()
            # Counted from before the last one was sent to after this one was: never less than the others count.
            if now - self._registered_at >= PRESENT_SECONDS:
                self._others_know_at = now + JOIN_SECONDS
            self._registered_at = asked
        began = time.monotonic()
        ((others, sequence),) = self._connections.fetch_all(_LOOK, me, may_repeat=True)
        self._alone, self._sequence_seen = others == 0, sequence
        self._looked_until = began + LOOK_SECONDS

    def _ask_sequence(self) -> object:
        arrived = self._asked
        with self._asking():
            if self._answered > arrived:
                return self._value
            self._asked += 1
            asking = self._asked
            self._value = self._connections.fetch_value(_ASK_SEQUENCE)
            self._answered = asking
            return self._value


class SqliteVersion:
    """`PRAGMA data_version`: SQLite's own count of the commits that other connections made to the file.

    The connection here never writes, so that every commit is another's.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._opened = 0

    def current(self) -> object:
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = sqlite3.connect(
                        self._path, timeout=5, isolation_level=None, check_same_thread=False
                    )
                    # Each connection counts for itself and begins anew.
                    self._opened += 1
                return (self._opened, self._connection.execute("PRAGMA data_version").fetchone()[0])
            except sqlite3.Error as error:
                self._connection = None
                raise unavailable(error) from error

    def current_if_known(self) -> object | None:
        """None: the file has to be asked."""
        return None

    def programme(self) -> object:
        """One that was never given: the file does not say what was changed."""
        return object()

    def move(self, change: Change = Change.ANYTHING) -> None:
        """Nothing to do: the commit itself moved it."""
