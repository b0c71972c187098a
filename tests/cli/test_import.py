from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, text

from matinee.cli.programme import cinema, hall, import_command
from matinee.db.engine import database_url
from matinee.settings import Settings
from tests.programme.files import days, film

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(autouse=True)
def _settings_of_the_test(environment: dict[str, str]) -> None:
    """Every command here reads the settings of the fresh database."""


def run(*arguments: object, given: bytes | None = None) -> Result:
    return CliRunner().invoke(import_command, [str(argument) for argument in arguments], input=given)


def test_it_says_what_it_did_and_a_second_time_that_nothing_is_to_do() -> None:
    first = run(EXAMPLES / "days.json")
    second = run(EXAMPLES / "days.json")

    assert first.exit_code == second.exit_code == 0
    assert "Made the cinema 'Cinema'." in first.stdout
    assert "11 new screenings" in first.stdout
    assert second.stdout == "Nothing to change: 11 screenings are there already.\n"
    assert second.stderr == ""


def test_what_is_wrong_is_told_on_stderr_and_nothing_is_stored(tmp_path: Path) -> None:
    path = tmp_path / "wrong.json"
    path.write_bytes(days(film("Faust", "10:00"), film(free=[1, 1])))

    refused = run(path)

    assert refused.exit_code == 1
    assert refused.stdout == ""
    assert "wrong.json, 2026.12.01, film 'Nosferatu' at 18:00: seat 1 stands twice" in refused.stderr
    path.write_bytes(days(film("Faust", "10:00")))
    assert "1 new screening." in run(path).stdout


def test_of_several_files_all_are_taken_or_none(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.csv"
    good.write_bytes(days(film()))
    bad.write_text("date,time,title,hall\n2026-12-05,14:00,Unknown,Hall 1\n")

    assert run(good, bad).exit_code == 1
    assert "1 new screening." in run(good).stdout


@pytest.mark.parametrize("name", ["absent.json", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    refused = run(tmp_path / name)

    assert refused.exit_code == 1
    assert "cannot be read" in refused.stderr
    assert "Traceback" not in refused.output


def test_a_starting_day_that_is_none_is_refused() -> None:
    refused = run(EXAMPLES / "days.json", "--starting", "soon")

    assert refused.exit_code == 2
    assert "'soon' is not a date" in refused.stderr


def test_the_standard_input_is_read() -> None:
    assert "1 new screening." in run("-", "--starting", "2027-01-01", given=days(film())).stdout


def test_a_key_that_is_not_known_is_told() -> None:
    assert "Note: the key 'colour' is not known" in run("-", given=days(film(colour="grey"))).stdout


def test_halls_films_prices_and_screenings_are_taken_from_text_files(tmp_path: Path) -> None:
    made = CliRunner().invoke(hall, ["import", str(EXAMPLES / "hall.txt")])
    assert made.stdout == "Made 'Red Hall' with 37 seats.\n"
    again = CliRunner().invoke(hall, ["import", str(EXAMPLES / "hall.txt")])
    assert again.stdout == "Nothing to change: 'Red Hall' is like that already.\n"

    files = [EXAMPLES / name for name in ("prices.csv", "films.csv", "screenings.csv")]
    assert "4 new screenings" in run(*files).stdout

    written = tmp_path / "out.txt"
    assert CliRunner().invoke(hall, ["export", "Red Hall", str(written)]).exit_code == 0
    assert CliRunner().invoke(hall, ["import", str(written)]).stdout == again.stdout
    assert "37" in CliRunner().invoke(hall, ["list"]).stdout
    absent = CliRunner().invoke(hall, ["export", "Blue Hall"])
    assert (absent.exit_code, absent.stderr) == (1, "Error: There is no such hall.\n")


def test_a_cinema_is_made_changed_and_listed() -> None:
    made = CliRunner().invoke(cinema, ["set", "odeon", "--name", "Odeon [bold]", "--timezone", "Europe/Kyiv"])
    assert made.stdout == "Made the cinema 'Odeon [bold]'.\n"
    changed = CliRunner().invoke(
        cinema, ["set", "odeon", "--sells-priced-unpaid", "off", "--address", "1 High St"]
    )
    assert changed.stdout.startswith("Changed")

    listed = CliRunner().invoke(cinema, ["list"], env={"COLUMNS": "200"}).stdout
    assert "Odeon [bold]" in listed
    assert "1 High St" in listed
    assert "off" in listed
    refused = CliRunner().invoke(cinema, ["set", "odeon", "--timezone", "Mars"])
    assert (refused.exit_code, refused.stderr) == (
        1,
        "Error: 'Mars' is not a time zone such as Europe/Kyiv.\n",
    )


def test_how_a_cinema_sells_is_set_and_listed() -> None:
    rules = [
        "--booking-fee", "1.50", "--booking-fee-per", "order", "--orphan-rule", "off", "--selling-out", "75",
        "--companion-until", "0", "--refund-until", "120", "--counter-until", "15",
    ]  # fmt: skip
    assert CliRunner().invoke(cinema, ["set", "odeon", "--currency", "EUR", *rules]).exit_code == 0
    assert CliRunner().invoke(cinema, ["set", "odeon", "--name", "Odeon"]).exit_code == 0

    listed = CliRunner().invoke(cinema, ["list"], env={"COLUMNS": "200"}).stdout
    row = next(line for line in listed.splitlines() if "1.50 EUR per order" in line)
    assert [cell.strip() for cell in row.split("│")[1:-1]] == [
        "odeon", "1.50 EUR per order", "off", "75%", "0", "120", "15",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (("--booking-fee", "1.505"), "The booking fee is not acceptable: '1.505' is not an amount in EUR."),
        (("--selling-out", "0"), "must be 1 to 100"),
        (("--refund-until", "-1"), "must be 0 to 43200"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(rule: tuple[str, str], sentence: str) -> None:
    refused = CliRunner().invoke(cinema, ["set", "odeon", "--currency", "EUR", *rule])

    assert refused.exit_code == 1
    assert sentence in refused.stderr


def test_prices_that_go_by_the_time_are_told(tmp_path: Path) -> None:
    assert CliRunner().invoke(hall, ["import", str(EXAMPLES / "hall.txt")]).exit_code == 0
    files = [EXAMPLES / name for name in ("prices.csv", "films.csv", "screenings.csv")]
    # A Saturday, far away enough to be to come.
    assert run(*files, "--starting", "2190-01-02").exit_code == 0
    more = tmp_path / "prices.csv"
    more.write_text("price_list,amount,weekdays\nSaturday,9,6\n")

    assert "1 screening to come got another price list by the time." in run(more).stdout


def test_what_was_cancelled_is_told_and_left_out(settings: Settings) -> None:
    run("-", given=days(film()))
    engine = create_engine(database_url(settings.database_url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE screening SET cancelled_at = CURRENT_TIMESTAMP"))
    engine.dispose()

    assert run("-", given=days(film())).stdout == (
        "Left out 1 screening that was cancelled.\nNothing to change: 0 screenings are there already.\n"
    )


def test_a_fresh_database_gets_its_tables(
    empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATINEE_DATABASE_URL", empty_database_url)
    monkeypatch.setenv("MATINEE_DATA_DIR", str(tmp_path / "fresh"))

    assert "1 new screening." in run("-", given=days(film())).stdout


def test_a_database_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATINEE_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/nothing")

    refused = run("-", given=days(film()))

    assert refused.exit_code == 1
    assert "the database does not answer" in refused.stderr


def test_a_terminal_sees_the_progress(environment: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "days.json"
    path.write_bytes(json.dumps({"2026.12.01": {"films": [film(f"Film {n}") for n in range(9)]}}).encode())
    ours, theirs = pty.openpty()
    code = "from matinee.cli.programme import import_command; import_command()"
    seen: list[bytes] = []

    def collect() -> None:
        # Read until the child has closed its side: Linux tells that by an error.
        while True:
            try:
                seen.append(os.read(ours, 4096))
            except OSError:
                return

    reader = threading.Thread(target=collect, daemon=True)
    reader.start()
    process = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        env=environment | {"TERM": "xterm"},
        stderr=theirs,
        check=False,
    )
    os.close(theirs)
    reader.join(10)
    os.close(ours)

    assert process.returncode == 0
    assert b"Screenings" in b"".join(seen)
