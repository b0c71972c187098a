"""Headers that tell browsers what pages of ours may do: load from us alone, and be framed by nobody."""

from __future__ import annotations

from flask import Flask, Response

# No inline script and no inline style anywhere. Swagger UI draws its icons from data: addresses.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ONE_YEAR_SECONDS = 365 * 24 * 3600


def add_security_headers(app: Flask, *, https: bool) -> None:
    """Add them to every answer; `https`: the site is reached by https only, which browsers are then told to insist on."""

    @app.after_request
    def _add(response: Response) -> Response:
        headers = response.headers
        headers["X-Content-Type-Options"] = "nosniff"
        if response.mimetype == "text/html":
            headers["Content-Security-Policy"] = POLICY
            headers["Referrer-Policy"] = "no-referrer"
        if https:
            headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR_SECONDS}"
        return response
