"""One line of JSON for each request. Nothing secret is in it: secret query values are masked, headers are left out."""

from __future__ import annotations

import json
import re
import sys
import time
from typing import Any
from urllib.parse import unquote_plus

from flask import Flask, Response, g, request

SECRET_NAMES = ("password", "token", "code", "secret_code")
# Names are matched after decoding, too: `%70assword=x` is read as `password` by the parser.
_PAIR = re.compile(r"([^&;=]*)=([^&;]*)")


def mask_query(query: str) -> str:
    """The query string with the values of secret names replaced by `***`."""
    return _PAIR.sub(_mask_pair, query)


def _mask_pair(pair: re.Match[str]) -> str:
    name = unquote_plus(pair[1]).strip().casefold()
    return f"{pair[1]}=***" if name in SECRET_NAMES else pair[0]


def log_requests(app: Flask) -> None:
    """Write a line to standard error for each request that `app` answered."""

    @app.before_request
    def _begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def _write(response: Response) -> Response:
        query = request.query_string
        line: dict[str, Any] = {
            "at": round(time.time(), 3),
            "method": request.method,
            "path": request.path,
            "query": mask_query(query.decode("latin-1")) if query else "",
            "status": response.status_code,
            "ms": round((time.perf_counter() - g.began) * 1000, 2) if "began" in g else None,
            "from": request.remote_addr,
        }
        # One write of one line: lines of several threads do not mix.
        sys.stderr.write(json.dumps(line) + "\n")
        return response
