"""Pages, style sheets and scripts travel compressed. The answers of the APIs see to that themselves, with their ETags."""

from __future__ import annotations

from flask import Flask
from flask_compress import Compress

MIMETYPES = [
    "text/html",
    "text/css",
    "text/javascript",
    "image/svg+xml",
    "application/rss+xml",
    "application/xml",
]


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
    )
    Compress(app)
