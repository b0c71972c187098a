"""Reading what the page's scripts send."""

from __future__ import annotations

import json
from typing import TypeVar

from flask import request
from pydantic import BaseModel, ValidationError

from matinee.web.door.refusals import Refused
from matinee.web.shared.faults import faults_of
from matinee.web.shared.languages import _

Model = TypeVar("Model", bound=BaseModel)


def read_query(model: type[Model]) -> Model:
    """The values in the query string. Raises Refused."""
    try:
        return model.model_validate(request.args.to_dict())
    except ValidationError as error:
        raise _not_understood(error) from None


def read_body(model: type[Model]) -> Model:
    """The values in the JSON body. Raises Refused."""
    if request.mimetype != "application/json":
        raise Refused(415, "not_json", _("This is not what a scanner sends."))
    try:
        return model.model_validate_json(_writable(request.get_data()))
    except ValidationError as error:
        raise _not_understood(error) from None


def _writable(raw: bytes) -> bytes:
    """The body without halves of characters, which no JSON may hold, but which a browser sends as it read them."""
    if b"\\u" not in raw:
        return raw
    try:
        return json.dumps(json.loads(raw), ensure_ascii=False).encode(errors="replace")
    except (ValueError, RecursionError):
        # Then it is refused as it is.
        return raw


def _not_understood(error: ValidationError) -> Refused:
    return Refused(422, "invalid_values", _("This is not what a scanner sends."), errors=faults_of(error))
