"""Measuring requests: how many, how long, how many at once; and connections of the pool. Some microseconds each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, request
from sqlalchemy import Engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from matinee.web.shared.asgi import began_at
from matinee.web.shared.metrics.meter import Meter

# Whatever a caller invents would be a row of its own for ever.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE = "(none)"
# In the environment of a request.
_BEGAN = "matinee.began"


def measure_requests(app: Flask, meter: Meter) -> None:
    """Count every request that `app` answers, by the pattern of its route."""
    inner = app.wsgi_app
    in_flight = meter.in_flight

    def measured(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ[_BEGAN] = began_at(environ)
        in_flight.inc()
        try:
            return inner(environ, start_response)
        finally:
            in_flight.dec()

    app.wsgi_app = measured  # type: ignore[method-assign]

    @app.after_request
    def _count(response: Response) -> Response:
        rule = request.url_rule
        method = request.method
        meter.request(
            method if method in METHODS else "other",
            rule.rule if rule is not None else NO_ROUTE,
            response.status_code,
            time.perf_counter() - request.environ[_BEGAN],
        )
        return response


def measure_connections(engine: Engine, meter: Meter) -> None:
    """Count the connections that are taken from the pool of this process."""
    counted = "matinee_counted_in_use"

    def take(_connection: object, record: ConnectionPoolEntry, _proxy: object) -> None:
        assert record.record_info is not None
        if not record.record_info.get(counted):
            record.record_info[counted] = True
            meter.connections_in_use.inc()

    def give_back(_connection: object, record: ConnectionPoolEntry) -> None:
        # What could not be opened is given back, too, though it was never taken.
        assert record.record_info is not None
        if record.record_info.pop(counted, False):
            meter.connections_in_use.dec()

    event.listen(engine, "checkout", take)
    event.listen(engine, "checkin", give_back)
