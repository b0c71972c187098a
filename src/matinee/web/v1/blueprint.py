"""The blueprint that every resource of the API is registered on."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask
from werkzeug.routing import IntegerConverter

PREFIX = "/api/v1"
# A plain blueprint: APIFlask leaves it out of the document, `document.py` puts it in.
v1 = Blueprint("v1", __name__, url_prefix=PREFIX)

# The largest key of a table whose keys are plain integers.
ID_MAX = 2**31 - 1


class IdConverter(IntegerConverter):
    """`<id:name>` in a path: a key of a table. A number that can be none is not found, without asking the database."""

    regex = r"[1-9][0-9]{0,9}"

    def __init__(self, map: Any) -> None:
        super().__init__(map, max=ID_MAX)


def use_converters(app: Flask) -> None:
    """Teach `app` the converters of our paths; before the blueprint is registered."""
    app.url_map.converters["id"] = IdConverter
