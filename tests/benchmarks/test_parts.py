"""What `make bench` measures on this machine, and what it says of the rest before it begins."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from benchmarks import __main__ as program
from benchmarks.load import LoadProgram
from benchmarks.servers import ROOT

BROWSER_PARTS = {"scanning", "alone"}


@pytest.fixture
def equipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with Chromium and wrk."""
    monkeypatch.setattr(program, "find_chromium", lambda: "/usr/bin/chromium")
    monkeypatch.setattr(program, "load_program", lambda: LoadProgram("/usr/bin/wrk"))


@pytest.fixture
def no_chromium(equipped: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without Chromium."""
    monkeypatch.setattr(program, "find_chromium", lambda: None)


@pytest.mark.usefixtures("equipped")
def test_all_is_measured_where_everything_is_there() -> None:
    said: list[str] = []
    assert program.parts_to_measure((), said.append) == list(program.PARTS)
    assert program.parts_to_measure(("alone", "rush"), said.append) == ["alone", "rush"]
    assert said == []


@pytest.mark.usefixtures("no_chromium")
def test_without_chromium_its_parts_are_left_out_and_told() -> None:
    said: list[str] = []
    measured = program.parts_to_measure((), said.append)
    assert measured == [part for part in program.PARTS if part not in BROWSER_PARTS]
    assert {line.partition(" ")[0] for line in said} == BROWSER_PARTS
    assert all("no Chromium" in line for line in said)


def test_without_wrk_purchases_in_what_has_grown_are_left_out_and_told(
    equipped: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program, "load_program", lambda: LoadProgram(None))
    said: list[str] = []
    measured = program.parts_to_measure((), said.append)
    assert "growth" in measured
    assert "growth-purchases" not in measured
    assert [line.partition(" ")[0] for line in said] == ["growth-purchases"]


@pytest.mark.usefixtures("no_chromium")
def test_a_part_that_is_named_and_cannot_be_measured_is_refused_before_anything_is_begun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def begun() -> None:
        raise AssertionError("a database was started")

    monkeypatch.setattr(program, "running_postgres", begun)
    refused = CliRunner().invoke(program.main, ["--only", "purchases", "--only", "alone"])
    assert refused.exit_code == 1
    assert "alone cannot be measured: there is no Chromium" in refused.output
    assert "purchases" not in refused.output


def test_the_page_names_the_parts_that_there_are() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text()
    (named,) = re.findall(r"`--only ([a-z|-]+\|[a-z|-]+)`", page)
    assert named.split("|") == list(program.PARTS)
