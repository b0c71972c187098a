"""The WSGI entry point: `matinee.wsgi:application`, for granian and for any other server or host."""

from __future__ import annotations

import logging

from matinee.app import create_app
from matinee.cli.log import write_log
from matinee.settings import read_settings

settings = read_settings()
# A host that has set up logging has the word.
if not logging.getLogger().handlers:
    write_log(settings)
application = create_app(settings)
