"""The scanner of one's own that docs/door.md has, followed to the letter, with the network and without"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
import zxingcpp
from PIL import Image

from tests.databases import free_port
from tests.race.processes import ROOT, MatineeProcess, wait_until

SECONDS_MAX = 60
Shell = Callable[..., str]


def block(title: str) -> str:
    """The lines of docs/door.md between a mark and the end of its block."""
    text = (ROOT / "docs" / "door.md").read_text(encoding="utf-8")
    found = re.search(rf"<!-- tested: scanner, {title} -->\n```sh\n(.*?)```", text, re.DOTALL)
    assert found is not None, title
    return found[1]


def answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=5).status_code == 200
    except requests.ConnectionError:
        return False


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:  # type: ignore[override]
    return {"MATINEE_DATA_DIR": str(tmp_path / "var"), "MATINEE_BASE_URL": f"http://127.0.0.1:{free_port()}"}


@pytest.fixture
def shell(tmp_path: Path, settings: dict[str, str]) -> Shell:
    """Runs lines as a reader does who made a copy of the project; gives what they print."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    base = settings["MATINEE_BASE_URL"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    def run(lines: str, **more: str) -> str:
        done = subprocess.run(
            ["sh", "-eu", "-c", lines],
            cwd=tmp_path,
            env={**os.environ, "PATH": path, "BASE": base, **more},
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def demo(settings: dict[str, str]) -> str:
    """Make the demonstration; the password that it prints."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), **settings}
    command = [sys.executable, "-m", "matinee", "demo"]
    told = subprocess.run(
        command, env=environment, check=True, timeout=SECONDS_MAX, capture_output=True, text=True
    )
    found = re.search(r"manager@demo\.example\W+([\w-]+)", told.stdout)
    assert found is not None, told.stdout
    return found[1]


class Server:
    """Matinee, which one can go without."""

    def __init__(self, settings: dict[str, str], log: Path) -> None:
        self.base, self._settings, self._log = settings["MATINEE_BASE_URL"], settings, log

    def __enter__(self) -> Server:
        port = self.base.rpartition(":")[2]
        self._process = MatineeProcess(["serve", "--port", port], self._settings, self._log)
        self._process.start()
        wait_until("the server answers", lambda: answers(f"{self.base}/healthz"), SECONDS_MAX)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stop()


def conflicts(base: str, password: str) -> list[dict[str, Any]]:
    """What a manager sees."""
    who = {"username": "manager@demo.example", "password": password}
    token = requests.post(f"{base}/api/v1/sessions", json=who, timeout=SECONDS_MAX).json()["token"]
    seen = requests.get(
        f"{base}/api/v1/door/conflicts", headers={"Authorization": f"Bearer {token}"}, timeout=SECONDS_MAX
    )
    found: list[dict[str, Any]] = seen.json()["items"]
    return found


def test_a_scanner_of_ones_own_decides_alone_and_settles(
    tmp_path: Path, settings: dict[str, str], shell: Shell
) -> None:
    password = demo(settings)
    other = {"SCANNER_FILE": "other.json", "SCANNER_DEVICE": "gate-2", "SCANNER_DOOR": "Side entrance"}
    with Server(settings, tmp_path / "log"):
        shell(block("with a network"), PASSWORD=password)
        (code,) = zxingcpp.read_barcodes(Image.open(tmp_path / "ticket.png"))
        # A second one stands at another door of the same screening.
        key, screening = re.findall(
            r'"key": "(\w+)"|"screenings": \[(\d+)\]', (tmp_path / "scanner.json").read_text()
        )
        scanner = "python3 examples/scanner.py"
        shell(f"{scanner} begin $BASE {key[0]}; {scanner} take {screening[1]}", **other)

    alone = shell(block("alone"), CODE=code.text).splitlines()
    assert [line.partition("\t")[0] for line in alone] == [
        "welcome",
        "already_in",
        "unknown",
        "undone",
        "welcome",
    ]
    assert (
        shell(f'{scanner} scan "$CODE" "" K3V9X2M7Q4T8R1WZ', CODE=code.text, **other).split("\n")[1:3]
        == ["unknown"] * 2
    )
    with pytest.raises(AssertionError, match=r"No network .* 3 scans wait"):
        shell(f"{scanner} settle")

    with Server(settings, tmp_path / "log") as server:
        settled = shell(block("settling"), CODE=code.text).splitlines()
        assert settled[0] == "3 settled, 0 conflicts"
        assert settled[-1].startswith("already_in\t")
        late = shell(f"{scanner} settle", **other).splitlines()
        assert late[0].startswith("conflict: ")
        assert ", first at Main entrance " in late[0]
        assert late[1] == "1 settled, 1 conflicts"
        (conflict,) = conflicts(server.base, password)
    assert (conflict["device"], conflict["door"], conflict["first_door"]) == (
        "gate-2",
        "Side entrance",
        "Main entrance",
    )
    assert conflict["by"] == "key gate"
    assert (conflict["reason"], conflict["seen_at"]) == ("already_in", None)
