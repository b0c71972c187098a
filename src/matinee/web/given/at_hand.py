"""Which requests of the API as given show what is kept: the day and the schedule, as programs ask for them."""

from __future__ import annotations

import re
from collections.abc import Hashable
from datetime import date
from typing import Any

from matinee.web.given.values import read_day

# What is asked in another way is answered as well, only not as quickly.
_DATE = re.compile(rb"date=([0-9.-]{8,10})")


def day_key(cinema: str | None, day: date) -> Hashable:
    """Under which the answer of `/getDay` is kept. `cinema`: None for the default one."""
    return "day", cinema, day


def schedule_key(cinema: str | None) -> Hashable:
    """Under which the answer of `/fullSchedule` is kept. `cinema`: None for the default one."""
    return "schedule", cinema


def key_at_hand(scope: dict[str, Any]) -> Hashable | None:
    """The key of what a request (ASGI) shows; None for all but the day and the schedule of the default cinema."""
    path = scope["path"]
    if path not in ("/getDay", "/fullSchedule") or scope["method"] != "GET":
        return None
    # A header may name another cinema.
    if any(name == b"cinema" for name, _ in scope["headers"]):
        return None
    query = scope["query_string"]
    if path == "/fullSchedule":
        return None if query else schedule_key(None)
    found = _DATE.fullmatch(query)
    day = read_day(found[1].decode()) if found else None
    return None if day is None else day_key(None, day)
