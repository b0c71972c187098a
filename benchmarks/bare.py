"""An empty Flask application on the very server that `matinee serve` starts: the baseline of the reading calls."""

from __future__ import annotations

import sys

from flask import Flask, Response

from matinee.cli.serve import _server


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


if __name__ == "__main__":
    port, workers, threads = (int(text) for text in sys.argv[1:])
    # Private, and on purpose: with a server set up here, options could differ.
    _server("127.0.0.1", port, workers, threads).serve(target_loader=bare_app, wrap_loader=False)
