"""What a web process of `matinee serve` does: it ends with the server, logs, counts and traces, and has the application."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from apiflask import APIFlask

# Imported here though only the web processes use it: they are forks of the server and find it in memory.
from matinee.app import BODY_BYTES_MAX, create_app
from matinee.cli.checked_settings import checked_settings
from matinee.cli.imports import nothing_is_garbage
from matinee.cli.lifeline import end_with_parent
from matinee.cli.listening import leave_to_others
from matinee.cli.log import write_log
from matinee.cli.metrics_port import expose_on_port
from matinee.cli.tracing import begin_to_trace
from matinee.cli.web_server import Ending, Listening
from matinee.kernel.counts import tell_counts_to
from matinee.kernel.spans import is_tracing
from matinee.settings import Settings
from matinee.web.given.at_hand import key_at_hand
from matinee.web.given.buying_in_passing import BuyingInPassing
from matinee.web.shared.access_log import log_answered_beside
from matinee.web.shared.asgi import WsgiBridge
from matinee.web.shared.bookkeeping import AnsweredBeside, Bookkeeping
from matinee.web.shared.metrics.meter import FOLDER_VARIABLE, Meter
from matinee.web.shared.metrics.reading import exposed_metrics
from matinee.web.shared.repeated_answers import RepeatedAnswers
from matinee.web.shared.services import services_of
from matinee.web.shared.uploads import body_bytes_max

# Shorter than the last part of the time to drain.
POLL_SECONDS = 0.1


class WebProcess:
    """Loads the application in a web worker. A class, so that it can also be sent to a process that is no fork."""

    def __init__(self, server_pid: int, threads: int, ending: Ending, listening: Listening) -> None:
        self._server_pid = server_pid
        self._threads = threads
        self._ending = ending
        self._listening = listening

    def __call__(self) -> Callable[..., Any]:
        # A web worker that outlived a killed server would go on answering beside the next one. By force: nothing that was
        # acknowledged is lost, and granian, asked to end in order by nobody it knows, was once seen to wait for ever.
        end_with_parent(self._server_pid, signal.SIGKILL)
        settings = checked_settings()
        write_log(settings)
        begin_to_trace(settings, role="web")
        if self._listening.handed_over is not None:
            threading.Thread(target=self._leave_in_time, name="leave", daemon=True).start()
        with nothing_is_garbage():
            app, meter = _measured_app(settings)
        bookkeeping = _bookkeeping(settings, meter)
        return WsgiBridge(
            app,
            threads=self._threads,
            body_bytes_max=BODY_BYTES_MAX,
            larger=body_bytes_max,
            is_ending=self._ending,
            at_hand=RepeatedAnswers(
                services_of(app).kept_answers,
                key_of=key_at_hand,
                bookkeeping=bookkeeping,
                # A trace has a span for each request, which the application makes.
                repeats=not is_tracing(),
            ),
            in_passing=_buying_in_passing(app, bookkeeping, meter),
        )

    def _leave_in_time(self) -> None:
        shared = self._listening.handed_over
        assert shared is not None
        while not self._ending.accepts_no_more:
            time.sleep(POLL_SECONDS)
        leave_to_others(shared)


def _measured_app(settings: Settings) -> tuple[APIFlask, Meter | None]:
    folder = os.environ.get(FOLDER_VARIABLE)
    if not folder:
        return create_app(settings), None
    meter = Meter(Path(folder))
    tell_counts_to(meter.tally)
    app = create_app(settings, meter=meter)
    if settings.metrics_port:
        services = services_of(app)
        expose_on_port(settings.metrics_port, lambda: exposed_metrics(services, meter))
    return app, meter


def _bookkeeping(settings: Settings, meter: Meter | None) -> Bookkeeping:
    """What the application's own hooks do for its answers: the log, and the counters."""
    tell: list[Callable[[AnsweredBeside], object]] = []
    if settings.access_log == "on":
        tell.append(log_answered_beside)
    if meter is not None:
        request = meter.request
        tell.append(lambda said: request(said.method, said.path, said.status, said.seconds))
    return Bookkeeping(tell, trusted_proxies=settings.trusted_proxies)


def _buying_in_passing(
    app: APIFlask, bookkeeping: Bookkeeping, meter: Meter | None
) -> BuyingInPassing | None:
    direct = services_of(app).direct
    # A trace has a span for each request, which the application makes; SQLite has no statement for several buyers.
    if is_tracing() or direct is None:
        return None
    under_way = nullcontext if meter is None else meter.in_flight.track_inprogress
    return BuyingInPassing(app, direct, bookkeeping=bookkeeping, under_way=under_way)
