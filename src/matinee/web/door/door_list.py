"""GET /door/list"""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from pydantic import BaseModel

from matinee.web.door.blueprint import door_call
from matinee.web.door.reading import read_query
from matinee.web.shared.door_lists import HEADERS, prepared_list
from matinee.web.shared.door_requests import Salt, ScreeningsInQuery
from matinee.web.shared.prepared import respond_prepared
from matinee.web.shared.services import services


class ListQuery(BaseModel):
    """Of which screenings, and hashed with what."""

    screenings: ScreeningsInQuery
    salt: Salt


@door_call("/list")
def door_list() -> ResponseReturnValue:
    """What a scanner takes along to decide by itself; 304 where it has that already."""
    query = read_query(ListQuery)
    found = prepared_list(services(), screenings=query.screenings, salt=query.salt)
    return respond_prepared(found, HEADERS)
