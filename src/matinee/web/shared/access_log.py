"""One line of the log for each request. Nothing secret is in it: secret query values are masked, headers are left out."""

from __future__ import annotations

import logging
import re
import time
from typing import Any
from urllib.parse import unquote_plus

from flask import Flask, Response, g, request

from matinee.web.shared.asgi import began_at
from matinee.web.shared.bookkeeping import AnsweredBeside

log = logging.getLogger("matinee.access")

SECRET_NAMES = ("password", "token", "code", "secret_code")
# What staff look for or choose in a list may be the id of a ticket; and whoever is led to the page for signing in carries
# the page that he wanted along, with all that he asked it. In texts other than queries these names mean anything.
_LEFT_OUT = frozenset((*SECRET_NAMES, "q", "ticket", "next"))
# Behind these parts of a path stands the id of a ticket, whichever surface it is of; deploy/nginx.conf and
# deploy/cluster/haproxy-front.cfg cut it in their logs, too. Four characters are enough to find a request again; the twelve
# that are left out, 62 bits, cannot be guessed. Of what follows in the same part only an ending of ours is kept.
_TICKET_PATH = re.compile(
    r"(/(?:tikets|tickets|admissions)/+[^/]{0,4})[^/]*?(?=(?:\.(?:png|svg|pdf|ics|pkpass))?(?:/|\Z))",
    re.IGNORECASE,
)


def mask_query(query: str) -> str:
    """The query string with the values of names that may carry a secret replaced by `***`."""
    return "&".join(_mask_part(part) for part in query.split("&"))


def _mask_part(part: str) -> str:
    # A `;` begins a name, for who reads it so, but ends no value: it may be part of a password, so that all that follows
    # a secret name is masked.
    pieces = part.split(";")
    for number, piece in enumerate(pieces):
        name, separator, _ = piece.partition("=")
        # Names are matched after decoding, too: `%70assword=x` is read as `password` by the parser.
        if separator and unquote_plus(name).strip().casefold() in _LEFT_OUT:
            return ";".join([*pieces[:number], f"{name}=***"])
    return part


def mask_path(path: str) -> str:
    """The path with the ids of tickets cut short: whoever knows the id has the ticket."""
    return _TICKET_PATH.sub(r"\1***", path)


def log_requests(app: Flask) -> None:
    """Log each request that `app` answered."""
    # Whatever the root of all loggers is set to by the host: it is switched off by a setting.
    log.setLevel(logging.INFO)

    @app.before_request
    def _begin() -> None:
        g.began = began_at(request.environ)

    @app.after_request
    def _write(response: Response) -> Response:
        _write_line(
            method=request.method,
            path=request.path,
            query=request.query_string,
            status=response.status_code,
            seconds=time.perf_counter() - g.began if "began" in g else None,
            caller=request.remote_addr,
        )
        return response


def log_answered_beside(said: AnsweredBeside) -> None:
    """Log a request that was answered without the application."""
    _write_line(
        method=said.method,
        path=said.path,
        query=said.query,
        status=said.status,
        seconds=said.seconds,
        caller=said.caller,
        request_id=said.request_id,
    )


def _write_line(
    *,
    method: str,
    path: str,
    query: bytes,
    status: int,
    seconds: float | None,
    caller: str | None,
    **more: str,
) -> None:
    path = mask_path(path)
    fields: dict[str, Any] = {
        "method": method,
        "path": path,
        "query": mask_query(query.decode("latin-1")) if query else "",
        "status": status,
        "ms": round(seconds * 1000, 2) if seconds is not None else None,
        "from": caller,
        **more,
    }
    # A line break in a path must not begin a line of the log, be it one of text.
    shown = path if path.isprintable() else path.encode("unicode_escape").decode("ascii")
    log.info("%s %s %d", method, shown, status, extra={"fields": fields})
