"""The rules of the house that a program can check: who imports whom, how long things are, what has a name."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import matinee
from matinee.db.base import Base
from matinee.kernel.errors import DomainError

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "matinee"
FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70
# Only these end a transaction: the one place of the application, and the schema's own.
MAY_COMMIT = {"db/transaction.py"}


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def modules() -> Iterator[str]:
    for found in pkgutil.walk_packages(matinee.__path__, "matinee."):
        if "migrations." not in found.name and not found.name.endswith(("__main__", ".wsgi")):
            yield found.name


def all_errors(kind: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    for error in kind.__subclasses__():
        yield error
        yield from all_errors(error)


@pytest.fixture(scope="module", autouse=True)
def _everything_imported() -> None:
    for name in modules():
        importlib.import_module(name)


def test_imports_point_down() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_files_and_functions_are_short() -> None:
    too_long = []
    for path in python_files("src", "tests", "benchmarks", "proof", "tools"):
        text = path.read_text()
        lines = len(text.splitlines())
        too_long += [f"{path.name}: {lines} lines"] if lines > FILE_LINES_MAX else []
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                too_long += [f"{path.name}, {node.name}: {lines} lines"] if lines > FUNCTION_LINES_MAX else []
    assert too_long == []


def test_no_own_import_is_hidden_in_a_function() -> None:
    hidden = []
    for path in python_files("src"):
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                for node in ast.walk(function):
                    names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                    names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                    hidden += [
                        f"{path.name}:{node.lineno}" for name in names if name.split(".")[0] == "matinee"
                    ]
    assert hidden == []


def test_only_one_place_commits() -> None:
    committing = {
        str(path.relative_to(SOURCE))
        for path in python_files("src")
        if "migrations" not in path.parts and re.search(r"\.commit\(", path.read_text())
    }
    assert committing == MAY_COMMIT


def test_no_module_is_a_drawer_for_everything() -> None:
    names = {path.stem for path in python_files("src", "tests", "benchmarks", "proof")}
    assert names.isdisjoint({"utils", "util", "helpers", "helper", "misc", "common"})


def test_every_refusal_says_a_sentence_and_has_a_code_of_its_own() -> None:
    codes: dict[str, type[DomainError]] = {}
    for error in set(all_errors()):
        if not error.__module__.startswith("matinee"):
            continue
        assert error.__dict__.get("__doc__"), error
        assert inspect.cleandoc(error.__doc__ or "").splitlines()[0].endswith("."), error
        assert "code" in error.__dict__, f"{error} has no code of its own"
        assert error.code not in codes, f"{error} and {codes[error.code]} share the code {error.code}"
        codes[error.code] = error
    assert len(codes) > 10


def test_every_constraint_and_index_has_a_name() -> None:
    tables = Base.metadata.tables.values()
    assert len(tables) > 10
    for table in tables:
        for thing in [*table.constraints, *table.indexes]:
            assert thing.name, f"{table.name}: {thing}"


def test_every_public_function_of_the_domain_takes_the_session_first() -> None:
    for room in ("accounts", "outbox", "programme", "payments", "boxoffice"):
        for path in sorted((SOURCE / room).glob("*.py")):
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    names = [argument.arg for argument in node.args.args]
                    if "session" in names:
                        assert names[0] == "session", f"{path.name}: {node.name}"


def test_the_locks_name_no_address_and_have_hashes() -> None:
    for name in (
        "requirements.lock",
        "requirements-dev.lock",
        "requirements-otel.lock",
        "requirements-bench.lock",
    ):
        text = (ROOT / name).read_text()
        assert "://" not in text
        pinned = re.findall(r"^[a-z0-9][^\s=]*==", text, re.MULTILINE)
        assert len(pinned) > 30
        assert text.count(" \\\n    --hash=sha256:") >= len(pinned)


def test_the_development_lock_agrees_with_the_lock() -> None:
    def pinned(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9][^\s=]*)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))

    needed, developing = pinned("requirements.lock"), pinned("requirements-dev.lock")
    assert needed.items() <= developing.items()
    assert pinned("requirements-otel.lock").items() <= developing.items()
    plotting = pinned("requirements-bench.lock")
    assert {
        name: plotting[name] for name in plotting.keys() & developing.keys()
    }.items() <= developing.items()


def test_the_tree_stands_by_itself() -> None:
    # No path of a machine, and nothing that a reader elsewhere cannot follow.
    foreign = re.compile(r"(?<![\w.])/(work|root|home/\w+/\.cache)/|\bissue #?\d+\b", re.IGNORECASE)
    found = []
    for folder in ("src", "tests", "docs", "benchmarks", "proof", "deploy", "examples", "tools", ".ci"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix in {
                ".py",
                ".md",
                ".sh",
                ".html",
                ".txt",
                ".css",
                ".service",
                "",
            }:
                text = path.read_text(errors="replace")
                found += [f"{path.relative_to(ROOT)}: {hit[0]}" for hit in foreign.finditer(text)]
    assert [line for line in found if not line.startswith("tests/architecture/")] == []
