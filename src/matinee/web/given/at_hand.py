"""Which requests of the API as given are answered from what is kept, without waiting for anybody."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from matinee.web.given.values import read_day
from matinee.web.shared.services import Services

# As programs ask; what is asked in another way is answered as well, only not as quickly.
_DATE = re.compile(rb"date=([0-9.-]{8,10})")


def answers_at_hand(services: Services) -> Callable[[dict[str, Any]], bool]:
    """Tells by the scope of a request (ASGI) whether its answer, the day or the schedule, is at hand."""
    kept = services.kept_answers

    def is_at_hand(scope: dict[str, Any]) -> bool:
        # A header may name another cinema.
        if scope["method"] != "GET" or any(name == b"cinema" for name, _ in scope["headers"]):
            return False
        query = scope["query_string"]
        if scope["path"] == "/getDay":
            found = _DATE.fullmatch(query)
            day = read_day(found[1].decode()) if found else None
            return day is not None and kept.is_at_hand((None, day))
        return scope["path"] == "/fullSchedule" and not query and kept.is_at_hand(None)

    return is_at_hand
