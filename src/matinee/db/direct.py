"""The driver's own connections to PostgreSQL, for the hot paths: a purchase, the version of the data, a few questions.

A statement here is a transaction by itself (autocommit): it is committed when it returns and nothing of it happened
when it raises, so that no BEGIN and COMMIT travel beside it. Each thread keeps a connection of its own, with its
statements prepared. Everything else goes through `db.transaction`.
"""

from __future__ import annotations

import hashlib
import logging
import random
import re
import select
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult
from psycopg.rows import TupleRow
from sqlalchemy import Engine

from matinee.db.engine import POSTGRES_PARAMETERS
from matinee.db.errors import DatabaseUnavailable
from matinee.db.failures import given_up, is_unavailability, is_worth_another_try, unavailable
from matinee.db.together import NotTogether, Together, Unanswered
from matinee.kernel.counts import count
from matinee.kernel.spans import span

TRIES_MAX = 5
TOGETHER_MAX = 32
# Whoever has waited for so long in vain has waited for all.
LONG_SECONDS = 1.0
log = logging.getLogger(__name__)
# `:name`, and not a cast (`::text`).
_VALUE = re.compile(r"(?<!:):(\w+)")
Rows = list[tuple[Any, ...]]
Committed = Callable[[Sequence[Rows]], object]


class DirectConnections:
    """One psycopg connection for each thread that asks."""

    def __init__(self, engine: Engine) -> None:
        _, options = engine.dialect.create_connect_args(engine.url)
        self._options = {**POSTGRES_PARAMETERS, **options}
        self._local = threading.local()
        self._together: dict[str, Together[Mapping[str, Any], Rows]] = {}

    def fetch_all(self, statement: str, values: Mapping[str, Any], *, may_repeat: bool) -> Rows:
        """Run one statement, committed when this returns, and give its rows. `:name` stands for a value, whose type the
        statement itself makes plain.

        `may_repeat`: the statement only reads, so that after a lost connection it is sent once more. A statement that
        writes is not: it may have been committed. A deadlock is tried again in both cases, the server undid it.
        Raises DatabaseUnavailable; a violated constraint passes through as `psycopg.errors.IntegrityError`.
        """
        for tried in range(1, TRIES_MAX + 1):
            fresh = getattr(self._local, "kept", None) is None
            try:
                return self._fetch(statement, values)
            except psycopg.Error as error:
                if not is_unavailability(error):
                    raise
                again = is_worth_another_try(error) or (may_repeat and not fresh)
                if not again or tried == TRIES_MAX:
                    raise unavailable(error) from error
                count("transaction_retries")
                time.sleep(random.uniform(0, 0.01 * tried))  # noqa: S311 - jitter, not a secret
        raise AssertionError("the loop returns or raises")

    def fetch_together(
        self, statement: str, values: Mapping[str, Any], *, committed: Committed | None = None
    ) -> Rows:
        """As `fetch_all` for a statement that writes, run once for all who come with it at the same moment.

        In the statement `:name` is an array of what each of them gave. The first column of its rows says whose they are,
        counted from 1; the others are given to him. Raises DatabaseUnavailable, and NotTogether where the server
        undid it, for whatever reason: one may have spoilt it for all.

        `committed`: called with the rows of each, once for all of them, before anybody is given his own; the same for all
        who come with the statement.
        """
        together = self._together_with(statement, committed)
        with span("direct statement for several", kind="client", inside=True, db__system__name="postgresql"):
            try:
                return together(values)
            except Unanswered as error:
                raise _broken_off(error) from error

    def fetch_together_later(
        self,
        statement: str,
        values: Mapping[str, Any],
        then: Callable[[Rows | Exception], object],
        *,
        committed: Committed | None = None,
    ) -> None:
        """As `fetch_together`, and return at once: another thread calls `then` with the rows, or with the exception."""

        def tell(found: Rows | Exception) -> None:
            then(_broken_off(found) if isinstance(found, Unanswered) else found)

        self._together_with(statement, committed).ask_later(values, tell)

    def _together_with(
        self, statement: str, committed: Committed | None
    ) -> Together[Mapping[str, Any], Rows]:
        together = self._together.get(statement)
        if together is None:
            fresh = Together(
                partial(self._fetch_for, statement),
                most=TOGETHER_MAX,
                before_telling=committed,
                ends_waiting=WaitedInVain,
            )
            together = self._together.setdefault(statement, fresh)
        return together

    def _fetch_for(self, statement: str, askers: Sequence[Mapping[str, Any]]) -> list[Rows]:
        values = {name: [asker[name] for asker in askers] for name in askers[0]}
        try:
            rows = self._fetch(statement, values)
        except psycopg.Error as error:
            if is_unavailability(error) and not is_worth_another_try(error):
                raise unavailable(error) from error
            count("transaction_retries")
            log.info("what %d asked together was undone: %s", len(askers), type(error).__name__)
            raise NotTogether from error
        except UnicodeEncodeError as error:  # of one of them; nothing was sent
            raise NotTogether from error
        found: list[Rows] = [[] for _ in askers]
        for number, *row in rows:
            found[number - 1].append(tuple(row))
        return found

    def _fetch(self, statement: str, values: Mapping[str, Any]) -> Rows:
        try:
            with span("direct statement", kind="client", inside=True, db__system__name="postgresql"):
                return self._kept().run(statement, values)
        except psycopg.errors.ReadOnlySqlTransaction:
            # This server is the primary no longer; the next connection is made to the one that is.
            self._forget()
            raise
        except (psycopg.OperationalError, psycopg.InterfaceError):
            self._forget_broken()
            raise

    def fetch_value(self, statement: str) -> str:
        """The single value of a statement without values of its own, as text.

        It is sent again after a lost connection, so it must be harmless when repeated. Raises DatabaseUnavailable.
        """
        for fresh in (False, True):
            if fresh:
                self._forget()
            try:
                value = self._kept().exchange(statement, {}).get_value(0, 0)
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

    def _kept(self) -> _Kept:
        kept: _Kept | None = getattr(self._local, "kept", None)
        if kept is not None and kept.has_ended():
            self._forget()
            kept = None
        if kept is None:
            began = time.monotonic()
            try:
                kept = self._local.kept = _Kept(psycopg.connect(**self._options, autocommit=True))
            except psycopg.OperationalError as error:
                waited = time.monotonic() - began >= LONG_SECONDS
                raise given_up(
                    "cannot connect", error, kind=WaitedInVain if waited else NoConnection
                ) from error
        return kept

    def _forget_broken(self) -> None:
        kept: _Kept | None = getattr(self._local, "kept", None)
        if kept is not None and (kept.connection.closed or kept.connection.broken):
            self._forget()

    def _forget(self) -> None:
        kept: _Kept | None = getattr(self._local, "kept", None)
        self._local.kept = None
        if kept is not None:
            kept.connection.close()


class NoConnection(DatabaseUnavailable):
    """There was none to be had, which was known at once. Nothing was sent."""


class WaitedInVain(DatabaseUnavailable):
    """For a connection, and for so long that whoever waits would wait as long again. Nothing was sent."""


def _broken_off(error: Unanswered) -> DatabaseUnavailable:
    # Whoever asked for all was broken off: each for whom it asked says it of his own.
    return given_up("nobody knows what became of it", f"nobody knows what became of it: {error.__cause__!r}")


class _Prepared(NamedTuple):
    """A statement that the server knows by a name, and the names of its values in their order."""

    name: bytes
    values: tuple[str, ...]


class _Kept:
    """A connection, and what is prepared on it.

    Statements go through libpq itself. A cursor would look at the types of the values and at what is prepared each time
    anew, which takes as long as the server takes to find a buyer.
    """

    def __init__(self, connection: psycopg.Connection[TupleRow]) -> None:
        self.connection = connection
        self._transformer = Transformer(connection)
        self._prepared: dict[str, _Prepared] = {}
        # The statements here find their rows by key whatever the values are, and planning the purchase anew for each
        # takes longer than running it.
        connection.execute("SET plan_cache_mode = force_generic_plan")
        # A plan that is kept from when a table was nearly empty would read all of it when it has grown, the checks of
        # foreign keys among them.
        connection.execute("SET enable_seqscan = off")
        # Before PostgreSQL 18 what has to be read as a whole after all, a sequence for one, makes a plan so dear that it
        # would be compiled each time.
        connection.execute("SET jit = off")
        self._told = select.poll()
        self._told.register(connection.fileno(), select.POLLIN)

    def has_ended(self) -> bool:
        """Whether the other end is known to have closed it: found out before a statement is sent that cannot be repeated."""
        try:
            # What the server says of its end is read before the end itself; it may also have told something else.
            while self._told.poll(0):
                self.connection.pgconn.consume_input()
        except psycopg.OperationalError:
            return True
        return False

    def run(self, statement: str, values: Mapping[str, Any]) -> Rows:
        """Its rows. Raises psycopg.Error."""
        result = self.exchange(statement, values)
        self._transformer.set_pgresult(result)
        return self._transformer.load_rows(0, result.ntuples, tuple)

    def exchange(self, statement: str, values: Mapping[str, Any]) -> PGresult:
        """Its result. Raises psycopg.Error."""
        prepared = self._prepared.get(statement) or self._prepare(statement)
        given = [values[name] for name in prepared.values]
        texts = self._transformer.dump_sequence(given, [PyFormat.TEXT] * len(given))
        result = self.connection.pgconn.exec_prepared(prepared.name, texts)  # type: ignore[arg-type]  # forgets NULL
        self._expect(ExecStatus.TUPLES_OK, result)
        return result

    def _prepare(self, statement: str) -> _Prepared:
        names: list[str] = []

        def numbered(found: re.Match[str]) -> str:
            if found[1] not in names:
                names.append(found[1])
            return f"${names.index(found[1]) + 1}"

        text = _VALUE.sub(numbered, statement)
        # Of its text: behind a pooler that gives one connection to several, a name must mean the same to all of them.
        name = f"matinee_{hashlib.sha256(text.encode()).hexdigest()[:32]}"
        prepared = _Prepared(name.encode(), tuple(names))
        self._expect(ExecStatus.COMMAND_OK, self.connection.pgconn.prepare(prepared.name, text.encode()))
        self._prepared[statement] = prepared
        return prepared

    def _expect(self, status: ExecStatus, result: PGresult) -> None:
        if result.status == status:
            return
        if self.connection.broken:
            # The server said nothing any more, or that it ends.
            raise psycopg.OperationalError(result.get_error_message())
        raise error_from_result(result)
