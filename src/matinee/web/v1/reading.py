"""Reading what a request carries, checked by a model of its values."""

from __future__ import annotations

from typing import TypeVar

from flask import request
from pydantic import BaseModel, ValidationError

from matinee.programme.pictures import CONTENT_TYPES, UPLOAD_BYTES_MAX
from matinee.web.shared.faults import faults_of
from matinee.web.v1.errors import InvalidValues, MalformedBody, NotAnImage, NotJson

Model = TypeVar("Model", bound=BaseModel)


def read_query(model: type[Model]) -> Model:
    """The values in the query string; of a name that is given twice, the first. Raises InvalidValues."""
    # An empty value is one that was left out: `?cinema=&day=2030-05-18`, as forms send it.
    given = {name: value for name, value in request.args.items() if value != ""}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise InvalidValues(faults_of(error)) from None


def read_body(model: type[Model]) -> Model:
    """The values in the JSON body; no body at all is an empty object. Raises NotJson, MalformedBody, InvalidValues."""
    raw = request.get_data(cache=True)
    if raw and not (request.mimetype == "application/json" or request.mimetype.endswith("+json")):
        raise NotJson
    try:
        return model.model_validate_json(raw or b"{}")
    except ValidationError as error:
        if any(
            fault["type"] in ("json_invalid", "model_type") and not fault["loc"] for fault in error.errors()
        ):
            raise MalformedBody from None
        raise InvalidValues(faults_of(error)) from None
    except ValueError:
        # Bytes that are no UTF-8.
        raise MalformedBody from None


def read_upload() -> bytes:
    """The picture in the body. Raises NotAnImage."""
    if request.mimetype not in CONTENT_TYPES:
        raise NotAnImage
    request.max_content_length = UPLOAD_BYTES_MAX
    return request.get_data(cache=False)
