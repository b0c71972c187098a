"""The pages about security name what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILE = re.compile(r"`([\w./-]+\.(?:py|md|conf|service|toml|lock))`")


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
