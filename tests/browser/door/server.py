"""A server that goes away and comes back."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any

from apiflask import APIFlask
from werkzeug.serving import BaseWSGIServer, make_server

SCANS = "/door/scans"
LIST = "/door/list"
CALLS = (SCANS, LIST, "/door/me")


class Server:
    """Serves the app at a port, for as long as a test lets it; what it does with scans can be looked at from inside."""

    def __init__(self, app: APIFlask, port: int) -> None:
        self.app, self.port = app, port
        # Called when scans were dealt with, before the answer is sent. True: it never is.
        self.dealt_with: Callable[[], bool] = lambda: False
        # Called when a list was made, before it is sent.
        self.list_made: Callable[[], object] = lambda: None
        # Whether it is there, but has no answers for scanners.
        self.is_busy = False
        self._running: tuple[BaseWSGIServer, threading.Thread] | None = None

    def start(self) -> None:
        server = make_server("127.0.0.1", self.port, self._serve, threaded=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        self._running = server, thread

    def stop(self) -> None:
        """Nothing listens at the port then."""
        if self._running is None:
            return
        server, thread = self._running
        self._running = None
        server.shutdown()
        thread.join()
        server.server_close()

    def _serve(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if self.is_busy and environ["PATH_INFO"] in CALLS:
            start_response("503 Service Unavailable", [("Content-Length", "0")])
            return []
        if environ["PATH_INFO"] == LIST:
            listed = list(self.app(environ, start_response))
            self.list_made()
            return listed
        if environ["PATH_INFO"] != SCANS:
            return self.app(environ, start_response)  # type: ignore[no-any-return]
        statuses: list[str] = []

        def start(status: str, headers: Any, exc_info: Any = None) -> Any:
            statuses.append(status)
            return start_response(status, headers, exc_info)

        body = list(self.app(environ, start))
        if not statuses[0].startswith("200"):
            return body
        if self.dealt_with():
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return body
