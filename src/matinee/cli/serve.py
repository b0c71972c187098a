"""`matinee serve`: the web server, and a worker beside it."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
from apiflask import APIFlask
from sqlalchemy import create_engine

# Imported here though only the web workers use it: they are forks of this process and find it in memory.
from matinee.app import BODY_BYTES_MAX, CONNECTIONS_MAX, create_app
from matinee.cli.beside import WorkerBeside
from matinee.cli.checked_settings import checked_settings
from matinee.cli.imports import nothing_is_garbage
from matinee.cli.lifeline import end_with_parent
from matinee.cli.log import SERVER_LOG, is_json, write_log
from matinee.cli.metrics_folder import metrics_folder
from matinee.cli.metrics_port import expose_on_port
from matinee.cli.prepared import prepare_database
from matinee.cli.refusals import refusals_shown
from matinee.cli.tracing import begin_to_trace, require_library
from matinee.db.engine import database_url, engine_options, prepare_engine
from matinee.kernel.counts import tell_counts_to
from matinee.settings import Settings
from matinee.web.shared.asgi import WsgiBridge
from matinee.web.shared.metrics.meter import FOLDER_VARIABLE, Meter
from matinee.web.shared.metrics.reading import exposed_metrics
from matinee.web.shared.services import services_of
from matinee.web.shared.uploads import body_bytes_max

THREADS_DEFAULT = 8
# How many connections a web worker takes on at once; the kernel keeps the rest waiting.
CONNECTIONS_PER_WORKER_MAX = 512
STOP_SECONDS_MAX = 20

log = logging.getLogger(__name__)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for all.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Processes; about one for each core.",
)
@click.option(
    "--threads",
    default=THREADS_DEFAULT,
    show_default=True,
    type=click.IntRange(1, CONNECTIONS_MAX),
    help="Requests that each process works on at the same time.",
)
@click.option(
    "--no-worker", is_flag=True, help="Without the worker that delivers mail: you run `matinee worker`."
)
def serve(host: str, port: int, workers: int, threads: int, no_worker: bool) -> None:
    """Serve the cinema on the web until it is stopped (Ctrl-C or SIGTERM; requests in hand are finished first).

    A database without tables gets them. One of an older version is not touched: run `matinee db upgrade`.

    \b
    matinee serve
    matinee serve --host 0.0.0.0 --port 80 --workers 2
    """
    settings = checked_settings()
    write_log(settings)
    require_library(settings)
    _prepare(settings)
    _refuse_taken_port(host, port)
    server = _server(host, port, workers)
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    if is_json(settings):
        log.info("Matinee is on %s", address)
    else:
        click.echo(f"Matinee is on {address} (Ctrl-C stops it).")
    beside = None if no_worker else WorkerBeside()
    if beside is not None:
        server.on_startup(beside.start)
    with ExitStack() as at_the_end:
        if settings.metrics_token or settings.metrics_port:
            # Web workers and the worker beside find it in their environment.
            os.environ[FOLDER_VARIABLE] = str(at_the_end.enter_context(metrics_folder(settings.data_dir)))
        if beside is not None:
            at_the_end.callback(beside.stop)
        server.serve(target_loader=_Loader(os.getpid(), threads), wrap_loader=False)


def _prepare(settings: Settings) -> None:
    """Look at the schema, and let go of every connection: the web workers must not share one."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.ClickException(f"the data directory {settings.data_dir}: {error.strerror}") from None
    url = database_url(settings.database_url)
    engine = create_engine(url, **engine_options(url, 1))
    prepare_engine(engine)
    try:
        with refusals_shown():
            prepare_database(engine)
    finally:
        engine.dispose()


def _refuse_taken_port(host: str, port: int) -> None:
    # The web workers share the port among them, and would share it with another server, too, without a word.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"cannot listen on {host}, port {port}: {error.strerror}. Give another --host or --port."
            ) from None


class _Loader:
    """Loads the application in a web worker. A class, so that it can also be sent to a process that is no fork."""

    def __init__(self, server_pid: int, threads: int) -> None:
        self._server_pid = server_pid
        self._threads = threads

    def __call__(self) -> Callable[..., Any]:
        # A web worker that outlived a killed server would go on answering beside the next one. By force: nothing that was
        # acknowledged is lost, and granian, asked to end in order by nobody it knows, was once seen to wait for ever.
        end_with_parent(self._server_pid, signal.SIGKILL)
        settings = checked_settings()
        write_log(settings)
        begin_to_trace(settings, role="web")
        with nothing_is_garbage():
            app = _measured_app(settings)
        return WsgiBridge(
            app,
            threads=self._threads,
            body_bytes_max=BODY_BYTES_MAX,
            larger=body_bytes_max,
        )


def _measured_app(settings: Settings) -> APIFlask:
    folder = os.environ.get(FOLDER_VARIABLE)
    if not folder:
        return create_app(settings)
    meter = Meter(Path(folder))
    tell_counts_to(meter.tally)
    app = create_app(settings, meter=meter)
    if settings.metrics_port:
        services = services_of(app)
        expose_on_port(settings.metrics_port, lambda: exposed_metrics(services, meter))
    return app


def _server(host: str, port: int, workers: int) -> Any:
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels

    if sys.platform == "linux":
        # Forks start at once and share the memory of what was imported; newer Pythons no longer do it by themselves.
        multiprocessing.set_start_method("fork", force=True)
    return Granian(
        "matinee.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        workers=workers,
        http=HTTPModes.http1,
        websockets=False,
        backpressure=CONNECTIONS_PER_WORKER_MAX,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS_MAX,
        # Requests are logged by the application, without secrets.
        log_access=False,
        log_level=LogLevels.warning,
        log_dictconfig=SERVER_LOG,
    )
