"""Which requests of the API of today show what is kept: the seats of a screening, which are asked for most."""

from __future__ import annotations

import re
from typing import Any

from matinee.web.shared.repeated_answers import Shown
from matinee.web.v1.kept import kept_under
from matinee.web.v1.seat_states import ROUTE, seats_key

# What is asked in another way is answered as well, only not as quickly.
_PATH = re.compile(r"/api/v1/screenings/([1-9][0-9]{0,17})/seats")


def shown_at_hand(scope: dict[str, Any]) -> Shown | None:
    """What a request (ASGI) shows; None for all but the seats of a screening."""
    if scope["method"] != "GET" or scope["query_string"]:
        return None
    found = _PATH.fullmatch(scope["path"])
    return None if found is None else Shown(kept_under(seats_key(int(found[1]))), ROUTE)
