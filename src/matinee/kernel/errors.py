"""The kinds of refusal. Each area derives concrete errors from these; each surface maps them to its own answers."""

from __future__ import annotations

from typing import ClassVar


class DomainError(Exception):
    """A rule of the box office forbids what was asked.

    The class docstring of a concrete error is the sentence that people read; `code` is what programs compare.
    """

    code: ClassVar[str] = "error"

    def __init__(self, detail: str | None = None) -> None:
        self.detail = detail or (type(self).__doc__ or self.code).strip().splitlines()[0]
        super().__init__(self.detail)


class NotFound(DomainError):
    """What was named does not exist."""

    code = "not_found"


class NotAllowed(DomainError):
    """The caller may not do this."""

    code = "not_allowed"


class Conflict(DomainError):
    """The state of things forbids this now."""

    code = "conflict"


class Invalid(DomainError):
    """A value is not acceptable."""

    code = "invalid"


class Expired(DomainError):
    """The time for this has run out."""

    code = "expired"
