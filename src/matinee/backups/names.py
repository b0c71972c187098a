"""What a backup's file is called: when it was made, whether it was tried, whether it is encrypted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

STAMP = "%Y%m%dT%H%M%SZ"
_PATTERN = re.compile(r"matinee-(\d{8}T\d{6}Z)(-verified)?\.tar(\.age)?")


@dataclass(frozen=True, slots=True)
class BackupName:
    """A name such as `matinee-20261126T043000Z-verified.tar.age`. The moment is in UTC."""

    made_at: datetime
    verified: bool
    sealed: bool

    def __str__(self) -> str:
        verified, sealed = "-verified" * self.verified, ".age" * self.sealed
        return f"matinee-{self.made_at.astimezone(UTC):{STAMP}}{verified}.tar{sealed}"


def read_name(name: str) -> BackupName | None:
    """What a file's name says; None for a name that is none of ours: such a file is left alone."""
    found = _PATTERN.fullmatch(name)
    if found is None:
        return None
    try:
        made_at = datetime.strptime(found[1], STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    return BackupName(made_at, verified=bool(found[2]), sealed=bool(found[3]))
