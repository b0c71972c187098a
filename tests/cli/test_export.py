from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from matinee.cli.programme import export_command, hall, import_command

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(autouse=True)
def _settings_of_the_test(environment: dict[str, str]) -> None:
    """Every command here reads the settings of the fresh database."""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(export_command, [str(argument) for argument in arguments])


def take(*arguments: object) -> None:
    assert CliRunner().invoke(import_command, [str(argument) for argument in arguments]).exit_code == 0


def test_the_programme_is_written_to_the_standard_output_and_to_a_file(tmp_path: Path) -> None:
    take(EXAMPLES / "days.json")

    assert json.loads(run().stdout) == json.loads((EXAMPLES / "days.json").read_bytes())
    assert run(tmp_path / "out.json").exit_code == 0
    assert (tmp_path / "out.json").read_text("utf-8") == run("-").stdout


def test_screenings_that_cost_money_come_back_with_their_prices(tmp_path: Path) -> None:
    assert CliRunner().invoke(hall, ["import", str(EXAMPLES / "hall.txt")]).exit_code == 0
    take(*(EXAMPLES / name for name in ("prices.csv", "films.csv", "screenings.csv")))
    assert run(tmp_path / "days.json").exit_code == run("--prices", tmp_path / "prices.csv").exit_code == 0

    take(tmp_path / "prices.csv", tmp_path / "days.json", "--cinema", "second")

    assert run("--cinema", "second").stdout == run().stdout
    assert run("--cinema", "second", "--prices").stdout == run("--prices").stdout
    assert "Weekend,back,adult,12.00,67,,\n" in run("--prices").stdout
    assert '"priceList": "auto"' in run().stdout
    assert '"format": "IMAX", "language": "de", "subtitles": "uk"' in run().stdout


def test_without_a_cinema_there_is_nothing_to_write() -> None:
    refused = run()

    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == "Error: There is no cinema yet.\n"


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    take(EXAMPLES / "days.json")

    refused = run(tmp_path / "absent" / "out.json")

    assert refused.exit_code == 1
    assert "cannot be written" in refused.stderr
