"""GET /door/list"""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from pydantic import BaseModel

from matinee.web.door.blueprint import door_call
from matinee.web.door.reading import read_query
from matinee.web.shared.door_answers import written_list
from matinee.web.shared.door_requests import Salt, ScreeningsInQuery, ids_in, salt_bytes
from matinee.web.shared.prepared import Prepared, respond_prepared
from matinee.web.shared.services import services


class ListQuery(BaseModel):
    """Of which screenings, and hashed with what."""

    screenings: ScreeningsInQuery
    salt: Salt


@door_call("/list")
def door_list() -> ResponseReturnValue:
    """What a scanner takes along to decide by itself; 304 where it has that already."""
    query = read_query(ListQuery)
    content = services().transactions.read(
        lambda session: written_list(
            session, screening_ids=ids_in(query.screenings), salt=salt_bytes(query.salt)
        )
    )
    return respond_prepared(Prepared(content), {"Cache-Control": "private, no-cache"})
