"""Who asks: a person with a browser, or a program."""

from __future__ import annotations

from flask import request


def wants_html() -> bool:
    """Whether the caller prefers a page. `Accept: */*`, as programs send it, means JSON."""
    if "text/html" not in request.headers.get("Accept", ""):
        return False
    best = request.accept_mimetypes.best_match(["application/json", "text/html"], default="application/json")
    return best == "text/html"


def wants_json() -> bool:
    """Whether a script of a page asks, and not one of its forms."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
