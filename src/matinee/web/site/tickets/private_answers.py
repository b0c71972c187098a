"""Answers that show a ticket: kept by nobody on the way, and found by no search engine."""

from __future__ import annotations

from flask import Response


def keep_private(response: Response) -> Response:
    """Mark the answer as such; give it back."""
    response.cache_control.private = True
    response.cache_control.no_store = True
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
