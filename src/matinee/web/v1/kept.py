"""Answers to everybody that are made once per version of the data, and then sent as they are."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from matinee.web.shared.prepared import Prepared
from matinee.web.shared.services import services
from matinee.web.v1.answers import Answer


def kept(work: Callable[[Session], Answer], *, key: object) -> Answer:
    """The answer of `work`, which only reads, and depends on the data and `key` alone. Raises what `work` raises."""
    return kept_answer(lambda: services().reader.read(work), key=key)


def kept_answer(make: Callable[[], Answer], *, key: object) -> Answer:
    """The same of an answer whose maker reads by itself."""

    def prepare() -> Answer:
        made = make()
        return Answer(Prepared(made.content()), headers=made.headers)

    return services().kept_answers.get(("v1", key), prepare)
