"""The id of a request: in every line that is logged on its way, and in its answer, so that the two are found together."""

from __future__ import annotations

import re
import secrets

from flask import Flask, Response, current_app, has_request_context, request

HEADER = "X-Request-ID"
_TAKES_OVER = "matinee_takes_over_request_ids"
# In the environment of the request, which no other request shares.
_KEPT = "matinee.request_id"
# As nginx, HAProxy and most others write them. Whatever is not of this form could carry something into the log.
_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")


def use_request_ids(app: Flask, *, proxy_is_trusted: bool) -> None:
    """Name the id in every answer. `proxy_is_trusted`: an id that came with the request is taken over."""
    app.extensions[_TAKES_OVER] = proxy_is_trusted

    @app.after_request
    def _name(response: Response) -> Response:
        response.headers[HEADER] = request_id()
        return response


def request_id() -> str:
    """The id of the request that is being answered: the trusted proxy's where it is well-formed, else one of our own."""
    found: str | None = request.environ.get(_KEPT)
    if found is None:
        found = new_request_id(
            request.headers.get(HEADER, "") if current_app.extensions.get(_TAKES_OVER) else ""
        )
        request.environ[_KEPT] = found
    return found


def new_request_id(given: str) -> str:
    """`given`, which came with the request from a trusted proxy, where it is well-formed, else one of our own."""
    return given if _WELL_FORMED.fullmatch(given) else secrets.token_hex(8)


def request_id_if_any() -> str | None:
    """The id of the request that is being answered; None where none is."""
    return request_id() if has_request_context() else None
