"""Headers that tell browsers what pages of ours may do: load from us alone, and be framed by nobody."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g

# No inline style attribute and no inline script anywhere; what stands in a page carries the nonce of that one answer.
# Swagger UI draws its icons from data: addresses.
POLICY = (
    "default-src 'none'; script-src 'self'{nonce}{decoder}; style-src 'self'{nonce}; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'{blobs}; {media}form-action {forms}; "
    "base-uri 'none'; frame-ancestors 'none'"
)
PERMISSIONS = "camera={camera}, microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()"
ONE_YEAR_SECONDS = 365 * 24 * 3600


def csp_nonce() -> str:
    """The nonce of this answer, for a `<script>` or `<style>` that stands in the page."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def let_forms_lead_to(origin: str) -> None:
    """Let the forms of this page end at another site, too: that of a payment provider. `origin`: scheme and host, or
    several with blanks between them.
    """
    g.csp_forms = f"'self' {origin}".rstrip()


def let_page_scan() -> None:
    """Let this page use the camera, and a decoder in WebAssembly, which may run in a worker that it makes itself."""
    g.csp_scans = True


def add_security_headers(app: Flask, *, https: bool) -> None:
    """Add them to every answer; `https`: the site is reached by https only, which browsers are then told to insist on."""
    app.jinja_env.globals["csp_nonce"] = csp_nonce

    @app.after_request
    def _add(response: Response) -> Response:
        headers = response.headers
        headers["X-Content-Type-Options"] = "nosniff"
        if response.mimetype == "text/html":
            scans = "csp_scans" in g
            headers["Content-Security-Policy"] = POLICY.format(
                nonce=f" 'nonce-{g.csp_nonce}'" if "csp_nonce" in g else "",
                decoder=" 'wasm-unsafe-eval'" if scans else "",
                blobs=" blob:" if scans else "",
                media="media-src 'self' blob:; " if scans else "",
                forms=g.get("csp_forms", "'self'"),
            )
            headers["Referrer-Policy"] = "no-referrer"
            headers["Permissions-Policy"] = PERMISSIONS.format(camera="(self)" if scans else "()")
            headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if https:
            headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR_SECONDS}"
        return response
