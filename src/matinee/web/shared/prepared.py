"""Bodies that are made once and sent many times, mostly as an empty 304: what many people watch."""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Callable, Mapping
from functools import cached_property

from flask import Response, request

JSON = "application/json"
GZIP_SUFFIX = "-gzip"


class Prepared:
    """A body that was serialised before and is sent many times: its ETag and its gzip form are made once."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    @cached_property
    def etag(self) -> str:
        """In quotes, as it stands in headers."""
        return f'"{etag_of(self.content)}"'

    @cached_property
    def gzip_etag(self) -> str:
        """Another one: a strong ETag is of the bytes."""
        return f'"{etag_of(self.content)}{GZIP_SUFFIX}"'

    @cached_property
    def gzipped(self) -> bytes:
        """The same in gzip."""
        return gzip.compress(self.content, compresslevel=6, mtime=0)


class MadeWhenSent(Prepared):
    """A body that takes its time to make, so that it is made only for those who have another version of it."""

    def __init__(self, version: str, make: Callable[[], bytes]) -> None:
        """`version`: differs whenever what `make` gives does; read it before that is."""
        self._version, self._make = version, make
        self._made: bytes | None = None

    # No cached_property: before Python 3.12 its lock is one for all instances, and whoever makes his own body would wait
    # while another one's is read from the database.
    @property
    def content(self) -> bytes:  # type: ignore[override]
        """The body."""
        if self._made is None:
            self._made = self._make()
        return self._made

    @property
    def gzipped(self) -> bytes:
        """For one caller alone: a little larger, in a fifth of the time."""
        return gzip.compress(self.content, compresslevel=1, mtime=0)

    @property
    def etag(self) -> str:
        return f'"{self._version}"'

    @property
    def gzip_etag(self) -> str:
        return f'"{self._version}{GZIP_SUFFIX}"'


def etag_of(content: bytes) -> str:
    """The strong validator of a representation, without its quotes."""
    return base64.urlsafe_b64encode(hashlib.blake2b(content, digest_size=15).digest()).decode()


def respond_prepared(body: Prepared, headers: Mapping[str, str]) -> Response:
    """By the shortest way: this is what many watchers of a seat map ask for, mostly to learn that nothing changed."""
    in_gzip = _takes_gzip()
    etag = body.gzip_etag if in_gzip else body.etag
    told = {"ETag": etag, "Vary": "Accept-Encoding", "Cache-Control": "no-cache", **headers}
    kept = request.headers.get("If-None-Match")
    if kept is not None and (kept == etag or request.if_none_match.contains_weak(etag.strip('"'))):
        response = Response(status=304, headers=told)
        del response.headers["Content-Type"]
        return response
    if in_gzip:
        told["Content-Encoding"] = "gzip"
    return Response(body.gzipped if in_gzip else body.content, headers=told, content_type=JSON)


def _takes_gzip() -> bool:
    accepted = request.headers.get("Accept-Encoding", "")
    if "gzip" not in accepted:
        return False
    # Nearly nobody sends a quality, and reading it takes a while.
    return "q=" not in accepted or request.accept_encodings["gzip"] > 0
