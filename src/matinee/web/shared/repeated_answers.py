"""The same request gets the same answer, as long as what the answer shows is kept and nothing of it has changed.

The application answers the first of them. What it said, status, headers and body, is said again to all that ask in the very
same words, without asking the application: only the id of the request is their own. They are logged and counted as others.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from matinee.web.shared.asgi import Answer, Headers, Scope
from matinee.web.shared.kept_answers import KeptAnswers
from matinee.web.shared.request_ids import HEADER, new_request_id

# In how many words the same may be asked for; whatever is asked for in others is answered by the application.
WORDINGS_MAX = 64
_REQUEST_ID = HEADER.lower().encode()
# Headers that no answer depends on but for its id: they go into the log, or nowhere.
_WITHOUT_EFFECT = frozenset(
    (_REQUEST_ID, b"user-agent", b"referer", b"x-forwarded-for", b"x-real-ip", b"traceparent", b"tracestate")
)


@dataclass(frozen=True, slots=True)
class Repeated:
    """A request that was answered without the application."""

    method: str
    path: str
    query: bytes
    status: int
    seconds: float
    # As the proxies that are trusted name it, else the other end of the connection.
    caller: str
    request_id: str


class RepeatedAnswers:
    """What a bridge asks before it hands a request to a thread."""

    def __init__(
        self,
        kept: KeptAnswers,
        *,
        key_of: Callable[[Scope], Hashable | None],
        tell: Sequence[Callable[[Repeated], object]],
        trusted_proxies: int,
        repeats: bool = True,
    ) -> None:
        """`key_of`: under which key `kept` has what a request shows; None for all that is not to be repeated.

        `tell`: who is told of each answer that was repeated. `trusted_proxies`: so many stand before the server.
        `repeats`: False lets the application give each answer, though without a thread of its own.
        """
        self._kept = kept
        self._key_of = key_of
        self._tell = tuple(tell)
        self._trusted_proxies = trusted_proxies
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
        wording = _wording(scope)
        known: Answer | None = beside.get(wording)
        if known is None:
            answer = answer_here()
            if len(beside) < WORDINGS_MAX and _may_be_repeated(answer):
                beside[wording] = _without_id(answer)
            return answer
        status, headers, body = known
        said = Repeated(
            scope["method"], scope["path"], scope["query_string"], status,
            time.perf_counter() - began, self._caller(scope), self._request_id(scope),
        )  # fmt: skip
        for tell in self._tell:
            tell(said)
        return status, [*headers, (_REQUEST_ID, said.request_id.encode())], body

    def _request_id(self, scope: Scope) -> str:
        return new_request_id(_value(scope, _REQUEST_ID) if self._trusted_proxies else "")

    def _caller(self, scope: Scope) -> str:
        # As `ProxyFix` does for the application.
        count = self._trusted_proxies
        named = [each.strip() for each in _value(scope, b"x-forwarded-for").split(",")] if count else []
        if len(named) >= count > 0 and named[-count]:
            return named[-count]
        client = scope.get("client")
        return client[0] if client else ""


def _wording(scope: Scope) -> Hashable:
    headers = tuple(header for header in scope["headers"] if header[0] not in _WITHOUT_EFFECT)
    return scope["path"], scope["query_string"], scope.get("scheme"), headers


def _value(scope: Scope, wanted: bytes) -> str:
    return ",".join(value.decode("latin-1") for name, value in scope["headers"] if name == wanted)


def _may_be_repeated(answer: Answer) -> bool:
    status, headers, _ = answer
    return status == 200 and not any(name == b"set-cookie" for name, _ in headers)


def _without_id(answer: Answer) -> Answer:
    status, headers, body = answer
    kept: Headers = [header for header in headers if header[0] != _REQUEST_ID]
    return status, kept, body
