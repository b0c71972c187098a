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


class Silent(FolderStore):
    """A place that takes what it is given, and cannot be asked for it at the moment."""

    def fetch(self, name: str, target: Path) -> None:
        target.write_bytes(b"the beginning")
        raise StoreFailed(f"{self.where} does not answer.")


class Stubborn(Silent):
    """One that takes no new names either."""

    def rename(self, name: str, other: str) -> None:
        raise StoreFailed(f"{self.where} takes no names.")


class BrokenForGood(Broken):
    """A disk that neither keeps what it is given nor lets go of it."""

    def delete(self, name: str) -> None:
        raise StoreFailed(f"{self.where} is read-only now.")


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


@pytest.mark.usefixtures("sold")
def test_what_is_spoilt_and_cannot_be_deleted_is_told_by_name(make: Make, folder: Path) -> None:
    with pytest.raises(BackupFailed, match=r"another file .* delete matinee-\S+ by hand.* is read-only now"):
        make(stores=[BrokenForGood(folder)], verify=True)


@pytest.mark.usefixtures("sold")
def test_what_cannot_be_read_back_is_kept_and_does_not_count_as_tried(
    make: Make, folder: Path, tmp_path: Path
) -> None:
    keeping, other = Keeping(newest=1, days=0), tmp_path / "other"
    earlier = [
        make(verify=tried, now=NOW - timedelta(days=age)).name
        for age, tried in ((3, False), (2, True), (1, False))
    ]

    alone = make(stores=[Silent(folder)], verify=True, keeping=keeping)

    untried = "matinee-20300517T090000Z.tar"
    assert (alone.kept_in, alone.unread) == ([], {str(folder): untried})
    # Nothing goes for the sake of one that nobody has read.
    assert alone.gone == []
    assert {path.name for path in folder.iterdir()} == {*earlier, untried}
    assert [one.name for one in FolderStore(folder).kept() if one.told.verified] == [earlier[1]]
    assert len(alone.troubles) == 1
    assert alone.troubles[0].endswith("could not be read back, and does not count as tried there.")

    both = make(stores=[Silent(folder), FolderStore(other)], verify=True, now=NOW + timedelta(hours=1))

    assert (both.kept_in, list(both.unread)) == ([str(other)], [str(folder)])
    assert [path.name for path in other.iterdir()] == [both.name]


@pytest.mark.usefixtures("sold")
def test_where_not_even_the_name_can_be_changed_that_is_told(make: Make, folder: Path) -> None:
    made = make(stores=[Stubborn(folder)], verify=True)
    assert made.unread == {str(folder): made.name}
    assert [path.name for path in folder.iterdir()] == [made.name]
    assert "does not answer" in made.troubles[0]
    assert "though its name there says that it was tried" in made.troubles[0]
    assert "takes no names" in made.troubles[0]


def test_no_backup_is_renamed_over_another(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    (tmp_path / "one").write_bytes(b"one")
    (tmp_path / "other").write_bytes(b"other")
    with pytest.raises(StoreFailed, match="is there already"):
        store.rename("one", "other")
    assert (tmp_path / "other").read_bytes() == b"other"
