"""Transactions beside each other: real second connections, in threads of their own.

What `beside` runs is not tried again, so that a deadlock, which the application would survive by trying again, fails the
test.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, Generic, Self, TypeVar

from sqlalchemy import event, text
from sqlalchemy.orm import Session

from matinee.kernel.errors import DomainError
from matinee.web.shared.services import Services

Result = TypeVar("Result")
SECONDS_MAX = 20.0


class Beside(Generic[Result]):
    """Work that goes on in a thread, until it must wait for somebody or stands still where the test said."""

    def __init__(self, services: Services, work: Callable[[], Result]) -> None:
        self._services = services
        self._work = work
        self._result: list[Result] = []
        self._error: BaseException | None = None
        self._reached, self._go_on = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_more: object) -> None:
        self._go_on.set()
        self._thread.join(SECONDS_MAX)
        if kind is None:
            self.result()

    def _run(self) -> None:
        try:
            self._result.append(self._work())
        except BaseException as error:  # noqa: BLE001 - `result` raises it
            self._error = error
        finally:
            if self._services.direct is not None:
                self._services.direct.close_mine()
            self._reached.set()

    def stand_still(self) -> None:
        """Called in the thread, before the statement that it shall not send yet."""
        self._reached.set()
        assert self._go_on.wait(SECONDS_MAX), "nobody let it go on"

    def wait_until_it_stands_still(self) -> None:
        assert self._reached.wait(SECONDS_MAX), "it never came to that statement"
        assert self._thread.is_alive(), f"it ended before that statement: {self._error!r}"

    def wait_until_it_waits(self) -> None:
        """Until the database makes it wait for another transaction. It must not end before that."""
        self.wait_until_it_waits_or_ends()
        assert self._thread.is_alive(), f"it waited for nobody and ended: {self._error!r}"

    def wait_until_it_waits_or_ends(self) -> None:
        """Until it can do no more by itself."""
        waiting = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        deadline = time.monotonic() + SECONDS_MAX
        while self._thread.is_alive():
            assert time.monotonic() < deadline, "it neither waits for anybody nor ends"
            with self._services.engine.connect() as connection:
                if connection.scalar(waiting):
                    return
            time.sleep(0.005)

    def go_on(self) -> None:
        self._go_on.set()

    def result(self) -> Result:
        """What the work returned, once it has ended; raises what it raised."""
        self._go_on.set()
        self._thread.join(SECONDS_MAX)
        assert not self._thread.is_alive(), "it never ended"
        if self._error is not None:
            raise self._error
        return self._result[0]


@contextmanager
def beside(
    services: Services, work: Callable[[Session], Result], *, before: str | None = None, match: int = 1
) -> Iterator[Beside[Result]]:
    """Run `work` in a transaction in a thread. `before`: it stands still before the first statement that matches, or before
    that of another number.
    """

    def in_transaction() -> Result:
        with Session(services.engine, expire_on_commit=False) as session:
            if before is not None:
                event.listen(session.connection(), "before_cursor_execute", _Halt(started, before, match))
            result = work(session)
            session.commit()
            return result

    started = Beside(services, in_transaction)
    with started:
        yield started


class _Halt:
    """Lets a thread stand still, once."""

    def __init__(self, beside: Beside[Any], before: str, match: int) -> None:
        self._beside, self._before, self._left = beside, before, match

    def __call__(self, _connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if re.search(self._before, statement):
            self._left -= 1
            if self._left == 0:
                self._beside.stand_still()


def at_once(services: Services, works: Sequence[Callable[[], Result]]) -> list[Result | DomainError]:
    """Do all of it in threads that begin together; what each returned, or how it was refused. For both databases."""
    together = threading.Barrier(len(works))

    def begin_together(work: Callable[[], Result]) -> Result | DomainError:
        together.wait(SECONDS_MAX)
        try:
            return work()
        except DomainError as refusal:
            return refusal

    threads = [Beside(services, partial(begin_together, work)) for work in works]
    with ExitStack() as running:
        for thread in threads:
            running.enter_context(thread)
    return [thread.result() for thread in threads]


@contextmanager
def uncommitted(services: Services) -> Iterator[Session]:
    """A transaction in this thread; what it did is committed where the block ends, or where `commit` is called."""
    with Session(services.engine, expire_on_commit=False) as session:
        yield session
        session.commit()
