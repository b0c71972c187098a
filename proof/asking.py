"""One connection of a buyer's to the web server: asks until there is an answer, and keeps what each try came to."""

from __future__ import annotations

import http.client
import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from proof.history import NO_ANSWER, Try, is_no_answer

# The server itself gives up on its database after a quarter of a minute.
ANSWER_SECONDS_MAX = 25.0
PAUSE_SECONDS = 0.15


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked in the end came to: the last answer, and all tries."""

    status: int
    body: dict[str, Any]
    tries: list[Try] = field(default_factory=list)

    @property
    def result(self) -> str:
        """ "done", "refused" or "unknown"."""
        if is_no_answer(self.status, str(self.body.get("code", ""))):
            return "unknown"
        return "done" if self.status < 300 else "refused"


class Line:
    """Not for several threads."""

    def __init__(self, port: int, headers: Mapping[str, str], *, may_go_on: Callable[[], bool]) -> None:
        """`may_go_on`: whether one who got no answer asks again."""
        self._headers = dict(headers)
        self._may_go_on = may_go_on
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS_MAX)

    def ask(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, headers: Mapping[str, str] | None = None,
        keyed: bool = True, repeat: bool = True,
    ) -> Asked:  # fmt: skip
        """Ask, with a new Idempotency-Key; `repeat` the same request until it is answered.

        A connection that was refused carried nothing, so that it is no try, and is always made again.
        """
        told = {**self._headers, **(headers or {})}
        if keyed:
            told["Idempotency-Key"] = str(uuid.uuid4())
        content = None if body is None else json.dumps(body)
        if content is not None:
            told["Content-Type"] = "application/json"
        tries: list[Try] = []
        while True:
            begin = time.monotonic()
            try:
                status, answer = self._once(method, path, content, told)
            except ConnectionRefusedError:
                self._connection.close()
                if not self._may_go_on():
                    return Asked(NO_ANSWER, {}, tries or [Try(begin, time.monotonic(), NO_ANSWER)])
                time.sleep(PAUSE_SECONDS)
                continue
            code = str(answer.get("code", ""))
            tries.append(Try(begin, time.monotonic(), status, code))
            if not repeat or not is_no_answer(status, code) or not self._may_go_on():
                return Asked(status, answer, tries)
            time.sleep(PAUSE_SECONDS)

    def _once(
        self, method: str, path: str, content: str | None, headers: dict[str, str]
    ) -> tuple[int, dict[str, Any]]:
        try:
            self._connection.request(method, path, body=content, headers=headers)
            response = self._connection.getresponse()
            said = response.read()
        except ConnectionRefusedError:
            raise
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return NO_ANSWER, {}
        try:
            answer = json.loads(said) if said else {}
        except ValueError:
            answer = {}
        return response.status, answer if isinstance(answer, dict) else {}
