"""One line of the log for each request. Nothing secret is in it: secret query values are masked, headers are left out."""

from __future__ import annotations

import logging
import re
import time
from typing import Any
from urllib.parse import unquote_plus

from flask import Flask, Response, g, request

log = logging.getLogger("matinee.access")

SECRET_NAMES = ("password", "token", "code", "secret_code")
# Four characters are enough to find a request again; the twelve that are left out, 62 bits, cannot be guessed.
_TICKET_PATH = re.compile(r"^((?:/tikets|/api/v1/tickets|(?:/[a-z]{2})?/tickets)/.{0,4})[^./]*")


def mask_query(query: str) -> str:
    """The query string with the values of secret names replaced by `***`."""
    return "&".join(_mask_part(part) for part in query.split("&"))


def _mask_part(part: str) -> str:
    # A `;` begins a name, for who reads it so, but ends no value: it may be part of a password, so that all that follows
    # a secret name is masked.
    pieces = part.split(";")
    for number, piece in enumerate(pieces):
        name, separator, _ = piece.partition("=")
        # Names are matched after decoding, too: `%70assword=x` is read as `password` by the parser.
        if separator and unquote_plus(name).strip().casefold() in SECRET_NAMES:
            return ";".join([*pieces[:number], f"{name}=***"])
    return part


def mask_path(path: str) -> str:
    """The path with the id of a ticket cut short: whoever knows the id has the ticket."""
    return _TICKET_PATH.sub(r"\1***", path)


def log_requests(app: Flask) -> None:
    """Log each request that `app` answered."""
    # Whatever the root of all loggers is set to by the host: it is switched off by a setting.
    log.setLevel(logging.INFO)

    @app.before_request
    def _begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def _write(response: Response) -> Response:
        query = request.query_string
        path = mask_path(request.path)
        fields: dict[str, Any] = {
            "method": request.method,
            "path": path,
            "query": mask_query(query.decode("latin-1")) if query else "",
            "status": response.status_code,
            "ms": round((time.perf_counter() - g.began) * 1000, 2) if "began" in g else None,
            "from": request.remote_addr,
        }
        # A line break in a path must not begin a line of the log, be it one of text.
        shown = path if path.isprintable() else path.encode("unicode_escape").decode("ascii")
        log.info("%s %s %d", request.method, shown, response.status_code, extra={"fields": fields})
        return response
