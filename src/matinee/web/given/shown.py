"""The films as the API as given writes them, but for the seats that are free: these are put in at each sale."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from flask import json

# The seats of a screening that anybody may buy, in their order: the id as text, and how its number is written.
Seats = Sequence[tuple[str, str]]


class Shown:
    """The body of an answer, with a gap for the free seats of each screening."""

    def __init__(self, pieces: Sequence[bytes], gaps: Sequence[int], seats: Mapping[int, Seats]) -> None:
        """`gaps`: the screening of each gap between two pieces."""
        self._pieces = pieces
        self._gaps = gaps
        self._seats = seats
        # What was claimed of a screening, and what was therefore written into its gap.
        self._written: dict[int, tuple[str, bytes]] = {}

    @property
    def screening_ids(self) -> Sequence[int]:
        """The screenings of which claims must be known."""
        return self._gaps

    def body(self, claimed: Mapping[int, str]) -> bytes:
        """The answer. `claimed`: see `claimed_text`."""
        parts = [self._pieces[0]]
        for screening_id, piece in zip(self._gaps, self._pieces[1:], strict=True):
            parts += (self._free(screening_id, claimed.get(screening_id, "")), piece)
        return b"".join(parts)

    def _free(self, screening_id: int, claimed: str) -> bytes:
        known, written = self._written.get(screening_id, (None, b""))
        if known != claimed:
            taken = set(claimed.split(","))
            free = ",".join([number for seat_id, number in self._seats[screening_id] if seat_id not in taken])
            written = f"[{free}]".encode()
            self._written[screening_id] = (claimed, written)
        return written


class Gaps:
    """Marks in what is to be serialised, in place of the free seats."""

    def __init__(self) -> None:
        # Nobody can give a film such a title.
        self._secret = secrets.token_hex(16)
        self._seats: dict[int, Seats] = {}

    def mark(self, screening_id: int, seats: Seats) -> str:
        """The value that stands for the free seats of the screening."""
        self._seats[screening_id] = seats
        return f"{self._secret}-{screening_id}"

    def serialised(self, body: Mapping[str, Any]) -> Shown:
        """What was marked, as JSON."""
        written = json.dumps(body, separators=(",", ":")).encode() + b"\n"
        # Every second one is what stands in the parentheses.
        cut = re.split(rb'"%s-(\d+)"' % self._secret.encode(), written)
        return Shown(cut[::2], [int(screening_id) for screening_id in cut[1::2]], self._seats)
