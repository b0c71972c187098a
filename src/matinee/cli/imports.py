"""Importing much at once, as a command does when it starts."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def nothing_is_garbage() -> Iterator[None]:
    """Look for no garbage inside the block, and never again among what was made in it.

    Modules stay as long as the process. Looking through all of them, again and again while they are imported, takes a
    fifth of the start of the server; and what is frozen stays in memory that forks share.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
