"""What the database itself can answer that is nobody's fault but must reach the caller."""

from __future__ import annotations


class DatabaseUnavailable(Exception):
    """The database cannot be reached, is full, or stayed busy. Nothing that was asked has been acknowledged."""

    def __init__(self, reason: str, retry_after_seconds: int = 2) -> None:
        super().__init__(reason)
        self.retry_after_seconds = retry_after_seconds


class SchemaNotCurrent(Exception):
    """The schema of the database is not the one that this version needs: run `matinee db upgrade`."""


class WroteWhileReading(AssertionError):
    """Work that was handed to `Transactions.read` has changed something, which is lost. Hand it to `write`."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)
