"""How a look reads the database: each surface brings its own way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

Result = TypeVar("Result")


class Read(Protocol):
    """Runs work in a transaction that only reads: `Transactions.read`, or what stands for it in a surface."""

    def __call__(self, work: Callable[[Session], Result], /) -> Result: ...
