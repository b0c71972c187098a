"""The words in which something is asked for: what is known of the answer to one request is true of all in the same words."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TypeVar

from matinee.web.shared.asgi import Answer, Headers, Scope
from matinee.web.shared.request_ids import HEADER

REQUEST_ID = HEADER.lower().encode()
# Headers that no answer depends on, but for its id: they go into the log, or nowhere. Nor does one on `sec-...`, in which
# browsers tell of themselves.
_WITHOUT_EFFECT = frozenset(
    (
        REQUEST_ID, b"user-agent", b"referer", b"dnt", b"priority", b"cache-control", b"pragma", b"traceparent",
        b"tracestate", b"x-forwarded-for", b"x-real-ip", b"forwarded", b"via",
    )
)  # fmt: skip
# In how many words the same may be asked for; beyond them those that were not used for longest are forgotten.
WORDINGS_MAX = 64
# Nobody's own are as long. What is known of others is not given up for them, and they take no memory.
WORDING_BYTES_MAX = 4096

Known = TypeVar("Known")


def has_effect(name: bytes) -> bool:
    """Whether an answer may depend on the header of this name."""
    return name not in _WITHOUT_EFFECT and not name.startswith(b"sec-")


def wording(scope: Scope, headers: Iterable[tuple[bytes, bytes]]) -> Hashable | None:
    """That of a request, of whose headers these have an effect. None where it is too long for anything to be kept of it."""
    told = tuple(headers)
    length = len(scope["query_string"]) + sum(len(name) + len(value) for name, value in told)
    if length > WORDING_BYTES_MAX:
        return None
    return scope["path"], scope["query_string"], scope.get("scheme"), told


def recall(kept: dict[Hashable, Known], words: Hashable) -> Known | None:
    """What is known for these words, if anything. They count as used."""
    known = kept.pop(words, None)
    if known is not None:
        kept[words] = known
    return known


def remember(kept: dict[Hashable, Known], words: Hashable, known: Known) -> None:
    """Keep what is known for these words."""
    kept.pop(words, None)
    if len(kept) >= WORDINGS_MAX:
        del kept[next(iter(kept))]
    kept[words] = known


def is_for_others(answer: Answer) -> bool:
    """Whether the headers of an answer suit whoever asks in the same words: a success, and no cookie."""
    status, headers, _ = answer
    return status == 200 and not any(name == b"set-cookie" for name, _ in headers)


def headers_for_others(answer: Answer) -> Headers:
    """The headers of an answer without the id of the request."""
    return [header for header in answer[1] if header[0] != REQUEST_ID]
