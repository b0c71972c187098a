"""How many connections a web worker takes on, by what the system allows"""

from __future__ import annotations

import resource

import pytest

from matinee.cli.open_files import CONNECTIONS_MAX, OTHER_FILES, allow_connections

ENOUGH = CONNECTIONS_MAX + OTHER_FILES
NO_LIMIT = resource.RLIM_INFINITY


class System:
    """The limit that holds and the most it may be raised to, as the system tells them; `refuses` more than that."""

    def __init__(self, allowed: int, most: int, refuses: int | None = None) -> None:
        self.limits = (allowed, most)
        self.refuses = refuses

    def getrlimit(self, which: int) -> tuple[int, int]:
        assert which == resource.RLIMIT_NOFILE
        return self.limits

    def setrlimit(self, which: int, limits: tuple[int, int]) -> None:
        assert which == resource.RLIMIT_NOFILE
        if self.refuses is not None and limits[0] > self.refuses:
            raise ValueError("current limit exceeds maximum limit")
        self.limits = limits


@pytest.mark.parametrize(
    ("system", "room", "limit_after"),
    [
        (System(1_024, 1_048_576), CONNECTIONS_MAX, ENOUGH),
        (System(1_024, NO_LIMIT), CONNECTIONS_MAX, ENOUGH),
        (System(1_024, 4_096), 4_096 - OTHER_FILES, 4_096),
        (System(65_536, 65_536), CONNECTIONS_MAX, 65_536),
        (System(NO_LIMIT, NO_LIMIT), CONNECTIONS_MAX, NO_LIMIT),
        (System(300, 300), 150, 300),
        # As macOS does.
        (System(4_096, NO_LIMIT, refuses=10_240), 4_096 - OTHER_FILES, 4_096),
    ],
    ids=["raised", "raised without limit", "as far as it goes", "enough", "no limit", "few", "refused"],
)
def test_as_many_as_the_system_allows(
    monkeypatch: pytest.MonkeyPatch, system: System, room: int, limit_after: int
) -> None:
    monkeypatch.setattr(resource, "getrlimit", system.getrlimit)
    monkeypatch.setattr(resource, "setrlimit", system.setrlimit)
    assert allow_connections() == room
    assert system.limits[0] == limit_after
