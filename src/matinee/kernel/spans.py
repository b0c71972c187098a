"""Spans: what took how long, inside what, for whoever traces requests. Nothing is traced unless a process was told to.

An attribute never holds what a person typed, nor a secret: names of kinds, numbers of our own, states.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Literal, Protocol

Kind = Literal["internal", "server", "client"]
Attribute = str | int | float | bool


class Span(Protocol):
    """What is under way."""

    def note(self, **attributes: Attribute) -> None:
        """Say more about it; two underscores in a name stand for a dot."""

    def rename(self, name: str) -> None:
        """Call it something else, once that is known."""

    def fail(self, kind: str) -> None:
        """It went wrong; `kind` is the name of a class of errors or a status, never a message."""


class NoSpan:
    """What is not traced."""

    def note(self, **attributes: Attribute) -> None:
        """Nothing is traced."""

    def rename(self, name: str) -> None:
        """Nothing is traced."""

    def fail(self, kind: str) -> None:
        """Nothing is traced."""


# Name, kind, the `traceparent` of who called, whether only inside another, attributes.
Tracer = Callable[[str, Kind, str, bool, dict[str, Attribute]], AbstractContextManager[Span]]

_NOTHING: AbstractContextManager[Span] = nullcontext(NoSpan())
_tracer: Tracer | None = None


def span(
    name: str, *, kind: Kind = "internal", parent: str = "", inside: bool = False, **attributes: Attribute
) -> AbstractContextManager[Span]:
    """What the block does is one span. An exception that leaves the block marks it as failed, without its message.

    `inside`: only as a part of another span, and otherwise none. Two underscores in the name of an attribute are a dot.
    """
    return _NOTHING if _tracer is None else _tracer(name, kind, parent, inside, attributes)


def is_tracing() -> bool:
    """Whether anybody wants to know."""
    return _tracer is not None


def trace_with(tracer: Tracer | None) -> None:
    """From now on this process traces there; None: nowhere."""
    global _tracer  # noqa: PLW0603 - the one for the process, as the clock is
    _tracer = tracer
