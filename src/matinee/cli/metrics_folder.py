"""The folder in which the processes of one server meet to count: made when it starts, gone when it ends."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = "metrics"


@contextmanager
def metrics_folder(data_dir: Path) -> Iterator[Path]:
    """A folder for the server that this process is, empty. What killed servers left is thrown away."""
    above = data_dir / FOLDER
    above.mkdir(exist_ok=True)
    for left in above.iterdir():
        if left.name.isdigit() and not _runs(int(left.name)):
            shutil.rmtree(left, ignore_errors=True)
    own = above / str(os.getpid())
    shutil.rmtree(own, ignore_errors=True)
    own.mkdir()
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
