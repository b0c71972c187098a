from __future__ import annotations

import os
from pathlib import Path

import pytest

from matinee.backups import postgres_programs
from matinee.backups.databases import open_database
from matinee.backups.errors import ProgramMissing
from matinee.backups.postgres_programs import environment_for, find_program


def program(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True)
    path = folder / "pg_dump"
    path.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}'\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which no program of PostgreSQL's is."""
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}{os.pathsep}/nowhere")
    monkeypatch.setattr(postgres_programs, "DEBIAN", tmp_path / "debian")
    monkeypatch.setattr(postgres_programs.importlib.util, "find_spec", lambda _name: None)
    return tmp_path


def test_a_missing_program_is_a_sentence_that_says_what_to_install(bare: Path) -> None:
    with pytest.raises(ProgramMissing, match=r"none was found.*apt install postgresql-client-17"):
        find_program("pg_dump", version_min=17)


def test_one_that_is_too_old_is_passed_over_for_a_newer_one(bare: Path) -> None:
    old = program(bare / "path", "15.18 (Debian 15.18-0+deb12u1)")
    with pytest.raises(ProgramMissing, match=r"or newer is needed, and .*/path/pg_dump is of version 15"):
        find_program("pg_dump", version_min=17)
    assert find_program("pg_dump", version_min=15).path == old
    program(bare / "debian" / "9.6" / "bin", "9.6.24")
    newer = program(bare / "debian" / "17" / "bin", "17.2")
    assert find_program("pg_dump", version_min=17).path == newer


def test_the_password_goes_by_the_environment() -> None:
    engine = open_database("postgresql://anna:p%40ss@db.example.org:6432/cinema?sslmode=verify-full")
    environment = environment_for(engine)
    assert {name: environment[name] for name in ("PGUSER", "PGPASSWORD", "PGHOST", "PGPORT", "PGDATABASE", "PGSSLMODE")} == {
        "PGUSER": "anna", "PGPASSWORD": "p@ss", "PGHOST": "db.example.org", "PGPORT": "6432", "PGDATABASE": "cinema",
        "PGSSLMODE": "verify-full",
    }  # fmt: skip
