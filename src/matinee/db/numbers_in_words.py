"""Numbers that stand in a statement's text and are no parameters, where a plan for all numbers would be a bad one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, Integer, Select, bindparam
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg


class LimitInWords(PGCompiler_psycopg):
    """The compiler for PostgreSQL, but that LIMIT and OFFSET say a number.

    Of a LIMIT that is a parameter PostgreSQL supposes a tenth of all rows. A plan for all values then seems dearer than one
    for these, and it plans each execution anew, which takes longer than finding fifty rows does.
    """

    def limit_clause(self, select: Select[Any], **kw: Any) -> str:
        """As `SQLCompiler.limit_clause`; the numbers are put in at each execution, into the statement that is kept."""
        kw["literal_execute"] = True
        return super().limit_clause(select, **kw)  # type: ignore[no-any-return, no-untyped-call]


def in_words(number: int) -> BindParameter[int]:
    """A number to compare a column with, and that says how many rows there are. One statement is compiled for all."""
    return bindparam(None, number, Integer, literal_execute=True)
