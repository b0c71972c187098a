"""The words in which something is asked for"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pytest

from matinee.web.shared.wordings import (
    WORDING_BYTES_MAX,
    WORDINGS_MAX,
    has_effect,
    recall,
    remember,
    wording,
)

SCOPE: dict[str, Any] = {"path": "/day", "query_string": b"a=1", "scheme": "http"}


@pytest.mark.parametrize(
    "name", [b"user-agent", b"x-request-id", b"sec-fetch-mode", b"sec-ch-ua", b"via", b"x-forwarded-for"]
)
def test_what_browsers_and_proxies_tell_has_no_effect(name: bytes) -> None:
    assert not has_effect(name)


@pytest.mark.parametrize("name", [b"accept", b"host", b"origin", b"cookie", b"x-forwarded-proto", b"token"])
def test_what_an_answer_may_depend_on_has_one(name: bytes) -> None:
    assert has_effect(name)


@pytest.mark.parametrize(
    "other", [{"path": "/night"}, {"query_string": b"a=2"}, {"scheme": "https"}], ids=repr
)
def test_other_words_are_others(other: dict[str, Any]) -> None:
    usual = wording(SCOPE, [(b"accept", b"*/*")])
    assert usual == wording(dict(SCOPE), [(b"accept", b"*/*")])
    assert usual != wording(SCOPE, [(b"accept", b"text/html")])
    assert usual != wording({**SCOPE, **other}, [(b"accept", b"*/*")])


def test_what_is_too_long_has_no_wording() -> None:
    assert wording(SCOPE, [(b"accept", b"x" * WORDING_BYTES_MAX)]) is None
    assert wording({**SCOPE, "query_string": b"x" * (WORDING_BYTES_MAX + 1)}, []) is None
    assert wording(SCOPE, [(b"accept", b"x" * 1000)]) is not None


def test_those_that_were_not_used_for_longest_are_forgotten() -> None:
    kept: dict[Hashable, int] = {}
    for number in range(WORDINGS_MAX):
        remember(kept, number, number)
    assert recall(kept, 0) == 0
    # Once more of what is known already costs nobody his place.
    remember(kept, 2, 2)
    assert len(kept) == WORDINGS_MAX
    remember(kept, "one more", -1)
    assert recall(kept, 1) is None
    assert [recall(kept, known) for known in (0, 2, "one more")] == [0, 2, -1]
    assert len(kept) == WORDINGS_MAX
