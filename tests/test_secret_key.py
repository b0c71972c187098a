"""The key that signs and encrypts: made once, whole, and for nobody else to read."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from matinee.settings import Settings


def test_it_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        made = Settings(data_dir=tmp_path / "data").secret_key_kept()
    finally:
        os.umask(before)
    assert len(made) == 64
    assert Settings(data_dir=tmp_path / "data").secret_key_kept() == made
    assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o777 == 0o600
    # The database lies beside it.
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret_key"]


def test_whoever_starts_at_the_same_time_gets_the_same_whole_key(tmp_path: Path) -> None:
    for number in range(20):
        settings = Settings(data_dir=tmp_path / str(number))
        with ThreadPoolExecutor(8) as threads:
            found = set(threads.map(lambda settings: settings.secret_key_kept(), [settings] * 16))
        assert len(found) == 1
        assert len(found.pop()) == 64


def test_a_key_that_is_set_is_used_and_none_is_made(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", secret_key="k" * 40)
    assert settings.secret_key_kept() == "k" * 40
    assert not (tmp_path / "data").exists()
