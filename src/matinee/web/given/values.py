"""Reading what a request carries: query string, form, JSON object, headers; checked by a model of the endpoint's values."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Annotated, Any, TypeVar
from urllib.parse import unquote_to_bytes

from flask import request
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError

from matinee.accounts.errors import NotAnAddress
from matinee.accounts.users import normal_username
from matinee.kernel.errors import Invalid
from matinee.programme.labels import parse_seat_label

TEXT_CHARACTERS_MAX = 300
SEATS_MAX = 1000
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
# Names whose header may be percent-encoded. Not the username: `%` may stand in a mail address.
PERCENT_ENCODED = frozenset({"title", "number", "cinema"})


class BadRequest(Invalid):
    """A value is missing or malformed."""

    code = "bad_request"


def _address(text: str) -> str:
    try:
        return normal_username(text)
    except NotAnAddress as error:
        raise ValueError(error.detail) from None


def _writable(text: str) -> str:
    # PostgreSQL keeps no NUL, and half a character cannot be encoded; JSON can carry both.
    if _UNWRITABLE.search(text):
        raise ValueError("has a character that cannot be stored")
    return text


def _normal_text(text: str) -> str:
    normal = unicodedata.normalize("NFC", text).strip()
    if not normal:
        raise ValueError("holds nothing but blanks")
    return normal


def _as_text(value: object) -> object:
    # JSON clients send a seat or a code as a number, too. A boolean is no number here.
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _label(value: str) -> str:
    return parse_seat_label(value.strip().strip("\"'"))


def _labels(value: object) -> object:
    """`[1, 2]`, `["A1", "A2"]`, `[A1, A2]` (as the document writes it: no quotes) or `A1,A2`."""
    # Before each of them is looked at: a sentence about every one of a hundred thousand took seconds.
    commas = value.count(",") if isinstance(value, str) else 0
    if max(commas, len(value) if isinstance(value, list) else 0) > SEATS_MAX:
        raise ValueError(f"names more than {SEATS_MAX} seats")
    if isinstance(value, str):
        inner = value.strip()
        if inner.startswith("[") and inner.endswith("]"):
            inner = inner[1:-1]
        return inner.split(",")
    if isinstance(value, list):
        return [_as_text(one) for one in value]
    return [_as_text(value)]


def read_day(text: str) -> date | None:
    """`2023-04-09` or `2023.04.09`; None for what is no date."""
    match = re.fullmatch(r"(\d{4})([-.])(\d{1,2})\2(\d{1,2})", text.strip(), re.ASCII)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[3]), int(match[4]))
    except ValueError:
        return None


def read_time(text: str) -> str:
    """`9:00` as `09:00`; what is no time stays as it is and is found nowhere."""
    match = re.fullmatch(r"(\d{1,2}):(\d{2})(?::00)?", text.strip(), re.ASCII)
    return f"{int(match[1]):02d}:{match[2]}" if match else text.strip()


Text = Annotated[
    str,
    BeforeValidator(_as_text),
    Field(min_length=1, max_length=TEXT_CHARACTERS_MAX),
    AfterValidator(_writable),
    AfterValidator(_normal_text),
]
Username = Annotated[str, Field(min_length=1, max_length=254), AfterValidator(_address)]
Password = Annotated[str, Field(min_length=1, max_length=1024)]
Token = Annotated[str, Field(min_length=1, max_length=200)]
Code = Annotated[str, BeforeValidator(_as_text), Field(min_length=1, max_length=100)]
SeatLabel = Annotated[str, BeforeValidator(_as_text), Field(max_length=40), AfterValidator(_label)]
SeatLabels = Annotated[list[SeatLabel], BeforeValidator(_labels), Field(min_length=1, max_length=SEATS_MAX)]

Model = TypeVar("Model", bound=BaseModel)


def read_query(model: type[Model]) -> Model:
    """The values of a call that takes them in its query string, or, for POST, also in a form or a JSON object.

    The query string wins. The cinema may also be named by a header. Raises BadRequest.
    """
    given: dict[str, Any] = {}
    if request.method == "POST":
        given.update(_body())
    if "cinema" in model.model_fields and "cinema" in request.headers:
        given["cinema"] = decode_header(request.headers["cinema"], percent=True)
    if request.query_string:
        given.update(request.args.items())
    return _checked(model, given)


def read_headers(model: type[Model]) -> Model:
    """The values of a call that takes them in its headers, or in a JSON object. A header wins. Raises BadRequest."""
    texts = {name: raw for name in model.model_fields if (raw := request.headers.get(name)) is not None}
    given = {**_body(), **_decoded(texts)}
    if "cinema" in request.args:
        given["cinema"] = request.args["cinema"]
    return _checked(model, given)


def check_headers(model: type[Model], texts: Mapping[str, str]) -> Model:
    """The values of such a call that has nothing but headers. `texts`: as WSGI gives them, by name. Raises BadRequest."""
    return _checked(model, _decoded(texts))


def _decoded(texts: Mapping[str, str]) -> dict[str, str]:
    return {name: decode_header(raw, percent=name in PERCENT_ENCODED) for name, raw in texts.items()}


def decode_header(raw: str, *, percent: bool) -> str:
    """The text of a header: WSGI gives its bytes as Latin-1, which may be UTF-8 or percent-encoded UTF-8 in truth."""
    text = raw
    with suppress(UnicodeError):  # then it is Latin-1, as it says
        text = raw.encode("latin-1").decode("utf-8")
    if percent and "%" in text:
        try:
            return unquote_to_bytes(text).decode("utf-8")
        except UnicodeError:
            return text  # "100% Wolf"
    return text


def _body() -> Mapping[str, Any]:
    if request.content_length == 0:
        return {}  # a form of nothing takes as long to read as the values in the headers
    if request.mimetype == "application/json" or request.mimetype.endswith("+json"):
        raw = request.get_data(cache=True)
        if not raw.strip():
            return {}
        try:
            body = json.loads(raw)
        except (ValueError, RecursionError):
            raise BadRequest("The body is not JSON.") from None
        if not isinstance(body, dict):
            raise BadRequest("The body is not a JSON object.")
        return body
    return dict(request.form.items())


def _checked(model: type[Model], given: Mapping[str, Any]) -> Model:
    # An empty value is a missing one: `?token=` then falls back to the cookie.
    present = {name: value for name, value in given.items() if value not in (None, "")}
    try:
        return model.model_validate(present)
    except ValidationError as error:
        raise BadRequest(_sentence(error)) from None


def _sentence(error: ValidationError) -> str:
    sentences = []
    for fault in error.errors(include_url=False, include_input=False):
        name = str(fault["loc"][0]) if fault["loc"] else "value"
        if fault["type"] == "missing":
            sentences.append(f"{name} is missing.")
        else:
            cause = fault.get("ctx", {}).get("error")
            message = str(cause) if cause is not None else fault["msg"]
            sentences.append(f"{name}: {message.rstrip('.')}.")
    return " ".join(dict.fromkeys(sentences))
