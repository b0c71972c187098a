"""Where the log of a process that stays goes: to standard error, one line for each event."""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType
from typing import Any

from matinee.cli.log_lines import JsonLines, Masks, TextLines
from matinee.settings import Settings
from matinee.web.shared.request_ids import request_id_if_any

# For the server's library, which would write lines of its own form to standard output.
SERVER_LOG: dict[str, Any] = {"handlers": {}, "formatters": {}, "loggers": {"_granian": {"propagate": True}}}

log = logging.getLogger(__name__)


def is_json(settings: Settings) -> bool:
    """Whether the log is for programs: as set, else where nobody sits at a terminal."""
    return settings.log == "json" or (settings.log == "auto" and not sys.stderr.isatty())


def write_log(settings: Settings) -> None:
    """Begin to write the log of this process. Faults that nobody catches, and warnings of Python, go there too."""
    form = JsonLines if is_json(settings) else TextLines
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(form(Masks(settings.secrets()), request_id_if_any))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    # It tells each of its plug-ins and steps; the command says what came of it.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.captureWarnings(True)
    # Nobody reads in which line, thread or process something was logged, and looking for that takes as long as the rest.
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    sys.excepthook = _log_end
    threading.excepthook = _log_end_of_thread


def _log_end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        log.critical("the process ends by a fault", exc_info=(kind, error, trace))


def _log_end_of_thread(args: threading.ExceptHookArgs) -> None:
    if not issubclass(args.exc_type, SystemExit):
        name = args.thread.name if args.thread is not None else "?"
        log.critical("the thread %s ended by a fault", name,
                     exc_info=(args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback))  # fmt: skip
