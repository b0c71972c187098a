"""Answers: what an operation returns, and how it goes out."""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from flask import Response, request
from pydantic import BaseModel

CONTENT_TYPE = "application/json"
GZIP_SUFFIX = "-gzip"
# Methods whose answer is the representation that GET would give now, so that its ETag is worth knowing.
WITH_ETAG = frozenset({"GET", "HEAD", "PUT", "PATCH"})


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


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a body (none for 204) and headers. A body in bytes was serialised before."""

    body: BaseModel | bytes | Prepared | None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        """The body as it goes out."""
        if self.body is None:
            return b""
        if isinstance(self.body, Prepared):
            return self.body.content
        return self.body if isinstance(self.body, bytes) else serialised(self.body)


def created(body: BaseModel, *, location: str) -> Answer:
    """201, and where the new resource is: a path under /api/v1."""
    return Answer(body, status=201, headers={"Location": location})


NO_CONTENT = Answer(None, status=204)


def serialised(body: BaseModel) -> bytes:
    """JSON in UTF-8, one line."""
    return body.model_dump_json().encode() + b"\n"


def etag_of(content: bytes) -> str:
    """The strong validator of a representation, without its quotes."""
    return base64.urlsafe_b64encode(hashlib.blake2b(content, digest_size=15).digest()).decode()


def respond(answer: Answer, *, public: bool) -> Response:
    """The response: with an ETag where there is one to be had, and 304 where the caller has it already."""
    if isinstance(answer.body, Prepared):
        return _respond_prepared(answer.body, answer.headers)
    content = answer.content()
    response = Response(content, status=answer.status, headers=dict(answer.headers))
    if answer.body is None:
        del response.headers["Content-Type"]
    else:
        response.headers["Content-Type"] = answer.headers.get("Content-Type", CONTENT_TYPE)
    if answer.status == 200 and request.method in WITH_ETAG:
        response.set_etag(etag_of(content))
    if request.method in ("GET", "HEAD"):
        if "Cache-Control" not in answer.headers:
            # Kept, but asked about each time: what is for sale changes any moment.
            response.headers["Cache-Control"] = "no-cache" if public else "private, no-cache"
        response.make_conditional(request)
    else:
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _respond_prepared(body: Prepared, headers: Mapping[str, str]) -> Response:
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
    return Response(body.gzipped if in_gzip else body.content, headers=told, content_type=CONTENT_TYPE)


def _takes_gzip() -> bool:
    accepted = request.headers.get("Accept-Encoding", "")
    if "gzip" not in accepted:
        return False
    # Nearly nobody sends a quality, and reading it takes a while.
    return "q=" not in accepted or request.accept_encodings["gzip"] > 0
