"""Selects that are written once and run on both databases; on PostgreSQL over the direct connections, where there are any.

For what is asked in every request: there a transaction of its own takes three round trips, and a session takes longer than
the server does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select
from sqlalchemy.dialects import postgresql

from matinee.db.direct import DirectConnections
from matinee.db.transaction import Transactions


class DirectSelect:
    """A select of columns, whose values are all given by name."""

    def __init__(self, wanted: Select[*tuple[Any, ...]]) -> None:
        """`wanted`: its parameters are `bindparam`s without values. Raises ValueError where one has a value already."""
        compiled = wanted.compile(dialect=postgresql.dialect(paramstyle="named"))  # type: ignore[no-untyped-call]
        if any(value is not None for value in compiled.params.values()):
            raise ValueError("a value of the statement has no name")
        self._wanted = wanted
        self._text = str(compiled)

    def rows(
        self, transactions: Transactions, direct: DirectConnections | None, **values: Any
    ) -> Sequence[Sequence[Any]]:
        """Its rows as they are now. Raises DatabaseUnavailable."""
        if direct is None:
            return transactions.read(lambda session: session.execute(self._wanted, values).all())
        return direct.fetch_all(self._text, values, may_repeat=True)
