"""An operation: a method of a resource class, with what is declared about it.

The declaration is the one place that says who may call, what is read, what is answered, and what can be refused; the
OpenAPI document is made of it. What the method reads is known from its own parameters: `query` and `body` are models,
`upload` is the bytes of a picture, `caller` and `now` are given where they are named, all others come from the path.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, get_type_hints

from flask import Response, request

from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.web.v1.answers import Answer, respond
from matinee.web.v1.audited import begin_call
from matinee.web.v1.callers import Access, find_caller
from matinee.web.v1.rates import count_call
from matinee.web.v1.reading import read_body, read_query, read_upload
from matinee.web.v1.shapes import Shape
from matinee.web.v1.values import Query, Values

DECLARED = "matinee_operation"
GIVEN = frozenset({"self", "query", "body", "upload", "caller", "now", "return"})
COUNTED_METHODS = frozenset({"post", "patch"})


@dataclass(frozen=True, slots=True)
class Returns:
    """An answer as it is documented: its model, whose `example` is shown, or None for an empty one."""

    model: type[Shape] | None
    description: str
    # Name -> description, beside those that the framework adds.
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """What is declared about a method."""

    name: str
    tag: str
    access: Access
    answers: Mapping[int, Returns]
    refusals: tuple[type[DomainError], ...]
    # Whether an Idempotency-Key, and If-Match, are honoured; the method calls `idempotent`, and `require_unchanged`.
    keyed: bool
    if_match: bool
    # Whether POST and PATCH are counted; off for what has a stricter count of its own, which it raises TooManyAttempts by.
    counted: bool
    query: type[Query] | None
    body: type[Values] | None
    # Whether the body is a picture.
    uploads: bool
    path: Mapping[str, type]
    summary: str
    description: str


Method = Callable[..., Answer]


def operation(
    name: str,
    *,
    tag: str,
    access: Access,
    answers: Mapping[int, Returns],
    refusals: tuple[type[DomainError], ...] = (),
    keyed: bool = False,
    if_match: bool = False,
    counted: bool = True,
) -> Callable[[Method], Callable[..., Response]]:
    """Declare a method of a resource class; `name` is its operationId.

    The first line of its docstring is the summary, the rest the description. `refusals`: the errors of the domain that it
    meets, beside those that follow from the rest.
    """

    def declare(method: Method) -> Callable[..., Response]:
        hints = get_type_hints(method)
        asked = frozenset(inspect.signature(method).parameters)
        summary, _, description = inspect.cleandoc(method.__doc__ or "").partition("\n")
        declared = Operation(
            name=name, tag=tag, access=access, answers=answers, refusals=refusals, keyed=keyed, if_match=if_match,
            counted=counted, query=hints.get("query"), body=hints.get("body"), uploads="upload" in asked,
            path={part: hints[part] for part in asked - GIVEN}, summary=summary, description=description.strip(),
        )  # fmt: skip

        @wraps(method)
        def answered(self: object, **path: Any) -> Response:
            return respond(method(self, **path, **_read(declared, asked)), public=access.kind == "public")

        setattr(answered, DECLARED, declared)
        return answered

    return declare


def _read(declared: Operation, asked: frozenset[str]) -> dict[str, Any]:
    now = clock.now()
    caller = find_caller(declared.access, now=now)
    # PATCH, too: it may try promo codes out.
    if request.method.lower() in COUNTED_METHODS and declared.counted:
        count_call(caller)
    given: dict[str, Any] = {"caller": caller, "now": now, "body": None}
    if declared.query is not None:
        given["query"] = read_query(declared.query)
    if declared.body is not None:
        given["body"] = read_body(declared.body)
    if declared.uploads:
        given["upload"] = read_upload()
    begin_call(
        name=declared.name,
        summary=declared.summary,
        access=declared.access,
        caller=caller,
        body=given["body"],
        now=now,
    )
    return {name: value for name, value in given.items() if name in asked}
