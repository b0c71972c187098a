"""Metrics on a port of their own, on this machine alone: for a Prometheus that runs here, and for the worker."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from matinee.web.shared.metrics.page import CONTENT_TYPE, PATH

HOST = "127.0.0.1"

log = logging.getLogger(__name__)


def expose_on_port(port: int, exposed: Callable[[], bytes]) -> None:
    """Answer GET /metrics on 127.0.0.1, in a thread. Where the port cannot be had the log says so: sales go on."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            if self.path.partition("?")[0] != PATH:
                self.send_error(404)
                return
            body = exposed()
            self.send_response(200)
            self.send_header("Content-Type", CONTENT_TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: it is asked every few seconds."""

    try:
        server = _SharedPort((HOST, port), Handler)
    except OSError as error:
        log.error("no metrics on port %d: %s", port, error.strerror)
        return
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()


class _SharedPort(ThreadingHTTPServer):
    """The web workers of a server share the port; each can tell of all."""

    daemon_threads = True

    def server_bind(self) -> None:
        if hasattr(socket, "SO_REUSEPORT"):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        super().server_bind()
