from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from matinee.backups.errors import BackupFailed, StoreFailed
from matinee.backups.pruning import Keeping
from matinee.backups.s3_place import read_place
from matinee.backups.s3_store import ObjectStore
from matinee.backups.sealing import OwnKey
from matinee.backups.stores import FolderStore
from tests.backups.conftest import Make
from tests.backups.s3_server import ACCESS_KEY, BUCKET, REGION, SECRET_KEY, S3Server, running_s3
from tests.building import NOW

NAME = "matinee-20300517T090000Z-verified.tar.age"


@pytest.fixture
def server() -> Iterator[S3Server]:
    with running_s3() as running:
        yield running


def store_at(
    server: S3Server, *, path: str = f"{BUCKET}/box office", secret_key: str = SECRET_KEY
) -> ObjectStore:
    place = read_place(f"{server.url}/{path}", region=REGION, access_key=ACCESS_KEY, secret_key=secret_key)
    return ObjectStore(place)


@pytest.mark.parametrize("size", [10, 12_000_000])
def test_what_is_put_there_is_listed_comes_back_and_can_be_deleted(
    server: S3Server, tmp_path: Path, size: int
) -> None:
    store, source, back = store_at(server), tmp_path / "source", tmp_path / "back"
    source.write_bytes(os.urandom(size))
    server.objects["elsewhere/" + NAME] = b"not ours"
    server.objects["box office/notes.txt"] = b"not ours"
    store.put(source, NAME)
    assert server.objects[f"box office/{NAME}"] == source.read_bytes()
    assert [(one.name, one.size_bytes, one.told.sealed) for one in store.kept()] == [(NAME, size, True)]
    store.fetch(NAME, back)
    assert back.read_bytes() == source.read_bytes()
    store.delete(NAME)
    assert store.kept() == []
    assert set(server.objects) == {"elsewhere/" + NAME, "box office/notes.txt"}


def test_a_wrong_key_a_missing_bucket_and_a_silent_server_are_sentences_without_keys(
    server: S3Server, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"x")
    wrong = store_at(server, secret_key="wrong/secret")
    for store in (wrong, store_at(server, path="another")):
        with pytest.raises(StoreFailed, match="did not take the backup") as told:
            store.put(source, NAME)
        for secret in (SECRET_KEY, ACCESS_KEY, "wrong/secret"):
            assert secret not in f"{told.value!r} {store.where} {store._place!r}"
    assert server.objects == {}
    with pytest.raises(StoreFailed, match="did not hand out"):
        store_at(server).fetch(NAME, tmp_path / "target")
    server.shutdown()
    server.server_close()
    with pytest.raises(StoreFailed, match="did not say what it keeps"):
        store_at(server).kept()


def test_keys_travel_in_no_address(server: S3Server, tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"x")
    store_at(server).put(tmp_path / "source", NAME)
    assert server.requests
    assert [line for line in server.requests if "AKTEST" in line or "Signature" in line] == []
    for address in (
        f"http://{ACCESS_KEY}:secret@127.0.0.1/{BUCKET}",
        f"http://127.0.0.1/{BUCKET}?key=x",
        "http://127.0.0.1",
    ):
        with pytest.raises(ValueError, match="must"):
            read_place(address, region=REGION, access_key="", secret_key="")


@pytest.mark.usefixtures("sold")
def test_a_backup_goes_to_a_folder_and_a_store_and_old_ones_go_in_both(
    make: Make, server: S3Server, folder: Path
) -> None:
    owner = OwnKey()
    stores = [FolderStore(folder), store_at(server)]
    to, keeping = (owner.recipient,), Keeping(1, 0)
    names = [
        make(stores=stores, recipients=to, verify=True, keeping=keeping, now=NOW.replace(hour=hour)).name
        for hour in (9, 10)
    ]
    assert [path.name for path in folder.iterdir()] == names[1:]
    assert list(server.objects) == [f"box office/{names[1]}"]
    assert server.objects[f"box office/{names[1]}"] == (folder / names[1]).read_bytes()


@pytest.mark.usefixtures("sold")
def test_what_the_store_does_not_hand_out_loses_the_name_of_one_that_was_tried(
    make: Make, server: S3Server
) -> None:
    server.hands_out = False
    owner, store = OwnKey(), store_at(server)
    made = make(stores=[store], recipients=(owner.recipient,), verify=True)
    assert made.unread == {store.where: NAME.replace("-verified", "")}
    assert list(server.objects) == [f"box office/{NAME.replace('-verified', '')}"]


@pytest.mark.usefixtures("sold")
def test_without_the_store_there_is_no_backup(make: Make, server: S3Server) -> None:
    with pytest.raises(BackupFailed, match="NoSuchBucket"):
        make(stores=[store_at(server, path="another")])
