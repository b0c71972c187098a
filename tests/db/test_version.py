"""The version of the data moves with every change that was announced, and other processes see it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from matinee.db.version import announce_change
from matinee.kernel import clock
from matinee.programme.models import Cinema
from matinee.web.shared.services import Services

# Another process of the same installation: says the version whenever it is asked.
READER = """
import sys
from matinee.app import create_app
from matinee.settings import read_settings
from matinee.web.shared.services import services_of
version = services_of(create_app(read_settings())).version
for _ in sys.stdin:
    print(version.current(), flush=True)
"""


@pytest.fixture
def reader(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", READER],
        env=environment,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    yield process
    process.kill()
    process.communicate()


def seen_by(reader: subprocess.Popen[str]) -> str:
    assert reader.stdin is not None
    assert reader.stdout is not None
    reader.stdin.write("\n")
    reader.stdin.flush()
    return reader.stdout.readline()


def change(services: Services, slug: str) -> None:
    def work(session: Session) -> None:
        session.add(Cinema(slug=slug, name="Odeon", timezone="UTC", currency="EUR"))
        announce_change(session)

    services.transactions.write(work)


def test_each_change_moves_it_here_and_in_another_process(
    services: Services, reader: subprocess.Popen[str]
) -> None:
    here, there = [services.version.current()], [seen_by(reader)]
    assert there[0].strip()
    for number in range(5):
        change(services, f"odeon-{number}")
        here.append(services.version.current())
        there.append(seen_by(reader))
    assert len(set(here)) == 6
    assert len(set(there)) == 6


def test_it_stands_still_while_nothing_changes(services: Services, reader: subprocess.Popen[str]) -> None:
    change(services, "odeon")
    here, there = services.version.current(), seen_by(reader)
    services.transactions.read(lambda session: session.get(Cinema, 1))
    assert services.version.current() == here
    assert seen_by(reader) == there


def test_a_change_that_was_undone_is_not_announced_later(services: Services) -> None:
    def work(session: Session) -> None:
        announce_change(session)
        raise LookupError(str(clock.now()))

    with pytest.raises(LookupError):
        services.transactions.write(work)
    before = services.version.current()
    services.transactions.read(lambda session: session.get(Cinema, 1))
    assert services.version.current() == before
