from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

from matinee import __version__
from matinee.cli.main import COMMANDS, main


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_can_be_called_and_explains_itself(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0, result.output
    assert f"{name} [OPTIONS]" in result.output


def test_the_overview_names_every_command_and_teaches() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    for name, entry in COMMANDS.items():
        assert name in result.output
        assert entry.summary in result.output
    assert "MATINEE_DATABASE_URL" in result.output


def test_the_version_is_told() -> None:
    assert __version__ in CliRunner().invoke(main, ["--version"]).output


def test_an_unknown_command_is_refused() -> None:
    result = CliRunner().invoke(main, ["sell"])
    assert result.exit_code == 2
    assert "No such command" in result.output


def test_the_overview_imports_no_library_but_click() -> None:
    program = (
        "import sys, matinee.cli.main\n"
        "from click.testing import CliRunner\n"
        "CliRunner().invoke(matinee.cli.main.main, ['--help'])\n"
        "print([name for name in ('flask', 'sqlalchemy', 'pydantic', 'rich', 'granian') if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
