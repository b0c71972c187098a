"""The WSGI entry point: `matinee.wsgi:application`, for granian and for any other server or host."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from matinee.app import create_app
from matinee.cli.log import write_log
from matinee.kernel.counts import tell_counts_to
from matinee.settings import read_settings
from matinee.web.shared.metrics.meter import FOLDER_VARIABLE, Meter

settings = read_settings()
# A host that has set up logging has the word.
if not logging.getLogger().handlers:
    write_log(settings)
# Several processes of one host count together where the host names a folder for it, see docs/monitoring.md.
meter = None
if settings.metrics_token:
    folder = os.environ.get(FOLDER_VARIABLE)
    meter = Meter(Path(folder) if folder else None)
    tell_counts_to(meter.tally)
application = create_app(settings, meter=meter)
