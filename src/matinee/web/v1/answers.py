"""Answers: what an operation returns, and how it goes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Response, request
from pydantic import BaseModel

from matinee.web.shared.prepared import JSON, Prepared, etag_of, respond_prepared

# Methods whose answer is the representation that GET would give now, so that its ETag is worth knowing.
WITH_ETAG = frozenset({"GET", "HEAD", "PUT", "PATCH"})


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


def respond(answer: Answer, *, public: bool) -> Response:
    """The response: with an ETag where there is one to be had, and 304 where the caller has it already."""
    if isinstance(answer.body, Prepared):
        return respond_prepared(answer.body, answer.headers)
    content = answer.content()
    response = Response(content, status=answer.status, headers=dict(answer.headers))
    if answer.body is None:
        del response.headers["Content-Type"]
    else:
        response.headers["Content-Type"] = answer.headers.get("Content-Type", JSON)
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
