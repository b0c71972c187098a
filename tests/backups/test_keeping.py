from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest

from matinee.backups.errors import BackupFailed, StoreFailed
from matinee.backups.names import BackupName
from matinee.backups.pruning import Keeping, expendable, prune
from matinee.backups.stores import PARTIAL, FolderStore, Kept, newest_first
from tests.backups.conftest import Make
from tests.building import NOW


def kept_of(*ages_days: int, tried: tuple[int, ...] = ()) -> list[Kept]:
    names = [
        str(BackupName(NOW - timedelta(days=age), verified=age in tried, sealed=False)) for age in ages_days
    ]
    return newest_first((name, 10) for name in names)


def ages(kept: list[Kept]) -> list[int]:
    return [(NOW - one.told.made_at).days for one in kept]


@pytest.mark.parametrize(
    ("keeping", "gone"),
    [
        (Keeping(newest=3, days=0), [9, 30]),
        (Keeping(newest=1, days=7), [9, 30]),
        (Keeping(newest=1, days=0), [1, 2, 9, 30]),
        (Keeping(newest=0, days=0), [1, 2, 9, 30]),
        (Keeping(newest=10, days=0), []),
        (Keeping(newest=1, days=40), []),
    ],
)
def test_what_is_beyond_number_and_days_may_go(keeping: Keeping, gone: list[int]) -> None:
    assert ages(expendable(kept_of(0, 1, 2, 9, 30), keeping, now=NOW)) == gone


def test_the_newest_that_was_tried_never_goes() -> None:
    kept = kept_of(0, 1, 2, 9, 30, tried=(9, 30))
    assert ages(expendable(kept, Keeping(newest=1, days=0), now=NOW)) == [1, 2, 30]


def test_backups_of_a_clock_that_ran_ahead_stay(tmp_path: Path) -> None:
    kept = kept_of(-5, -4, -3, 0)
    assert expendable(kept, Keeping(newest=1, days=0), now=NOW - timedelta(days=1)) == []


def test_nothing_goes_where_the_new_one_is_not(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    for one in kept_of(1, 2, 3):
        (tmp_path / one.name).write_bytes(b"x")
    assert prune(store, Keeping(newest=1, days=0), made="matinee-20300517T120000Z.tar", now=NOW) == []
    assert len(store.kept()) == 3


@pytest.mark.usefixtures("sold")
def test_old_backups_go_when_a_new_one_is_kept_and_foreign_files_stay(make: Make, folder: Path) -> None:
    folder.mkdir()
    for name in ("before.dump", "notes.txt", "matinee-20300510T090000Z.tar"):
        (folder / name).write_bytes(b"x")
    # An empty file is no backup: it neither counts nor goes.
    (folder / "matinee-20300516T090000Z.tar").touch()
    first = make(now=NOW, keeping=Keeping(newest=2, days=0))
    assert first.gone == []
    second = make(now=NOW + timedelta(hours=1), keeping=Keeping(newest=2, days=0))
    assert [line.rpartition(" ")[2] for line in second.gone] == ["matinee-20300510T090000Z.tar"]
    assert {path.name for path in folder.iterdir()} == {
        "before.dump", "notes.txt", "matinee-20300516T090000Z.tar", first.name, second.name
    }  # fmt: skip


def test_what_is_not_whole_yet_has_no_name_of_a_backup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, source = FolderStore(tmp_path / "kept"), tmp_path / "source"
    source.write_bytes(b"x" * 1000)
    seen: list[list[str]] = []

    def no_more_room(_path: Path) -> None:
        seen.append([path.name for path in (tmp_path / "kept").iterdir()])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("matinee.backups.stores.sync", no_more_room)
    with pytest.raises(StoreFailed, match="No space left"):
        store.put(source, "matinee-20300517T090000Z.tar")
    assert seen == [[f"{PARTIAL}matinee-20300517T090000Z.tar"]]
    assert list((tmp_path / "kept").iterdir()) == []


def test_a_backup_is_never_written_over(tmp_path: Path) -> None:
    store, source = FolderStore(tmp_path / "kept"), tmp_path / "source"
    source.write_bytes(b"first")
    store.put(source, "matinee-20300517T090000Z.tar")
    source.write_bytes(b"second")
    with pytest.raises(StoreFailed, match="there already"):
        store.put(source, "matinee-20300517T090000Z.tar")
    assert (tmp_path / "kept" / "matinee-20300517T090000Z.tar").read_bytes() == b"first"


def test_what_a_killed_run_left_is_removed_a_day_later(tmp_path: Path) -> None:
    store, source = FolderStore(tmp_path / "kept"), tmp_path / "source"
    source.write_bytes(b"x")
    (tmp_path / "kept").mkdir()
    old, young = tmp_path / "kept" / f"{PARTIAL}old", tmp_path / "kept" / f"{PARTIAL}young"
    old.touch()
    young.touch()
    os.utime(old, (time.time() - 90_000,) * 2)
    store.put(source, "matinee-20300517T090000Z.tar")
    assert (old.exists(), young.exists()) == (False, True)


class Broken(FolderStore):
    """A disk that does not keep what it is given."""

    def fetch(self, name: str, target: Path) -> None:
        super().fetch(name, target)
        target.write_bytes(target.read_bytes()[:-1])


@pytest.mark.usefixtures("sold")
def test_one_store_that_fails_does_not_lose_the_backup_of_the_other(
    make: Make, folder: Path, tmp_path: Path
) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    made = make(stores=[FolderStore(blocked / "in"), FolderStore(folder)])
    assert made.kept_in == [str(folder)]
    assert len(made.troubles) == 1
    with pytest.raises(BackupFailed, match="blocked"):
        make(stores=[FolderStore(blocked / "in")], now=NOW + timedelta(hours=1))


@pytest.mark.usefixtures("sold")
def test_a_store_that_gives_back_something_else_keeps_no_backup(make: Make, folder: Path) -> None:
    with pytest.raises(BackupFailed, match="another file"):
        make(stores=[Broken(folder)], verify=True)
    assert list(folder.iterdir()) == []
