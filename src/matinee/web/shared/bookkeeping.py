"""What is owed to a request that is answered without the application: an id, its line in the log, and to be counted.

The application's own hooks do the same for those that it answers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from werkzeug.http import parse_list_header

from matinee.web.shared.asgi import Answer, Scope
from matinee.web.shared.request_ids import new_request_id
from matinee.web.shared.wordings import REQUEST_ID


@dataclass(frozen=True, slots=True)
class AnsweredBeside:
    """A request that was answered without the application."""

    method: str
    path: str
    query: bytes
    status: int
    seconds: float
    # As the proxies that are trusted name it, else the other end of the connection.
    caller: str
    request_id: str


class Bookkeeping:
    """Enters such answers."""

    def __init__(self, tell: Sequence[Callable[[AnsweredBeside], object]], *, trusted_proxies: int) -> None:
        """`tell`: who is told of each of them. `trusted_proxies`: so many stand before the server."""
        self._tell = tuple(tell)
        self._trusted_proxies = trusted_proxies

    def enter(self, scope: Scope, answer: Answer, *, seconds: float) -> Answer:
        """The answer to this request, which took so long, with an id of its own."""
        status, headers, body = answer
        said = AnsweredBeside(
            scope["method"], scope["path"], scope["query_string"], status,
            seconds, self._caller(scope), self._request_id(scope),
        )  # fmt: skip
        for tell in self._tell:
            tell(said)
        return status, [*headers, (REQUEST_ID, said.request_id.encode())], body

    def _request_id(self, scope: Scope) -> str:
        return new_request_id(_value(scope, REQUEST_ID) if self._trusted_proxies else "")

    def _caller(self, scope: Scope) -> str:
        # As `ProxyFix` does for the application.
        count = self._trusted_proxies
        named = parse_list_header(_value(scope, b"x-forwarded-for")) if count else []
        if len(named) >= count > 0 and named[-count]:
            return named[-count]
        client = scope.get("client")
        return client[0] if client else ""


def _value(scope: Scope, wanted: bytes) -> str:
    return ",".join(value.decode("latin-1") for name, value in scope["headers"] if name == wanted)
