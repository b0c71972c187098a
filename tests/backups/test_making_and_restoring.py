from __future__ import annotations

import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from matinee.backups.archive import unpack_archive
from matinee.backups.census import TableState, take_census
from matinee.backups.databases import open_database
from matinee.backups.errors import BackupDamaged, BackupDiffers, BackupFailed, BackupLocked, RestoreRefused
from matinee.backups.making import SECRET_KEY_FILE
from matinee.backups.manifest import read_manifest
from matinee.backups.names import read_name
from matinee.backups.sealing import OwnKey, is_sealed
from matinee.db.schema import HEAD_REVISION, current_revision
from tests.backups.conftest import SECRET_KEY, Make, Restore
from tests.boxoffice.selling import Sale
from tests.building import NOW

# Sessions end with a restore; nothing else differs.
ENDED = {"user_session"}
Stop = Callable[[], None]


def tables_of(address: str) -> dict[str, TableState]:
    engine = open_database(address)
    try:
        with engine.begin() as connection:
            return take_census(connection)
    finally:
        engine.dispose()


def but_sessions(tables: dict[str, TableState]) -> dict[str, TableState]:
    return {name: state for name, state in tables.items() if name not in ENDED}


def run_sql(address: str, *statements: str) -> None:
    engine = open_database(address)
    try:
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
    finally:
        engine.dispose()


def files_of(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.usefixtures("sold")
def test_what_was_sold_comes_back_into_an_empty_database(
    make: Make, restore: Restore, folder: Path, database_url: str, empty_database_url: str
) -> None:
    before = tables_of(database_url)
    made = make(verify=True)
    assert files_of(folder) == [made.name] == ["matinee-20300517T090000Z-verified.tar"]
    assert (made.manifest.tables["ticket"].rows, made.manifest.tables["seat_claim"].rows) == (2, 3)
    assert made.manifest.tables["user_session"].rows > 0

    restored = restore(folder / made.name, empty_database_url)

    assert restored.manifest == made.manifest
    assert but_sessions(tables_of(empty_database_url)) == but_sessions(before)
    assert tables_of(empty_database_url)["user_session"].rows == 0
    # The original is as it was, its sessions too.
    assert tables_of(database_url) == before


@pytest.mark.usefixtures("sold")
def test_a_database_that_has_data_is_replaced_only_when_told(
    make: Make, restore: Restore, folder: Path, database_url: str, stop: Stop
) -> None:
    made = make()
    run_sql(database_url, "UPDATE film SET title = 'Something else'", "DELETE FROM order_event")
    stop()
    changed = tables_of(database_url)
    with pytest.raises(RestoreRefused, match="has data"):
        restore(folder / made.name, database_url)
    assert tables_of(database_url) == changed

    notes = restore(folder / made.name, database_url, overwrite=True).notes

    assert but_sessions(tables_of(database_url)) == but_sessions(dict(made.manifest.tables))
    if database_url.startswith("sqlite"):
        kept = Path(notes[0].removeprefix("The database that was there is kept as ").split(";")[0])
        assert tables_of(f"sqlite:///{kept}") == changed


def test_a_database_that_matinee_still_uses_is_left_alone(
    make: Make, restore: Restore, folder: Path, database_url: str, sold: Sale, stop: Stop
) -> None:
    made = make()
    stop()
    with sold.services.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        with pytest.raises(RestoreRefused, match=r"stop (Matinee|web servers)"):
            restore(folder / made.name, database_url, overwrite=True)
    stop()
    assert tables_of(database_url) == dict(made.manifest.tables)
    restore(folder / made.name, database_url, overwrite=True)


@pytest.mark.usefixtures("sold")
def test_a_restore_that_goes_wrong_at_its_end_changes_nothing(
    make: Make,
    restore: Restore,
    folder: Path,
    database_url: str,
    stop: Stop,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = make()
    stop()

    def fails(_connection: object) -> None:
        raise RuntimeError("the lights went out")

    for module in ("sqlite_files", "postgres_restore"):
        monkeypatch.setattr(f"matinee.backups.{module}.end_sessions", fails)
    with pytest.raises(RuntimeError):
        restore(folder / made.name, database_url, overwrite=True)
    assert tables_of(database_url) == dict(made.manifest.tables)


@pytest.mark.usefixtures("sold")
def test_an_older_schema_is_upgraded_and_a_newer_one_refused(
    make: Make, restore: Restore, folder: Path, database_url: str, stop: Stop
) -> None:
    # What the last steps made is taken away again, as if this were the database of the version before.
    gone = ["DROP INDEX ix_admission_screening_id_admitted_at", "DROP INDEX ix_ticket_screening_id_not_valid"]
    gone += [
        "DROP INDEX ix_admission_admitted_at",
        "DROP INDEX ix_sale_order_due",
        "DROP INDEX ix_screening_starts_at",
    ]
    gone += [
        "DROP INDEX ix_screening_film_id_day",
        "CREATE INDEX ix_screening_film_id ON screening (film_id)",
    ]
    gone += ["DROP INDEX ix_payment_refund_state", "DROP INDEX ix_users_username_beginning"]
    gone += ["DROP TABLE door_scan", "DROP TABLE signing_key"]
    gone += [f"ALTER TABLE admission DROP COLUMN {column}" for column in ("door", "scan_id", "screening_id")]
    gone += ["ALTER TABLE screening DROP COLUMN lock_version"]
    run_sql(database_url, *gone, "UPDATE alembic_version SET version_num = '0004'")
    older = make(verify=True)
    assert older.manifest.schema_revision == "0004"
    run_sql(database_url, "UPDATE alembic_version SET version_num = '0999'")
    newer = make(now=NOW.replace(hour=10))
    stop()

    with pytest.raises(
        RestoreRefused, match=f"schema 0999; this version knows schemas up to {HEAD_REVISION}"
    ):
        restore(folder / newer.name, database_url, overwrite=True)
    with pytest.raises(RestoreRefused, match="schema 0999"):
        make(verify=True, now=NOW.replace(hour=11))
    assert len(files_of(folder)) == 2, "what failed its trial is not kept"

    restore(folder / older.name, database_url, overwrite=True)
    engine = open_database(database_url)
    assert current_revision(engine) == HEAD_REVISION
    engine.dispose()
    assert tables_of(database_url)["ticket"].rows == 2


@pytest.mark.usefixtures("sold")
def test_a_backup_whose_rows_are_not_what_the_manifest_says_is_found_out(
    make: Make, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    real = take_census

    def counts_wrongly(connection: object) -> dict[str, TableState]:
        found = real(connection)  # type: ignore[arg-type]
        ticket = found["ticket"]
        return {**found, "ticket": TableState(ticket.rows, "0" * 16)}

    for module in ("making", "postgres_dump"):
        monkeypatch.setattr(f"matinee.backups.{module}.take_census", counts_wrongly)
    with pytest.raises(BackupDiffers, match="the table ticket has other rows"):
        make(verify=True)
    assert not folder.exists()
    assert list((tmp_path / "data").glob(".backup-work-*")) == []


@pytest.mark.usefixtures("sold")
def test_every_byte_of_a_backup_is_checked(
    make: Make, restore: Restore, folder: Path, empty_database_url: str
) -> None:
    whole = (folder / make().name).read_bytes()
    size = len(whole)
    with tarfile.open(folder / files_of(folder)[0]) as archive:
        starts = [entry.offset_data for entry in archive.getmembers()]
    for number, place in enumerate([starts[0] + 5, starts[1] + 20, starts[1] + 5000, 100]):
        damaged = folder / f"damaged-{number}"
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(BackupDamaged):
            restore(damaged, empty_database_url)
    for length in (0, 600, size // 2):
        short = folder / f"short-{length}"
        short.write_bytes(whole[:length])
        with pytest.raises(BackupDamaged):
            restore(short, empty_database_url)
    assert tables_of(empty_database_url) == {}


@pytest.mark.usefixtures("sold")
def test_an_encrypted_backup_opens_with_its_key_alone_and_brings_the_secret_key(
    make: Make, restore: Restore, folder: Path, empty_database_url: str, database_url: str, tmp_path: Path
) -> None:
    owner, stranger = OwnKey(), OwnKey()
    file = folder / make(verify=True, recipients=(owner.recipient,)).name
    assert file.suffix == ".age"
    assert is_sealed(file)
    assert file.stat().st_mode & 0o777 == 0o600
    for words in (b"odeon", SECRET_KEY.encode(), b"manifest"):
        assert words not in file.read_bytes().lower()
    with pytest.raises(BackupLocked, match="name the file"):
        restore(file, empty_database_url)
    with pytest.raises(BackupLocked, match="another key"):
        restore(file, empty_database_url, identities=[stranger.identity])
    file_damaged = folder / "damaged"
    sealed = file.read_bytes()
    file_damaged.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with pytest.raises(BackupDamaged):
        restore(file_damaged, empty_database_url, identities=[owner.identity])

    restored = restore(file, empty_database_url, identities=[owner.identity])

    key = tmp_path / "other-data" / "secret_key"
    assert key.read_text() == SECRET_KEY
    assert key.stat().st_mode & 0o777 == 0o600
    assert "secret key of the backup is back" in " ".join(restored.notes)


@pytest.mark.usefixtures("sold")
def test_a_backup_that_anybody_can_read_has_no_secret_key(make: Make, folder: Path, tmp_path: Path) -> None:
    file = folder / make().name
    (tmp_path / "out").mkdir()
    manifest = unpack_archive(file, tmp_path / "out")
    assert SECRET_KEY_FILE not in manifest.files
    assert SECRET_KEY.encode() not in file.read_bytes()
    assert manifest.secret_key_print is not None
    with tarfile.open(file) as archive:
        first = archive.extractfile(archive.getmembers()[0])
        assert first is not None
        assert read_manifest(first.read()) == manifest


@pytest.mark.usefixtures("sold")
def test_another_secret_key_than_that_of_the_backup_is_told(
    make: Make, restore: Restore, folder: Path, database_url: str, stop: Stop, tmp_path: Path
) -> None:
    owner = OwnKey()
    open_one = folder / make().name
    sealed = folder / make(recipients=(owner.recipient,), now=NOW.replace(hour=10)).name
    stop()
    other, same = "o" * 40, SECRET_KEY

    def notes(file: Path, key: str) -> str:
        return " ".join(
            restore(file, database_url, identities=[owner.identity], overwrite=True, key=key).notes
        )

    assert "secret key" not in notes(sealed, same).lower()
    assert "has none in it" in notes(open_one, other)
    assert "MATINEE_SECRET_KEY is not the one" in notes(sealed, other)
    assert (tmp_path / "other-data" / "secret_key.of-backup").read_text() == SECRET_KEY
    (tmp_path / "other-data" / "secret_key").write_text(other)
    assert "The one that was there is kept" in notes(sealed, "")
    assert (tmp_path / "other-data" / "secret_key").read_text() == SECRET_KEY
    for said in (notes(open_one, other), notes(sealed, other)):
        assert SECRET_KEY not in said


def test_a_database_without_tables_is_no_backup(make: Make, empty_database_url: str, folder: Path) -> None:
    engine = open_database(empty_database_url)
    with engine.begin() as connection:
        connection.execute(text("SELECT 1"))
    with pytest.raises(BackupFailed, match="no tables yet"):
        make(of=engine)
    engine.dispose()
    assert not folder.exists()


def test_names_say_when_a_backup_was_made_and_other_names_are_none() -> None:
    told = read_name("matinee-20301231T235959Z-verified.tar.age")
    assert told is not None
    assert str(told) == "matinee-20301231T235959Z-verified.tar.age"
    for name in ("2026-11-24.dump", "matinee-20301331T235959Z.tar", ".matinee-partial-matinee-20301231T235959Z.tar",
                 "matinee-20301231T235959Z.tar.gz"):  # fmt: skip
        assert read_name(name) is None
