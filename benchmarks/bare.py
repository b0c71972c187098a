"""An empty Flask application on the very server that `matinee serve` starts: the baseline of the reading calls."""

from __future__ import annotations

import sys
from typing import Any

from flask import Flask, Response

from matinee.cli.web_server import Ending, Listening, build_web_server, prepare_processes
from matinee.web.shared.asgi import WsgiBridge


def bare_app() -> Flask:
    """`/` answers with nothing; `/<size>` with so many bytes that were made beforehand."""
    app = Flask("bare")
    bodies: dict[int, bytes] = {}

    @app.get("/")
    def empty() -> str:
        return ""

    @app.get("/<int:size>")
    def sized(size: int) -> Response:
        return Response(bodies.setdefault(size, b"0" * size), content_type="application/json")

    return app


def serve_as_matinee_does(port: int, workers: int, threads: int) -> None:
    """Private names, and on purpose: a server that is set up here could have other options."""
    prepare_processes()
    listening = Listening("127.0.0.1", port)
    server = build_web_server(listening, workers=workers, ending=Ending(), drain_seconds=0)
    server.serve(
        target_loader=lambda: WsgiBridge(bare_app(), threads=threads, body_bytes_max=1024), wrap_loader=False
    )


def serve_with_the_servers_wsgi(port: int, workers: int, threads: int) -> None:
    """Without our bridge: what the web server's own WSGI interface does (it loses headers that are not ASCII)."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces

    options: dict[str, Any] = {
        "http": HTTPModes.http1,
        "websockets": False,
        "log_access": False,
        "log_enabled": False,
    }
    server = Granian(
        "benchmarks.bare:bare_app", address="127.0.0.1", port=port, interface=Interfaces.WSGI, workers=workers,
        blocking_threads=threads, factory=True, **options,
    )  # fmt: skip
    server.serve()


if __name__ == "__main__":
    kind, *numbers = sys.argv[1:]
    serve = {"bridge": serve_as_matinee_does, "wsgi": serve_with_the_servers_wsgi}[kind]
    serve(*(int(text) for text in numbers))
