"""What every surface answers to what is no refusal of the domain: wrong path or method, no database, a fault."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from werkzeug.exceptions import BadHost, HTTPException

from matinee.db.errors import DatabaseUnavailable
from matinee.kernel.codes import random_code
from matinee.web.shared.failure_words import Words, failure_words
from matinee.web.shared.negotiation import wants_html
from matinee.web.shared.request_ids import request_id

log = logging.getLogger(__name__)

# Status, title, detail and more members -> the answer.
Form = Callable[..., Response]
_FORMS = "matinee_failure_forms"


def answer_failures(app: Flask, *, forms: Mapping[str, Form]) -> None:
    """Register the answers with `app`: JSON for programs, pages for browsers.

    `forms`: the beginning of a path -> how a surface that has a form of its own writes them.
    """
    app.extensions[_FORMS] = forms
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DatabaseUnavailable, _no_database)
    app.register_error_handler(Exception, _fault)


def failure(status: int, title: str, detail: str, *, by_house: bool = False, **more: str) -> Response:
    """An answer in the form of the surface, else in the one that the caller prefers.

    `by_house`: what happened is not the surface's own to tell; a page says it in the words of the house, in its language.
    """
    forms: Mapping[str, Form] = current_app.extensions[_FORMS]
    for beginning, form in forms.items():
        if request.path.startswith(beginning):
            return form(status, title, detail, **more)
    if wants_html() and not isinstance(request.routing_exception, BadHost):
        # A host that cannot be read leaves no links to be made, and so no page.
        words = (failure_words(status) if by_house else None) or Words(title, detail)
        response = make_response(
            render_template(
                "shared/failure.html", status=status, title=words.title, detail=words.detail, **more
            )
        )
    else:
        response = jsonify(message=title, detail=detail, **more)
    response.status_code = status
    return response


def _http(error: HTTPException) -> Response:
    response = failure(error.code or 500, error.name, error.description or "", by_house=True)
    if error.response is None:
        # Allow for 405, Retry-After for 429: what werkzeug says beside the body stays.
        for name, value in error.get_headers():
            if name.lower() not in ("content-type", "content-length"):
                response.headers[name] = value
    return response


def _no_database(error: DatabaseUnavailable) -> Response:
    # Counted and logged where it was noticed, see `db.failures`; who was refused for it, in the log of requests.
    response = failure(
        503,
        "Service unavailable",
        "The box office cannot reach its records. Nothing was lost; try again shortly.",
        by_house=True,
    )
    response.headers["Retry-After"] = str(error.retry_after_seconds)
    return response


def _fault(error: Exception) -> Response:
    reference = random_code(8)
    log.error("fault %s", reference, exc_info=error, extra={"fields": {"reference": reference}})
    return failure(
        500,
        "Internal server error",
        f"Something went wrong on our side. Its reference number is {reference}.",
        by_house=True,
        reference=reference,
        request_id=request_id(),
    )
