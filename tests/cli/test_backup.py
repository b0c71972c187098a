from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from matinee.backups.databases import open_database
from matinee.backups.errors import StoreFailed
from matinee.backups.stores import FolderStore
from matinee.cli.main import main
from matinee.kernel import clock
from matinee.settings import Settings, WrongSettings, read_settings
from matinee.web.shared.services import Services
from tests import kept_connections
from tests.backups.s3_server import ACCESS_KEY, BUCKET, REGION, SECRET_KEY, S3Server, running_s3
from tests.building import House, clock_at

pytestmark = pytest.mark.usefixtures("environment")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MATINEE_BACKUP_DIR", str(tmp_path / "backups"))
    return tmp_path / "backups"


@pytest.fixture
def closed(services: Services, house: House, settings: Settings) -> House:
    """A programme in a database that nobody has open."""
    services.engine.dispose()
    watching = getattr(services.version, "_connection", None)
    if watching is not None:
        watching.close()
        services.version._connection = None  # type: ignore[attr-defined]
    if services.direct is not None:
        services.direct.close_mine()
    kept_connections.end_all(settings.database_url)
    return house


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file with the secret key of what backups are encrypted to."""
    run("backup", "--new-identity", str(tmp_path / "key.txt"))
    public = (tmp_path / "key.txt").read_text().partition("public key: ")[2].split()[0]
    monkeypatch.setenv("MATINEE_BACKUP_RECIPIENT", public)
    return tmp_path / "key.txt"


@pytest.fixture
def store(key: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    """A store elsewhere, in the settings."""
    for name, value in (("ACCESS_KEY", ACCESS_KEY), ("SECRET_KEY", SECRET_KEY), ("REGION", REGION)):
        monkeypatch.setenv(f"MATINEE_BACKUP_S3_{name}", value)
    with running_s3() as server:
        monkeypatch.setenv("MATINEE_BACKUP_S3_URL", f"{server.url}/{BUCKET}")
        yield server


def films(settings: Settings) -> list[str]:
    engine = open_database(settings.database_url)
    with engine.begin() as connection:
        found = [str(row[0]) for row in connection.execute(text("SELECT title FROM film ORDER BY title"))]
    engine.dispose()
    return found


@pytest.mark.usefixtures("closed")
def test_a_backup_is_made_tried_listed_and_brought_back(
    settings: Settings, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "key.txt"
    told = run("backup", "--new-identity", str(key)).output
    assert key.stat().st_mode & 0o777 == 0o600
    assert "AGE-SECRET-KEY" in key.read_text()
    assert "AGE-SECRET-KEY" not in told
    monkeypatch.setenv("MATINEE_BACKUP_RECIPIENT", told.rpartition("MATINEE_BACKUP_RECIPIENT=")[2].strip())
    before = films(settings)

    made = run("backup", "--verify")

    assert made.exit_code == 0, made.output
    (file,) = folder.iterdir()
    assert f"Kept {file.name} (" in made.output
    assert "every table is what it was" in made.output
    assert f"{file.name}  " in run("backup", "--list").output
    assert "tried, encrypted" in run("backup", "--list").output
    assert "encrypted: name the file" in run("restore", "newest").output
    assert "every table is what it was" in run("restore", "newest", "--verify", "--identity", str(key)).output
    engine = open_database(settings.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE film SET title = 'lost'"))
    engine.dispose()
    refused = run("restore", "newest", "--identity", str(key))
    assert (refused.exit_code, "say --overwrite" in refused.output) == (1, True)
    assert set(films(settings)) == {"lost"}

    restored = run("restore", file.name, "--identity", str(key), "--overwrite")

    assert restored.exit_code == 0, restored.output
    assert films(settings) == before
    engine = open_database(settings.database_url)
    with engine.begin() as connection:
        row = connection.execute(text("SELECT actor, action FROM audit_entry ORDER BY id DESC")).first()
    engine.dispose()
    assert row == ("cli", "backup.restore")


@pytest.mark.usefixtures("closed")
def test_cron_hears_nothing_of_what_went_well_and_the_exit_code_of_what_did_not(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet = run("backup", "--quiet", "--to", str(tmp_path / "usb"))
    assert (quiet.exit_code, quiet.output) == (0, "")
    assert [path.suffix for path in (tmp_path / "usb").iterdir()] == [".tar"]
    assert not folder.exists()
    folder.write_text("no folder")
    failed = run("backup", "--quiet")
    assert failed.exit_code == 1
    assert "no backup was made" in failed.output
    monkeypatch.setenv("MATINEE_BACKUP_KEEP", "0")
    assert run("backup").exit_code == 2


@pytest.mark.usefixtures("closed")
def test_a_store_that_is_away_is_told_although_the_folder_has_the_backup(
    folder: Path, store: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = run("backup")
    assert both.exit_code == 0, both.output
    assert f"in {folder} and {store.url}/{BUCKET}." in both.output
    assert len(store.objects) == 1
    monkeypatch.setenv("MATINEE_BACKUP_S3_URL", f"{store.url}/another")
    with clock_at(clock.now() + timedelta(hours=1)):
        one = run("backup", "--quiet")
    assert one.exit_code == 3, one.output
    assert "But: The store" in one.output
    for secret in (SECRET_KEY, ACCESS_KEY):
        assert secret not in one.output + both.output + run("doctor").output


@pytest.mark.usefixtures("closed")
def test_the_newest_of_all_places_comes_back_and_a_place_that_fails_is_told(
    folder: Path, store: S3Server, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("backup").exit_code == 0
    (older,) = store.objects
    monkeypatch.setenv("MATINEE_BACKUP_DIR", "")
    with clock_at(clock.now() + timedelta(hours=1)):
        assert run("backup").exit_code == 0
    (newer,) = store.objects.keys() - {older}
    monkeypatch.setenv("MATINEE_BACKUP_DIR", str(folder))

    tried = run("restore", "newest", "--verify", "--identity", str(key))

    assert tried.exit_code == 0, tried.output
    assert f"From {store.url}/{BUCKET}: {newer}\n" in tried.output
    assert "But: " not in tried.output
    # By its name it comes from the nearest place that has it.
    assert f"From {folder}: {older}\n" in run("restore", older).output

    (folder / older).unlink()
    folder.rmdir()
    folder.write_text("a file where the folder should be")
    passed_over = run("restore", "newest", "--verify", "--identity", str(key))
    assert passed_over.exit_code == 0, passed_over.output
    assert f"But: The folder {folder} cannot be read" in passed_over.output
    assert "A newer one may be there." in passed_over.output
    assert f"From {store.url}/{BUCKET}: {newer}\n" in passed_over.output

    monkeypatch.setenv("MATINEE_BACKUP_S3_URL", f"{store.url}/another")
    neither = run("restore", "newest", "--identity", str(key))
    assert neither.exit_code == 1
    assert f"nothing was restored. The folder {folder} cannot be read" in neither.output
    assert "did not say what it keeps" in neither.output


@pytest.mark.usefixtures("closed", "folder")
def test_the_newest_comes_from_another_place_where_the_nearest_does_not_hand_it_out(
    store: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_store: FolderStore, _name: str, target: Path) -> None:
        target.write_bytes(b"the beginning")
        raise StoreFailed("The disk is bad.")

    assert run("backup").exit_code == 0
    (name,) = store.objects
    monkeypatch.setattr(FolderStore, "fetch", fails)
    for asked in (name, "newest"):
        found = run("restore", asked, *(["--overwrite"] if asked == "newest" else [])).output
        assert f"But: The disk is bad.\nFrom {store.url}/{BUCKET}: {name}\n" in found
    store.hands_out = False
    assert "nothing was restored. The disk is bad. The store" in run("restore", "newest").output


@pytest.mark.usefixtures("closed", "key")
def test_a_backup_that_cannot_be_read_back_is_kept_and_the_exit_code_says_that_not_all_is_well(
    store: S3Server,
) -> None:
    store.hands_out = False
    made = run("backup", "--verify", "--quiet")
    assert made.exit_code == 3, made.output
    (name,) = store.objects
    assert "-verified" not in name
    assert f"Kept {name} (" in made.output
    assert f"in {store.url}/{BUCKET}." in made.output
    assert "no backup was made" not in made.output
    assert "could not be read back, and does not count as tried there." in made.output


@pytest.mark.usefixtures("closed")
def test_what_is_not_there_is_a_sentence(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "no such backup is kept" in run("restore", "matinee-20300517T090000Z.tar").output
    assert f"{folder}: no backup yet" in run("backup", "--list").output
    (tmp_path / "some.txt").write_text("no backup")
    assert "This is no backup of Matinee" in run("restore", str(tmp_path / "some.txt")).output
    monkeypatch.setenv("MATINEE_BACKUP_DIR", "")
    assert "there is no place for backups" in run("backup").output
    monkeypatch.setenv("MATINEE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    away = run("backup", "--to", str(folder))
    assert (away.exit_code, "does not answer" in away.output) == (1, True), away.output


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("RECIPIENT", "age1nonsense", "must be public keys"),
        ("RECIPIENT", "AGE-SECRET-KEY-1QQQ", "a secret key is none"),
        ("S3_URL", "https://s3.example.org", "must look like"),
        ("S3_URL", "https://a:b@s3.example.org/b", "must have no keys in it"),
        ("S3_URL", "http://s3.example.org/b", "must be an https address"),
        ("S3_URL", "https://s3.example.org/b", "S3_SECRET_KEY must be set together"),
        ("SCRATCH_URL", "sqlite:////tmp/x", "must name a PostgreSQL"),
    ],
)
def test_a_wrong_setting_is_told(
    name: str, value: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"MATINEE_BACKUP_{name}", value)
    with pytest.raises(WrongSettings, match=f"MATINEE_BACKUP_{name} .*{sentence}") as told:
        read_settings()
    assert "1QQQ" not in str(told.value)


def test_what_is_not_encrypted_goes_to_no_store(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ACCESS_KEY", "SECRET_KEY"):
        monkeypatch.setenv(f"MATINEE_BACKUP_S3_{name}", "x")
    monkeypatch.setenv("MATINEE_BACKUP_S3_URL", "https://s3.example.org/b")
    with pytest.raises(WrongSettings, match="leave this machine encrypted"):
        read_settings()
