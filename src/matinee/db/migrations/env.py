"""How Alembic runs the steps: on the connection that `matinee.db.schema` hands over.

To write a new step after a change of the models: `make migration m="What changes"`, then read what was written.
"""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

from matinee.db.base import Base, UtcDateTime


def _write_type(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    # A step must not change when our own types do: it names the type beneath.
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run_steps(connection: Connection) -> None:
    """Run the steps on `connection`: in the transaction that its owner opened, or each in one of its own (online)."""
    online = bool(context.config.attributes.get("online"))
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=_write_type,
        # SQLite cannot alter a column in place: Alembic makes the table anew and copies the rows.
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        transaction_per_migration=online,
    )
    if not online:
        context.run_migrations()
        return
    with context.begin_transaction():
        context.run_migrations()


run_steps(context.config.attributes["connection"])
