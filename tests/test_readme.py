"""The README's walk-through, run as a reader would: with `matinee demo`, `matinee serve` and a shell."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import requests
import zxingcpp
from PIL import Image

from tests.databases import free_port
from tests.race.processes import ROOT, MatineeProcess, wait_until

SECONDS_MAX = 60


def walk_through() -> str:
    """The lines of the README between the mark and the end of its block."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- tested: walk-through -->\n```sh\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return found[1]


def answers(address: str) -> bool:
    """Whether the server is up."""
    try:
        return requests.get(address, timeout=5).status_code == 200
    except requests.ConnectionError:
        return False


def test_the_walk_through_ends_with_a_ticket_that_scans(tmp_path: Path) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    settings = {"MATINEE_DATA_DIR": str(tmp_path / "var"), "MATINEE_BASE_URL": base}
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), **settings}
    subprocess.run(
        [sys.executable, "-m", "matinee", "demo"], env=environment, check=True, timeout=SECONDS_MAX
    )
    server = MatineeProcess(["serve", "--port", str(port)], settings, tmp_path / "log")
    server.start()
    try:
        wait_until("the server answers", lambda: answers(f"{base}/healthz"), SECONDS_MAX)
        done = subprocess.run(
            ["sh", "-eu", "-c", walk_through()],
            cwd=tmp_path,
            env={**os.environ, "BASE": base, "MAILS": str(tmp_path / "var" / "mails")},
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
        )
    finally:
        server.stop()

    assert done.returncode == 0, done.stdout + done.stderr + server.said()
    ticket = re.search(r'"id":"(\w{16})"', done.stdout)
    assert ticket is not None
    (code,) = zxingcpp.read_barcodes(Image.open(tmp_path / "var" / "ticket.png"))
    assert code.text.startswith(f"{base}/tikets/{ticket[1]}?c=")
    assert "seven" not in server.said(), "the password is in the log"
