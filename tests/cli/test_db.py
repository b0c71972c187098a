from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, text

from matinee.app import create_app
from matinee.cli.main import main
from matinee.db.engine import database_url as read_address
from matinee.db.schema import HEAD_REVISION
from matinee.settings import read_settings
from matinee.web.shared.services import services_of


@pytest.fixture
def empty_database(
    environment: dict[str, str], empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> str:
    monkeypatch.setenv("MATINEE_DATABASE_URL", empty_database_url)
    return empty_database_url


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Settings need a database; which one is under test is said by `empty_database`."""
    return sqlite_url


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["db", *arguments])
    return result.exit_code, result.output


@pytest.mark.usefixtures("empty_database")
def test_upgrade_makes_the_tables_and_then_has_nothing_to_do() -> None:
    assert run("upgrade") == (0, f"Made the tables: schema {HEAD_REVISION}.\n")
    assert run("upgrade") == (0, f"Nothing to do: the schema is {HEAD_REVISION} already.\n")
    assert run("current") == (0, f"{HEAD_REVISION} (current)\n")


@pytest.mark.usefixtures("empty_database")
def test_current_says_that_there_are_no_tables() -> None:
    code, output = run("current")
    assert code == 1
    assert "no tables yet" in output
    assert "matinee db upgrade" in output


def test_upgrade_refuses_a_database_of_a_newer_version(empty_database: str) -> None:
    run("upgrade")
    engine = create_engine(read_address(empty_database))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    code, output = run("upgrade")
    assert code == 1
    assert "9999" in output
    assert "Traceback" not in output


def test_a_database_that_is_away_is_a_sentence(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATINEE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    for command in ("upgrade", "current"):
        code, output = run(command)
        assert code == 1
        assert "the database does not answer" in output


def test_a_file_that_is_named_without_its_folder_is_the_same_for_commands_and_pages(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MATINEE_DATABASE_URL", "sqlite:///house.sqlite")
    assert run("upgrade")[0] == 0
    app = create_app(read_settings())
    with services_of(app).engine.connect() as connection:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    services_of(app).engine.dispose()
    assert found == HEAD_REVISION
    assert (tmp_path / "house.sqlite").exists()


def test_a_file_is_named_by_its_path_alone(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATINEE_DATABASE_URL", "sqlite:///file:house.sqlite?uri=true")
    code, output = run("current")
    assert code == 2
    assert "MATINEE_DATABASE_URL must name a file by its path, without ?uri" in output
