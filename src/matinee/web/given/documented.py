"""What the OpenAPI document says of a call, declared beside the call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeVar

from flask import Flask
from pydantic import BaseModel

Call = TypeVar("Call", bound=Callable[..., Any])
Where = Literal["query", "header"]
_DECLARED = "_matinee_declared"

MESSAGE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"message": {"type": "string"}, "detail": {"type": "string"}},
    "required": ["message"],
}


def takes(
    model: type[BaseModel] | None, *, where: Where = "query", answers: dict[int, Any]
) -> Callable[[Call], Call]:
    """Declare the values that a call takes and what it answers: status -> description, or a response object."""

    def declare(call: Call) -> Call:
        setattr(call, _DECLARED, (model, where, answers))
        return call

    return declare


def ok(example: dict[str, Any], schema: dict[str, Any] | None = None) -> dict[str, Any]:
    """The response object of a success, by an example of it."""
    return {
        "description": example["message"],
        "content": {"application/json": {"schema": schema or _schema_of(example), "example": example}},
    }


def _schema_of(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return {
            "type": "object",
            "properties": {name: _schema_of(part) for name, part in value.items()},
            "required": list(value),
        }
    if isinstance(value, list):
        return {"type": "array", "items": _schema_of(value[0])}
    if isinstance(value, bool):
        return {"type": "boolean"}
    return {"type": "integer"} if isinstance(value, int) else {"type": "string"}


def complete_document(app: Flask, document: dict[str, Any]) -> dict[str, Any]:
    """Put parameters, bodies and answers of the declared calls into the OpenAPI document."""
    for rule in app.url_map.iter_rules():
        view = getattr(app.view_functions[rule.endpoint], "view_class", None)
        if view is None:
            continue
        path = document["paths"].get(rule.rule.replace("<", "{").replace(">", "}"))
        for method in ("get", "post"):
            declared = getattr(getattr(view, method, None), _DECLARED, None)
            if path is None or declared is None or method not in path:
                continue
            model, where, answers = declared
            operation = path[method]
            operation["operationId"] = rule.rule.strip("/").replace("/", "_").replace("-", "_") + f"_{method}"
            operation["responses"] = {str(status): _response(answer) for status, answer in answers.items()}
            operation["responses"]["503"] = _response("The database is away for a moment; see `Retry-After`.")
            if model is not None:
                operation["parameters"] = [*operation.get("parameters", []), *_parameters(model, where)]
                if method == "post":
                    operation["requestBody"] = _body(model, where)
    return document


def _response(answer: Any) -> dict[str, Any]:
    if isinstance(answer, dict):
        return answer
    return {"description": answer, "content": {"application/json": {"schema": MESSAGE_SCHEMA}}}


def _parameters(model: type[BaseModel], where: Where) -> list[dict[str, Any]]:
    # In the serialised form: what may be sent as a list in a body is text in a header.
    schema = model.model_json_schema()
    found = []
    for name, part in schema["properties"].items():
        shape = {key: value for key, value in part.items() if key not in ("title", "default", "description")}
        if shape.get("type") == "array":
            shape = {"type": "string"}
        found.append(
            {
                "name": name,
                "in": "query" if where == "query" or name == "cinema" else "header",
                # Each may come in the body instead; a GET has none.
                "required": False,
                "schema": shape,
                **({"description": part["description"]} if "description" in part else {}),
            }
        )
    return found


def _body(model: type[BaseModel], where: Where) -> dict[str, Any]:
    schema = {**model.model_json_schema(), "required": []}
    del schema["required"]
    forms = ["application/json"] + (["application/x-www-form-urlencoded"] if where == "query" else [])
    return {
        "required": False,
        "description": "The same values, where they are not in the address or the headers.",
        "content": {form: {"schema": schema} for form in forms},
    }
