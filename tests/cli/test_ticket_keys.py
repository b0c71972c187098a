"""`matinee ticket-keys`"""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner

from matinee.cli.main import main


@pytest.mark.usefixtures("environment")
def test_keys_are_listed_and_rotated() -> None:
    def run(*words: str) -> Any:
        return CliRunner().invoke(main, ["ticket-keys", *words], catch_exceptions=False)

    assert "no key yet" in run("list").output
    first = run("rotate").output.split("key ")[1].split()[0]
    second = run("rotate").output.split("key ")[1].split()[0]
    listed = run("list").output
    assert listed.index(second) < listed.index(first), "the newest first"
    assert listed.count("today") == 1
