"""A database that a command can work with."""

from __future__ import annotations

from sqlalchemy import Engine

from matinee.db.errors import SchemaNotCurrent
from matinee.db.schema import HEAD_REVISION, current_revision, upgrade_schema


def prepare_database(engine: Engine) -> None:
    """Lay the tables out in a database that has none yet. One that has others than these is the operator's to upgrade.

    Raises SchemaNotCurrent and DatabaseUnavailable.
    """
    revision = current_revision(engine)
    if revision is None:
        upgrade_schema(engine)
    elif revision != HEAD_REVISION:
        raise SchemaNotCurrent(
            f"The database has the schema {revision}, this version of Matinee needs {HEAD_REVISION}: "
            "run `matinee db upgrade`."
        )
