"""Where the log of a process that stays goes: to standard error, one line for each event."""

from __future__ import annotations

import logging


def write_log() -> None:
    """Begin to write the log of this process."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # It tells each of its plug-ins and steps; the command says what came of it.
    logging.getLogger("alembic").setLevel(logging.WARNING)
