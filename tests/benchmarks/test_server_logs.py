"""What ends a measurement: a fault in the log of a server, in the form in which Matinee writes it into a file."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest

from benchmarks.servers import require_no_faults
from matinee.cli.log_lines import JsonLines, Masks


def line(level: int, message: str, *, fault: bool = False) -> str:
    record = logging.makeLogRecord({"name": "matinee", "levelno": level, "levelname": logging.getLevelName(level),
                                    "msg": message})  # fmt: skip
    if fault:
        try:
            raise ValueError("wrong")
        except ValueError:
            record.exc_info = sys.exc_info()
    return JsonLines(Masks([]), lambda: None).format(record) + "\n"


@pytest.mark.parametrize(
    "fault",
    [
        line(logging.ERROR, "the worker ended"),
        line(logging.CRITICAL, "the process ends by a fault"),
        line(logging.WARNING, "given up", fault=True),
        "Traceback (most recent call last):\n",
    ],
)
def test_a_fault_in_the_log_ends_the_run(tmp_path: Path, fault: str) -> None:
    log = tmp_path / "log"
    log.write_text(line(logging.INFO, "it serves") + fault)
    with pytest.raises(RuntimeError, match="logged a fault"):
        require_no_faults(log)


def test_what_goes_on_by_itself_does_not(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(
        line(logging.INFO, "it serves, with no ERROR at all") + line(logging.WARNING, "tried again")
    )
    require_no_faults(log)
