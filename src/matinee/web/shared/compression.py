"""Pages, style sheets and scripts travel compressed. The answers of the APIs see to that themselves, with their ETags."""

from __future__ import annotations

from flask import Flask, Response
from flask_compress import Compress

MIMETYPES = [
    "text/html",
    "text/css",
    "text/javascript",
    "image/svg+xml",
    "application/rss+xml",
    "application/xml",
    "application/wasm",
]
BEGINNINGS = tuple(MIMETYPES)


def compress_pages(app: Flask) -> None:
    """Register it."""
    app.config.update(
        COMPRESS_MIMETYPES=MIMETYPES,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_STREAMS=True,
        # A page is made for one visitor: a quick level. 30 kB take a millisecond.
        COMPRESS_BR_LEVEL=4,
        COMPRESS_LEVEL=5,
        COMPRESS_MIN_SIZE=1000,
        COMPRESS_REGISTER=False,
    )
    compress = Compress(app)

    @app.after_request
    def _compress(response: Response) -> Response:
        # Looked at first: the calls of programs pass here, too, and need none of it.
        if not response.headers.get("Content-Type", "").startswith(BEGINNINGS):
            return response
        compressed: Response = compress.after_request(response)
        return compressed
