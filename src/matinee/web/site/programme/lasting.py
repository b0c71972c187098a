"""Answers to programs that come back again and again: they may be kept for a while, and have an ETag."""

from __future__ import annotations

from flask import Response, g, request
from flask.typing import ResponseReturnValue

from matinee.web.shared.languages import page_language


def lasting(
    content: bytes, *, content_type: str, seconds: int, in_languages: bool = True
) -> ResponseReturnValue:
    """The answer, or 304 where it is what the caller has already. Public: nothing in it may be one visitor's own.

    `in_languages`: whether it says something, in the language of its address or else of the caller's wish.
    """
    response = Response(content, content_type=content_type)
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    if in_languages:
        # Asked here, too: what had no word to say this time may have one the next time.
        page_language()
    if g.get("language_by_header"):
        response.vary.add("Accept-Language")
    response.add_etag()
    return response.make_conditional(request)
