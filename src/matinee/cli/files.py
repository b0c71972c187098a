"""Reading what a command is given, and writing what it gives."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import click

FILE_BYTES_MAX = 100 * 1024 * 1024


def read_given(path: str) -> tuple[str, bytes]:
    """Name (for messages) and content of a file; `-` is the standard input. Ends the command where it cannot be read."""
    if path == "-":
        return "standard input", sys.stdin.buffer.read(FILE_BYTES_MAX)
    name = Path(path).name
    try:
        with Path(path).open("rb") as file:
            data = file.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise click.ClickException(f"{path}: cannot be read: {error.strerror}") from None
    if len(data) > FILE_BYTES_MAX:
        raise click.ClickException(f"{path}: has more than {FILE_BYTES_MAX // 1024 // 1024} MB")
    return name, data


def write_given(path: str, content: str | bytes) -> None:
    """Write a file, all of it or nothing; `-` is the standard output. Ends the command where it cannot be written."""
    data = content.encode() if isinstance(content, str) else content
    if path == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    target = Path(path)
    try:
        handle, draft = tempfile.mkstemp(dir=target.absolute().parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(draft).chmod(0o644)
            Path(draft).replace(target)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise click.ClickException(f"{path}: cannot be written: {error.strerror}") from None
