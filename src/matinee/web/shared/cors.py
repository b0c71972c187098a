"""Cross-origin requests: the configured origins, with credentials."""

from __future__ import annotations

from flask import Flask, Response, request

ALLOWED_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
ALLOWED_HEADERS = (
    "Content-Type, Accept, token, username, date, title, time, number, cinema, "
    "Authorization, Idempotency-Key, If-Match, If-None-Match, Order-Secret"
)
EXPOSED_HEADERS = (
    "Retry-After, ETag, Link, Location, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, "
    "Idempotent-Replayed, WWW-Authenticate, X-Request-ID"
)
PREFLIGHT_SECONDS = "600"


def allow_origins(app: Flask, origins: tuple[str, ...]) -> None:
    """Answer requests from `origins` with the headers that let their pages read the answer."""
    if not origins:
        return
    allowed = frozenset(origins)

    @app.after_request
    def _name_the_origin(response: Response) -> Response:
        origin = request.headers.get("Origin")
        response.vary.add("Origin")
        if origin in allowed:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Allow-Credentials"] = "true"
            response.headers["Access-Control-Expose-Headers"] = EXPOSED_HEADERS
            if request.method == "OPTIONS":
                response.headers["Access-Control-Allow-Methods"] = ALLOWED_METHODS
                response.headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
                response.headers["Access-Control-Max-Age"] = PREFLIGHT_SECONDS
        return response
