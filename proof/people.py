"""Somebody who buys, in a thread. The standard library alone: the buyers' process starts quickly."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod


class Person(ABC, threading.Thread):
    """One person, who does one thing after the other. What nobody foresaw is raised where he is waited for."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._error: Exception | None = None

    @abstractmethod
    def _shop(self) -> None:
        """All that the person does, to the end."""

    def run(self) -> None:
        try:
            self._shop()
        except Exception as error:  # noqa: BLE001 - raised by `wait`
            self._error = error

    def wait(self) -> None:
        """Until the person is through. Raises what `_shop` raised."""
        self.join()
        if self._error is not None:
            raise self._error
