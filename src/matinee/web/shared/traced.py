"""Requests as spans: method, pattern of the route, status, request id. No path, no query, no address."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, request

from matinee.kernel.spans import Span, span
from matinee.web.shared.request_ids import request_id

_SPAN = "matinee.span"


def trace_requests(app: Flask, *, proxy_is_trusted: bool) -> None:
    """Make every request a span. `proxy_is_trusted`: it may be part of a trace that the proxy began."""
    inner = app.wsgi_app

    def traced(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        parent = environ.get("HTTP_TRACEPARENT", "") if proxy_is_trusted else ""
        with span("request", kind="server", parent=parent) as begun:
            environ[_SPAN] = begun
            return inner(environ, start_response)

    app.wsgi_app = traced  # type: ignore[method-assign]

    @app.after_request
    def _say(response: Response) -> Response:
        begun: Span = request.environ[_SPAN]
        route = request.url_rule.rule if request.url_rule is not None else ""
        begun.rename(f"{request.method} {route}".strip() if request.url_rule is not None else "no such path")
        begun.note(
            http__request__method=request.method,
            http__route=route,
            http__response__status_code=response.status_code,
            matinee__request_id=request_id(),
        )
        if response.status_code >= 500:
            begun.fail(str(response.status_code))
        return response
