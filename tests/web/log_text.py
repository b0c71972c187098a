"""What is logged, as the processes write it."""

from __future__ import annotations

import io
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterator

import pytest

from matinee.cli.log import write_log
from matinee.settings import Settings

# All that was logged since the test began.
LogText = Callable[[], str]


@pytest.fixture
def log_text(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[LogText]:
    """Write the log as JSON, and read it."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    hooks = sys.excepthook, threading.excepthook, warnings.showwarning
    with monkeypatch.context() as changed:
        written = io.StringIO()
        changed.setattr(sys, "stderr", written)
        write_log(settings.model_copy(update={"log": "json"}))
    yield written.getvalue
    root.handlers[:] = before
    root.setLevel(level)
    logging.captureWarnings(False)
    sys.excepthook, threading.excepthook, warnings.showwarning = hooks
