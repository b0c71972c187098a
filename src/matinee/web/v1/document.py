"""The part of the OpenAPI document that is about this API, made of what its operations declare."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from matinee.accounts.scopes import SCOPES
from matinee.programme.pictures import CONTENT_TYPES
from matinee.web.shared.signin import COOKIE
from matinee.web.v1.blueprint import ID_MAX, v1
from matinee.web.v1.callers import ORDER_SECRET, SAFE_METHODS, Access
from matinee.web.v1.described_errors import PROBLEM_SCHEMA, problem_responses
from matinee.web.v1.idempotency import HEADER as IDEMPOTENCY_KEY
from matinee.web.v1.idempotency import KEY_CHARACTERS_MAX
from matinee.web.v1.operations import COUNTED_METHODS, DECLARED, Operation, Returns
from matinee.web.v1.tags import DESCRIPTIONS

REFERENCE = "#/components/schemas/{model}"
METHODS = ("get", "post", "put", "patch", "delete")
Models = dict[tuple[type[BaseModel], JsonSchemaMode], dict[str, Any]]
Route = tuple[str, str, Operation]


def operations(app: Flask) -> Iterator[Route]:
    """Path, method and declaration of every operation of the API, in the order in which they are registered."""
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith(f"{v1.name}."):
            continue
        view = getattr(app.view_functions[rule.endpoint], "view_class", None)
        for method in METHODS:
            declared = getattr(getattr(view, method, None), DECLARED, None)
            if declared is not None:
                yield re.sub(r"<(?:[^<>]+:)?([^<>]+)>", r"{\1}", rule.rule), method, declared


def add_to_document(app: Flask, document: dict[str, Any]) -> dict[str, Any]:
    """Put the API's paths, schemas, security schemes and tags into the document."""
    found = list(operations(app))
    models, schemas = _schemas(found)
    components = document.setdefault("components", {})
    components.setdefault("schemas", {}).update({"Problem": PROBLEM_SCHEMA, **schemas})
    components.setdefault("securitySchemes", {}).update(_security_schemes())
    for path, method, declared in found:
        document["paths"].setdefault(path, {})[method] = _operation(method, declared, models)
    used = {declared.tag for _, _, declared in found}
    tags = [{"name": name, "description": said} for name, said in DESCRIPTIONS.items() if name in used]
    document["tags"] = [*document.get("tags", []), *tags]
    return document


def _schemas(found: list[Route]) -> tuple[Models, dict[str, Any]]:
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = []
    for _, _, declared in found:
        if declared.body is not None:
            wanted.append((declared.body, "validation"))
        wanted += [(answer.model, "serialization") for answer in declared.answers.values() if answer.model]
    models, schemas = models_json_schema(list(dict.fromkeys(wanted)), ref_template=REFERENCE)
    return _named_for_readers(models), _named_for_readers(schemas.get("$defs", {}))


def _named_for_readers(schema: Any) -> Any:
    """Without the suffix that tells our shapes from the tables' models: `FilmShape` is `Film`."""
    if isinstance(schema, dict):
        return {_unsuffixed(name): _named_for_readers(part) for name, part in schema.items()}
    if isinstance(schema, list):
        return [_named_for_readers(part) for part in schema]
    return _unsuffixed(schema)


def _unsuffixed(name: Any) -> Any:
    return name.removesuffix("Shape") if isinstance(name, str) else name


def _operation(method: str, declared: Operation, models: Models) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": declared.name,
        "tags": [declared.tag],
        "summary": declared.summary,
        "parameters": [
            *_path_parameters(declared),
            *_query_parameters(declared),
            *_headers(method, declared),
        ],
        "responses": {
            **{
                str(status): _answer(answer, method, declared, models)
                for status, answer in declared.answers.items()
            },
            **problem_responses(declared, method=method),
        },
        "security": _security(declared.access, method),
    }
    if declared.description:
        described["description"] = declared.description
    if method == "get" and 200 in declared.answers:
        described["responses"]["304"] = {
            "description": "It is still what the ETag in If-None-Match stands for."
        }
    if declared.body is not None:
        content = {"schema": models[(declared.body, "validation")], "example": declared.body.example}
        described["requestBody"] = {"required": True, "content": {"application/json": content}}
    if declared.uploads:
        picture = {"schema": {"type": "string", "format": "binary"}}
        described["requestBody"] = {"required": True, "content": dict.fromkeys(CONTENT_TYPES, picture)}
    described["responses"] = dict(sorted(described["responses"].items()))
    return described


def _path_parameters(declared: Operation) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer", "minimum": 1, "maximum": ID_MAX}
            if kind is int
            else {"type": "string"},
        }
        for name, kind in sorted(declared.path.items())
    ]


def _query_parameters(declared: Operation) -> list[dict[str, Any]]:
    if declared.query is None:
        return []
    schema = declared.query.model_json_schema(ref_template=REFERENCE)
    assert "$defs" not in schema, "values of a query are plain"
    found = []
    for name, part in schema["properties"].items():
        shape = {key: value for key, value in part.items() if key not in ("title", "description")}
        # "null" stands for leaving it out, which every parameter may be that is not required.
        kinds = [kind for kind in shape.pop("anyOf", []) if kind != {"type": "null"}]
        shape = {**shape, **(kinds[0] if kinds else {})}
        if shape.get("default", "") is None:
            del shape["default"]
        parameter = {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", []),
            "schema": shape,
        }
        if "description" in part:
            parameter["description"] = part["description"]
        found.append(parameter)
    return found


def _headers(method: str, declared: Operation) -> list[dict[str, Any]]:
    found = []
    if declared.keyed:
        found.append((IDEMPOTENCY_KEY, "Recommended: a new UUID for each thing that is asked for. The same key and body "
                      "get the same answer, for 24 hours.", {"maxLength": KEY_CHARACTERS_MAX}))  # fmt: skip
    if declared.if_match:
        found.append(("If-Match", "The ETag of the version that is to be changed; `*` for any.", {}))
    if method == "get" and 200 in declared.answers:
        found.append(("If-None-Match", "The ETag of what one has already.", {}))
    return [
        {
            "name": name,
            "in": "header",
            "required": False,
            "description": said,
            "schema": {"type": "string", **more},
        }
        for name, said, more in found
    ]


def _answer(answer: Returns, method: str, declared: Operation, models: Models) -> dict[str, Any]:
    headers = dict(answer.headers)
    if answer.model is not None and method in ("get", "put", "patch"):
        headers["ETag"] = "The version of this representation."
    if declared.keyed:
        headers["Idempotent-Replayed"] = (
            "`true` where the answer is that of an earlier request with the same key."
        )
    if method in COUNTED_METHODS and declared.counted:
        headers["RateLimit-Limit"] = "How many calls that write may be made in a window."
        headers["RateLimit-Remaining"] = "How many of them are left."
        headers["RateLimit-Reset"] = "Seconds until the window ends."
    described: dict[str, Any] = {"description": answer.description}
    if answer.model is not None:
        content = {"schema": models[(answer.model, "serialization")], "example": answer.model.example}
        described["content"] = {"application/json": content}
    if headers:
        described["headers"] = {
            name: {"description": said, "schema": {"type": "string"}} for name, said in headers.items()
        }
    return described


def _security(access: Access, method: str) -> list[dict[str, list[str]]]:
    if access.kind == "public":
        return []
    by_cookie: list[dict[str, list[str]]] = [{"session_cookie": []}] if method.upper() in SAFE_METHODS else []
    if access.kind == "scope":
        return [*({"bearer": [scope]} for scope in access.scopes), *by_cookie]
    by_secret: list[dict[str, list[str]]] = [{"order_secret": []}] if access.order_secret else []
    return [{}, {"bearer": []}, *by_cookie, *by_secret]


def _security_schemes() -> dict[str, Any]:
    scopes = "\n".join(f"- `{name}`: {said}" for name, said in SCOPES.items())
    return {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": f"The token of a session (`POST /api/v1/sessions`), or an API key (`mk_...`).\n\n{scopes}",
        },
        "session_cookie": {
            "type": "apiKey",
            "in": "cookie",
            "name": COOKIE,
            "description": "The cookie of a session, for what only reads.",
        },
        "order_secret": {
            "type": "apiKey",
            "in": "header",
            "name": ORDER_SECRET,
            "description": "The secret that came with an order that was made without an account.",
        },
    }
