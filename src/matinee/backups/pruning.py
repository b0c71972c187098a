"""Which backups may go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from matinee.backups.stores import Kept, Store


@dataclass(frozen=True, slots=True)
class Keeping:
    """Kept are so many of the newest, one at the least, and besides all that are not older than so many days."""

    newest: int
    days: int


def expendable(kept: Sequence[Kept], keeping: Keeping, *, now: datetime) -> list[Kept]:
    """What may be deleted of `kept`, which has the newest first.

    Never among it: the newest; the newest that was tried by restoring it; and one that seems to come from the future.
    """
    tried = next((one for one in kept if one.told.verified), None)
    old = now - timedelta(days=keeping.days)
    return [
        one
        for one in kept[max(1, keeping.newest) :]
        if one is not tried and one.told.made_at < old and one.told.made_at < now
    ]


def prune(store: Store, keeping: Keeping, *, made: str, now: datetime) -> list[str]:
    """Delete what may go after the backup `made`; return the names. Without that one in the store nothing goes.

    Raises StoreFailed.
    """
    kept = store.kept()
    if made not in {one.name for one in kept}:
        return []
    gone = [one.name for one in expendable(kept, keeping, now=now)]
    for name in gone:
        store.delete(name)
    return gone
