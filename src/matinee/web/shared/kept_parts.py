"""What an answer shows that does not depend on claims, kept while nothing but claims changes.

A sale makes answers out of date, though only the free seats of them changed. The rest is kept here under the version of
the programme, which was read before it. It lies beneath `kept_answers`, which lets one thread at a time make an answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from matinee.db.standby import Reader
from matinee.db.version import DataVersion

# As the net beneath answers. Half as long, so that an answer that is made anew because of its age is made of parts
# that are read anew, and nothing is older than both together.
SECONDS_TO_LIVE = 0.5
# Of so many keys is known when they were last asked for, before those that nobody asks for any more are forgotten.
ASKED_MAX = 1000

Part = TypeVar("Part")
Claims = TypeVar("Claims")


@dataclass(frozen=True, slots=True)
class AsOf:
    """A moment (monotonic seconds), and the version of the programme, as they were before something was read."""

    version: object
    moment: float


@dataclass(frozen=True, slots=True)
class Kept(Generic[Part]):
    """A part that may be shown."""

    part: Part


class KeptParts(Generic[Part]):
    """Parts of the answers of one process."""

    def __init__(self, version: DataVersion) -> None:
        self._version = version
        self._kept: dict[object, tuple[AsOf, Kept[Part]]] = {}
        self._asked: dict[object, float] = {}

    def is_asked_for_often(self, key: object) -> bool:
        """Whether it was asked for so short a time ago that what would have been kept then could be shown now.

        For who can do without: to read a part in order to keep it takes longer than it saves where nobody comes after.
        """
        now = time.monotonic()
        before = self._asked.get(key)
        self._asked[key] = now
        if len(self._asked) > ASKED_MAX:
            for old, moment in list(self._asked.items()):
                if now - moment >= SECONDS_TO_LIVE:
                    self._asked.pop(old, None)
        return before is not None and now - before < SECONDS_TO_LIVE

    def as_of_now(self) -> AsOf:
        """To be asked before a part is read. Raises DatabaseUnavailable."""
        moment = time.monotonic()
        return AsOf(self._version.programme(), moment)

    def find(self, key: object) -> Kept[Part] | None:
        """The part of this key with every change in it that was acknowledged before this call but those of claims, if it is
        kept. Raises DatabaseUnavailable.
        """
        now = self.as_of_now()
        as_of, kept = self._kept.get(key, (None, None))
        if as_of is None or as_of.version != now.version or now.moment - as_of.moment >= SECONDS_TO_LIVE:
            return None
        return kept

    def with_claims(
        self,
        key: object,
        reader: Reader,
        read: Callable[[Session], Part],
        *,
        claims_in: Callable[[Session, Part], Claims],
        claims_alone: Callable[[Part], Claims],
    ) -> tuple[Part, Claims]:
        """The part of this key, and the claims on what it shows.

        Where the part is kept, `claims_alone` finds its claims; else both are read in one transaction of `reader`. Raises
        what these raise, and DatabaseUnavailable.
        """
        kept = self.find(key)
        if kept is not None:
            return kept.part, claims_alone(kept.part)
        as_of = self.as_of_now()

        def both(session: Session) -> tuple[Part, Claims]:
            part = read(session)
            return part, claims_in(session, part)

        part, claims = reader.read(both)
        self.keep(key, as_of, part)
        return part, claims

    def keep(self, key: object, as_of: AsOf, part: Part) -> None:
        """Keep a part that was read after `as_of`."""
        # What nobody asks for any more would stay, and it is larger than the answer.
        for old, (then, _) in list(self._kept.items()):
            if as_of.moment - then.moment >= SECONDS_TO_LIVE:
                self._kept.pop(old, None)
        self._kept[key] = (as_of, Kept(part))
