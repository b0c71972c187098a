"""What is wrong with the installation, for a line at the top of every page: looked at every few seconds at the most."""

from __future__ import annotations

import logging
import threading
import time

from flask import current_app
from sqlalchemy.exc import DBAPIError

from matinee.db.errors import DatabaseUnavailable
from matinee.kernel import clock
from matinee.reports.health.finding import Finding
from matinee.reports.health.overview import look_at_trouble
from matinee.web.backoffice.blueprint import may_here
from matinee.web.backoffice.changes import read
from matinee.web.shared.services import services

SECONDS_KEPT = 15.0
# A worker that starts beside the server needs a moment to be seen.
SECONDS_OF_GRACE = 30.0
EXTENSION = "matinee_trouble"
log = logging.getLogger(__name__)


class Watch:
    """What was found last by this process, and until when it is believed (monotonic seconds)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: tuple[Finding, ...] = ()
        self._until = 0.0

    def trouble(self) -> tuple[Finding, ...]:
        """What is wrong. One thread looks; others meanwhile are told what was found before."""
        if time.monotonic() >= self._until and self._lock.acquire(blocking=False):
            try:
                self._found = _look()
                self._until = time.monotonic() + SECONDS_KEPT
            finally:
                self._lock.release()
        return self._found


def house_trouble() -> tuple[Finding, ...]:
    """What is wrong, for whoever can do something about it; nothing for others."""
    if not may_here("system"):
        return ()
    watch: Watch = current_app.extensions.setdefault(EXTENSION, Watch())
    return watch.trouble()


def _look() -> tuple[Finding, ...]:
    now, installation = clock.now(), services().installation
    if (now - installation.started_at).total_seconds() < SECONDS_OF_GRACE:
        return ()
    try:
        return tuple(look_at_trouble(installation, read=read, now=now))
    except (DatabaseUnavailable, DBAPIError) as error:
        # The page itself will say so, if it needs the database.
        log.warning("health could not be looked at: %s", type(error).__name__)
        return ()
