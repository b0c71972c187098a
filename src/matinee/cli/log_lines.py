"""What a line of the log looks like: one JSON object, or text for a person at a terminal. Secrets are taken out of both."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from matinee.web.shared.access_log import SECRET_NAMES

# Shorter ones would take the middle out of ordinary words.
SECRET_CHARACTERS_MIN = 6
# Of queries and headers that an error quotes, or somebody else's library logs.
_NAMED = re.compile(
    rf"(?i)((?<![a-z0-9_])(?:{'|'.join(SECRET_NAMES)}|secret|api_key)=|\bBearer\s+)[^&\s\"'<>]+"
)
_IN_ADDRESS = re.compile(r"(://[^\s:/@]*:)[^\s/@]+(?=@)")

# Made once: `json.dumps` would make one for each line.
_ENCODER = json.JSONEncoder(default=str)


class Masks:
    """Takes secrets out of texts: the ones that are known, and whatever stands behind a name of one."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = sorted({one for one in secrets if len(one) >= SECRET_CHARACTERS_MIN}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def known(self, text: str) -> str:
        """The text without the known secrets."""
        return self._known.sub("***", text) if self._known is not None else text

    def all(self, text: str) -> str:
        """The text without the known secrets, and without values behind names of secrets."""
        text = self.known(text)
        if "=" in text or "earer" in text.lower():
            text = _NAMED.sub(r"\1***", text)
        return _IN_ADDRESS.sub(r"\1***", text) if "://" in text else text


class _Lines(logging.Formatter):
    def __init__(self, masks: Masks, request_id: Callable[[], str | None]) -> None:
        super().__init__()
        self._masks = masks
        self._request_id = request_id

    def _fields(self, record: logging.LogRecord) -> dict[str, Any]:
        """The request's id, and what the record has beside its message (`extra={"fields": ...}`), masked by who logs it."""
        identifier = self._request_id()
        fields: dict[str, Any] = {"request_id": identifier} if identifier is not None else {}
        for name, value in getattr(record, "fields", {}).items():
            fields[name] = self._masks.known(value) if isinstance(value, str) else value
        return fields

    def _message(self, record: logging.LogRecord) -> str:
        return self._masks.all(record.getMessage())

    def _fault(self, record: logging.LogRecord) -> str:
        text = self.formatException(record.exc_info) if record.exc_info and record.exc_info[0] else ""
        if record.stack_info:
            text += ("\n" if text else "") + self.formatStack(record.stack_info)
        return self._masks.all(text)


class JsonLines(_Lines):
    """`{"time": ..., "level": ..., "logger": ..., "message": ...}` and more, in one line."""

    def format(self, record: logging.LogRecord) -> str:
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line = {
            "time": f"{moment}.{int(record.msecs):03d}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": self._message(record),
            **self._fields(record),
        }
        if fault := self._fault(record):
            line["exception"] = fault
        return _ENCODER.encode(line)


class TextLines(_Lines):
    """`2030-05-17 09:00:00.123 INFO matinee.cli.worker worker odeon:17 begins`, in the time of the machine."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).astimezone()
        beside = "".join(f" {name}={value}" for name, value in self._fields(record).items())
        line = (
            f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d} {record.levelname} "
            f"{record.name} {self._message(record)}{beside}"
        )
        fault = self._fault(record)
        return f"{line}\n{fault}" if fault else line
