"""Write the next step of the schema: what the models have and the steps so far do not make.

It compares with a SQLite database that the steps make. Read what it wrote, complete it (data, checks and sequences are not
compared), put its number into `matinee.db.schema.HEAD_REVISION`, and run the tests of the schema.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

import matinee.accounts.models
import matinee.boxoffice.models
import matinee.boxoffice.till_models
import matinee.db.migrations
import matinee.db.version
import matinee.door.models
import matinee.outbox.models
import matinee.payments.models
import matinee.programme.models
import matinee.reports.models
import matinee.tickets.models
import matinee.web.v1.models
from matinee.db.engine import database_url, prepare_engine
from matinee.db.schema import HEAD_REVISION, upgrade_schema


def write_step(message: str) -> None:
    """Write the step after HEAD_REVISION, named after `message`."""
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(database_url(f"sqlite:///{folder}/steps.sqlite"))
        prepare_engine(engine)
        upgrade_schema(engine)
        with engine.begin() as connection:
            config = Config()
            config.set_main_option("script_location", str(Path(matinee.db.migrations.__file__).parent))
            config.attributes["connection"] = connection
            command.revision(config, message, autogenerate=True, rev_id=f"{int(HEAD_REVISION) + 1:04}")
        engine.dispose()


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].strip():
        sys.exit('usage: make migration m="What changes"')
    write_step(sys.argv[1])
