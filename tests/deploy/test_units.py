"""The commands of the pages that set Matinee up: units are installed, enabled and stopped together with those they need."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "deploy"
PAGES = ("README.md", "docs/deployment.md")
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
EVERY_PAGE = ["README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]


def commands(page: str) -> list[list[str]]:
    """The words of each command of the page's blocks, without `sudo`."""
    found = []
    for block in BLOCK.findall((ROOT / page).read_text(encoding="utf-8")):
        for line in re.split(r"\n|&&", re.sub(r"\\\n", " ", block)):
            words = line.partition("#")[0].split()
            if words:
                found.append(words[1:] if words[0] == "sudo" else words)
    return found


def needed_by(unit: str) -> set[str]:
    """The units of ours without which `unit` does not start."""
    lines = re.findall(r"^Requires=(.*)$", (UNITS / unit).read_text(encoding="utf-8"), re.MULTILINE)
    return {name for line in lines for name in line.split() if (UNITS / name).is_file()}


def installed(page: str) -> set[str]:
    """The units that the page puts in their place."""
    return {
        Path(word).name
        for words in commands(page)
        if words[0] == "install" and words[-1].startswith("/etc/systemd/system")
        for word in words
        if word.startswith("deploy/")
    }


def told(page: str, verb: str) -> list[set[str]]:
    """The units that each `systemctl` of this kind on the page names."""
    return [
        {name if "." in name else f"{name}.service" for name in words[2:] if not name.startswith("-")}
        for words in commands(page)
        if words[:2] == ["systemctl", verb]
    ]


@pytest.mark.parametrize("page", PAGES)
def test_whoever_follows_the_page_installs_what_the_units_need(page: str) -> None:
    units = installed(page)
    assert "matinee-web.service" in units, "the page has other commands than this test knows"
    needed = {other for unit in units for other in needed_by(unit)}
    assert needed, "no unit needs another one"
    assert needed <= units


@pytest.mark.parametrize("page", PAGES)
def test_whoever_follows_the_page_starts_with_the_machine_what_the_units_need(page: str) -> None:
    enabled = set().union(*told(page, "enable"))
    assert "matinee-web.service" in enabled, "the page has other commands than this test knows"
    assert enabled <= installed(page)
    assert {other for unit in enabled for other in needed_by(unit)} <= enabled


@pytest.mark.parametrize("page", PAGES)
def test_whoever_follows_the_page_can_try_a_backup(page: str) -> None:
    tried = (UNITS / "matinee-backup.service").read_text(encoding="utf-8")
    assert "matinee backup --verify" in tried, "no backup is tried each night"
    (made,) = [words for words in commands(page) if "createuser" in words]
    # It is restored into a database of its own.
    assert "--createdb" in made


@pytest.mark.parametrize("page", EVERY_PAGE)
def test_what_is_stopped_is_not_started_again_by_its_socket(page: str) -> None:
    # A socket that goes on listening starts its service for whoever comes next.
    for verb in ("stop", "start"):
        for units in told(page, verb):
            ours = [unit for unit in units if (UNITS / unit).is_file()]
            assert {other for unit in ours for other in needed_by(unit)} <= units, f"systemctl {verb}"
