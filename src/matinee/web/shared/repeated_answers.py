"""The same request gets the same answer, as long as what the answer shows is kept and nothing of it has changed.

The application answers the first of them. What it said, status, headers and body, is said again to all that ask in the very
same words, without asking the application: only the id of the request is their own. They are logged and counted as others.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

from matinee.web.shared.asgi import Answer, Scope
from matinee.web.shared.bookkeeping import Bookkeeping
from matinee.web.shared.kept_answers import KeptAnswers
from matinee.web.shared.wordings import (
    has_effect,
    headers_for_others,
    is_for_others,
    recall,
    remember,
    wording,
)


class RepeatedAnswers:
    """What a bridge asks before it hands a request to a thread."""

    def __init__(
        self,
        kept: KeptAnswers,
        *,
        key_of: Callable[[Scope], Hashable | None],
        bookkeeping: Bookkeeping,
        repeats: bool = True,
    ) -> None:
        """`key_of`: under which key `kept` has what a request shows; None for all that is not to be repeated.

        `bookkeeping`: has each answer that was repeated. `repeats`: False lets the application give each answer, though
        without a thread of its own.
        """
        self._kept = kept
        self._key_of = key_of
        self._bookkeeping = bookkeeping
        self._repeats = repeats

    def __call__(self, scope: Scope, answer_here: Callable[[], Answer]) -> Answer | None:
        """The answer, where it takes no waiting for anybody, else None. `answer_here` asks the application."""
        began = time.perf_counter()
        key = self._key_of(scope)
        beside = None if key is None else self._kept.at_hand(key)
        if beside is None:
            return None
        if not self._repeats:
            return answer_here()
        words = wording(scope, (header for header in scope["headers"] if has_effect(header[0])))
        if words is None:
            return answer_here()
        known: Answer | None = recall(beside, words)
        if known is None:
            answer = answer_here()
            if is_for_others(answer):
                remember(beside, words, (answer[0], headers_for_others(answer), answer[2]))
            return answer
        return self._bookkeeping.enter(scope, known, seconds=time.perf_counter() - began)
