"""PostgreSQL brought back to a moment, as docs/backup.md says: a base backup, the log ahead since then, a time."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from matinee.boxoffice.holds import Holder, HoldTerms, hold_seats
from matinee.boxoffice.models import SeatClaim
from matinee.boxoffice.offers import SeatChoice
from matinee.boxoffice.rules import ChoiceRules
from matinee.db.engine import database_url as read_address
from matinee.db.schema import HEAD_REVISION
from matinee.programme.models import Seat
from tests.conftest import PROGRAMS
from tests.databases import FOLLOWED_SETTINGS, PostgresServer, create_database
from tests.db.earlier import build_earlier

pytestmark = pytest.mark.timeout(170)
NOW = datetime(2030, 5, 17, 12, 0, tzinfo=UTC)
RECOVERY_SECONDS_MAX = 60
# As docs/backup.md says, but for the folder.
ARCHIVE = "test ! -f {folder}/%f && cp %p {folder}/%f.part && mv {folder}/%f.part {folder}/%f"


@pytest.fixture
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the server, another user where the tests run as root, may write to."""
    folder = Path("/tmp") / f"matinee-wal-{os.getpid()}-{time.monotonic_ns()}"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    return folder


@pytest.fixture
def server(request: pytest.FixtureRequest, archive: Path) -> Iterator[PostgresServer]:
    settings = {**FOLLOWED_SETTINGS, "archive_mode": "on", "archive_command": ARCHIVE.format(folder=archive)}
    made = PostgresServer(request.config.stash[PROGRAMS], settings)
    try:
        made.start()
        yield made
    finally:
        made.remove()
        shutil.rmtree(archive, ignore_errors=True)


def hold(url: str, label: str) -> None:
    engine = create_engine(read_address(url))
    with Session(engine) as session:
        hold_seats(
            session, screening_id=1, choices=[SeatChoice(label, None)], holder=Holder("site", secret="s"),
            terms=HoldTerms(timedelta(minutes=10), 10, 10), rules=ChoiceRules(orphans=False), now=NOW,
        )  # fmt: skip
        session.commit()
    engine.dispose()


def held(url: str) -> list[str]:
    engine = create_engine(read_address(url))
    with Session(engine) as session:
        found = session.scalars(
            select(Seat.label).join(SeatClaim, SeatClaim.seat_id == Seat.id).order_by(Seat.label)
        ).all()
    engine.dispose()
    return list(found)


def run_sql(url: str, statement: str) -> object:
    engine = create_engine(read_address(url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        result = connection.execute(text(statement))
        found = result.scalar() if result.returns_rows else None
    engine.dispose()
    return found


def wait_until_recovered(url: str) -> None:
    """The server answers readers before it has read the log to the moment and lets anybody write."""
    ends_at = time.monotonic() + RECOVERY_SECONDS_MAX
    while run_sql(url, "SELECT pg_is_in_recovery()"):
        assert time.monotonic() < ends_at, "the server is still in recovery"
        time.sleep(0.05)


def test_what_was_sold_up_to_a_moment_is_there_and_what_came_after_is_not(
    server: PostgresServer, archive: Path, request: pytest.FixtureRequest
) -> None:
    url = create_database(server.url("postgres"), "matinee")
    engine = create_engine(read_address(url))
    build_earlier(engine, HEAD_REVISION)
    engine.dispose()
    base = server.folder / "base"
    subprocess.run(
        [server._programs / "pg_basebackup", "-d", server.url("postgres"), "-D", base, "-X", "none", "-c", "fast"],
        check=True, user=server._user, cwd=server.folder, capture_output=True,
    )  # fmt: skip
    hold(url, "A4")
    moment = run_sql(url, "SELECT clock_timestamp()::text")
    time.sleep(0.05)
    hold(url, "A5")
    assert held(url) == ["A1", "A2", "A3", "A4", "A5"]
    run_sql(url, "DELETE FROM seat_claim")  # what somebody did by mistake
    run_sql(url, "SELECT pg_switch_wal()")
    server.stop()

    settings = {
        **FOLLOWED_SETTINGS,
        "restore_command": f"cp {archive}/%f %p",
        "recovery_target_time": str(moment),
        "recovery_target_action": "promote",
    }
    recovered = PostgresServer(request.config.stash[PROGRAMS], settings)
    try:
        shutil.rmtree(recovered.folder / "data")
        base.rename(recovered.folder / "data")
        (recovered.folder / "data" / "recovery.signal").touch()
        recovered.start()
        wait_until_recovered(recovered.url("matinee"))
        assert held(recovered.url("matinee")) == ["A1", "A2", "A3", "A4"]
        # It sells again.
        hold(recovered.url("matinee"), "A5")
    finally:
        recovered.remove()
