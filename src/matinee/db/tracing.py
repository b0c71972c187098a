"""Statements as spans: what kind of statement on which table, never its values."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import ExceptionContext

from matinee.kernel.spans import Span, span

_UNDER_WAY = "matinee_spans"
_TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE)\s+\"?(\w+)", re.IGNORECASE)


def trace_statements(engine: Engine) -> None:
    """Make every statement of the engine a span, inside whatever is traced."""
    system = "postgresql" if engine.dialect.name == "postgresql" else "sqlite"

    def begin(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        summary = summary_of(statement)
        begun = span(summary, kind="client", inside=True, db__system__name=system, db__query__summary=summary)
        begun.__enter__()
        _under_way(connection).append(begun)

    def end(connection: Connection, *_: Any) -> None:
        _under_way(connection).pop().__exit__(None, None, None)

    def fail(context: ExceptionContext) -> None:
        stack = _under_way(context.connection) if context.connection is not None else []
        if stack and context.cursor is not None:
            error = context.original_exception
            stack.pop().__exit__(type(error), error, error.__traceback__)

    event.listen(engine, "before_cursor_execute", begin)
    event.listen(engine, "after_cursor_execute", end)
    event.listen(engine, "handle_error", fail)


def summary_of(statement: str) -> str:
    """ "SELECT ticket": the first word, and the table that is named first."""
    words = statement.split(None, 1)
    verb = words[0].upper() if words else ""
    table = _TABLE.search(statement)
    return f"{verb} {table[1]}" if table is not None else verb


def _under_way(connection: Connection) -> list[AbstractContextManager[Span]]:
    stack: list[AbstractContextManager[Span]] = connection.info.setdefault(_UNDER_WAY, [])
    return stack
