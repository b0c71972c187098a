"""`matinee serve`: the web server, and a worker beside it."""

from __future__ import annotations

import logging
import os
from contextlib import ExitStack

import click
from sqlalchemy import create_engine

from matinee.assembly import CONNECTIONS_MAX
from matinee.cli.beside import WorkerBeside
from matinee.cli.checked_settings import checked_settings
from matinee.cli.listening import handed_over_socket
from matinee.cli.log import is_json, write_log
from matinee.cli.metrics_folder import metrics_folder
from matinee.cli.prepared import prepare_database
from matinee.cli.refusals import refusals_shown
from matinee.cli.tracing import require_library
from matinee.cli.web_process import WebProcess
from matinee.cli.web_server import Ending, Listening, build_web_server, prepare_processes, refuse_taken_port
from matinee.db.engine import database_url, engine_options, prepare_engine
from matinee.settings import Settings
from matinee.web.shared.metrics.meter import FOLDER_VARIABLE

THREADS_DEFAULT = 8

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
@click.option(
    "--drain",
    "drain_seconds",
    default=0.0,
    show_default=True,
    type=click.FloatRange(0, 600),
    metavar="SECONDS",
    help="After SIGTERM serve on for so long, and close each connection with its answer.",
)
def serve(*, host: str, port: int, workers: int, threads: int, no_worker: bool, drain_seconds: float) -> None:
    """Serve the cinema on the web until it is stopped (Ctrl-C or SIGTERM; requests in hand are finished first).

    A database without tables gets them. One of an older version is not touched: run `matinee db upgrade`. A socket that
    is handed over (by a systemd socket unit) is served on in place of --host and --port.

    \b
    matinee serve
    matinee serve --host 0.0.0.0 --port 80 --workers 2
    """
    settings = checked_settings()
    write_log(settings)
    require_library(settings)
    _prepare(settings)
    listening = Listening(host, port, handed_over_socket())
    if listening.handed_over is None:
        refuse_taken_port(host, port, refuse=click.ClickException)
    prepare_processes()
    ending = Ending()
    server = build_web_server(listening, workers=workers, ending=ending, drain_seconds=drain_seconds)
    if is_json(settings):
        log.info("Matinee is on %s", listening.url)
    else:
        click.echo(f"Matinee is on {listening.url} (Ctrl-C stops it).")
    beside = None if no_worker else WorkerBeside()
    if beside is not None:
        server.on_startup(beside.start)
    with ExitStack() as at_the_end:
        if settings.metrics_token or settings.metrics_port:
            # Web workers and the worker beside find it in their environment.
            os.environ[FOLDER_VARIABLE] = str(at_the_end.enter_context(metrics_folder(settings.data_dir)))
        if beside is not None:
            at_the_end.callback(beside.stop)
        server.serve(target_loader=WebProcess(os.getpid(), threads, ending, listening), wrap_loader=False)


def _prepare(settings: Settings) -> None:
    """Look at the schema, and let go of every connection: the web workers must not share one."""
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise click.ClickException(f"the data directory {settings.data_dir}: {error.strerror}") from None
    url = database_url(settings.database_url)
    engine = create_engine(url, **engine_options(url, 1))
    prepare_engine(engine)
    try:
        with refusals_shown():
            prepare_database(engine, newer_is_accepted=settings.newer_schema == "accept")
    finally:
        engine.dispose()
