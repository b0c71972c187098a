"""`make prove` plays, with a few kills: what it needs fits together, and it says that the promises hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.race.processes import ROOT


@pytest.mark.timeout(420)
def test_a_short_proof_with_ten_kills_holds(tmp_path: Path) -> None:
    played = subprocess.run(
        [sys.executable, "-m", "proof", "--only", "kills", "--kills", "10", "--keep", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=400, check=False,
    )  # fmt: skip
    assert played.returncode == 0, played.stdout + played.stderr
    for database in ("SQLite", "PostgreSQL"):
        assert f"{database}: holds" in played.stdout
        assert (tmp_path / f"kills-{database}" / "history.jsonl").read_text().count("\n") > 20
