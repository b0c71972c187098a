"""The pages about security name what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILE = re.compile(r"`([\w./-]+\.(?:py|md|conf|service|toml|yml|lock))`")
SOURCES = [file.read_text(encoding="utf-8") for file in (ROOT / "src").rglob("*.py")]


@pytest.mark.parametrize("page", ["security", "asvs"])
def test_every_file_that_is_named_is_there(page: str) -> None:
    text = (ROOT / "docs" / f"{page}.md").read_text()
    named = set(FILE.findall(text))
    assert len(named) > 30
    folders = (ROOT, ROOT / "src" / "matinee", ROOT / "docs")
    assert [name for name in sorted(named) if not any((folder / name).is_file() for folder in folders)] == []


def test_every_line_of_the_list_has_a_verdict_and_stands_once() -> None:
    text = (ROOT / "docs" / "asvs.md").read_text()
    rows = re.findall(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| (\w+) \| (.*) \|$", text, re.MULTILINE)
    assert len(rows) == len(re.findall(r"^\| \d", text, re.MULTILINE)), "a row has another form"
    assert len({number for number, *_ in rows}) == len(rows)
    assert {verdict for _, _, verdict, _ in rows} == {"yes", "partly", "no", "n"}
    assert all(evidence.strip() for _, _, verdict, evidence in rows if verdict != "n"), (
        "a verdict without a reason"
    )


def test_the_verdicts_are_counted() -> None:
    text = (ROOT / "docs" / "asvs.md").read_text()
    verdicts = re.findall(r"^\| \d+\.\d+\.\d+ \| [^|]+ \| (\w+) \|", text, re.MULTILINE)
    yes, partly, no, none = (verdicts.count(verdict) for verdict in ("yes", "partly", "no", "n"))
    assert f"{len(verdicts)} lines: {yes} yes, {partly} partly, {no} no, {none} without an object." in text


@pytest.mark.parametrize(("rule", "line"), [("S603", "5.3.8"), ("S608", "5.3.4")])
def test_the_exceptions_that_a_line_names_are_those_of_the_code(rule: str, line: str) -> None:
    marked = sum(len(re.findall(rf"# noqa: [^#\n]*\b{rule}\b", source)) for source in SOURCES)
    text = (ROOT / "docs" / "asvs.md").read_text()
    (evidence,) = re.findall(rf"^\| {re.escape(line)} \| .*$", text, re.MULTILINE)
    assert f"ruff {rule}, with {marked} exceptions" in evidence


def test_what_starts_processes_is_counted() -> None:
    importing = sum(
        bool(re.search(r"^(?:import|from) subprocess\b", source, re.MULTILINE)) for source in SOURCES
    )
    text = (ROOT / "docs" / "decisions" / "security-checks.md").read_text()
    assert f"| B404, `import subprocess` | {importing} |" in text


def test_the_audit_is_told_of_every_lock() -> None:
    handed = set(re.findall(r"--requirement (\S+\.lock)", (ROOT / "Makefile").read_text()))
    assert handed == {file.name for file in ROOT.glob("requirements*.lock")}
