"""A database that a command can work with."""

from __future__ import annotations

import logging

from sqlalchemy import Engine

from matinee.db.errors import SchemaNotCurrent
from matinee.db.schema import HEAD_REVISION, current_revision, upgrade_schema

log = logging.getLogger(__name__)


def prepare_database(engine: Engine, *, newer_is_accepted: bool = False) -> None:
    """Lay the tables out in a database that has none yet. One that has others than these is the operator's to upgrade.

    `newer_is_accepted`: the operator says that what a newer Matinee added to the schema is not in the way of this one.

    Raises SchemaNotCurrent and DatabaseUnavailable.
    """
    revision = current_revision(engine)
    if revision is None:
        upgrade_schema(engine)
    elif newer_is_accepted and revision > HEAD_REVISION:
        log.warning(
            "the database has the schema %s, of a newer Matinee than this one, which knows %s; that is accepted",
            revision,
            HEAD_REVISION,
        )
    elif revision != HEAD_REVISION:
        raise SchemaNotCurrent(
            f"The database has the schema {revision}, this version of Matinee needs {HEAD_REVISION}: "
            "run `matinee db upgrade`."
        )
