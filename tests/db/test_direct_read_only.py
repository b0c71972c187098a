"""The driver's own connections, when the server has become a standby"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine

from matinee.db.direct import DirectConnections
from matinee.db.engine import database_url
from matinee.db.errors import DatabaseUnavailable

WRITE = "INSERT INTO machine (id, seen_at) VALUES (:id, now()) RETURNING id"


@pytest.fixture
def connections(postgresql_url: str) -> Iterator[DirectConnections]:
    engine = create_engine(database_url(postgresql_url))
    found = DirectConnections(engine)
    yield found
    found.close_mine()
    engine.dispose()


def test_a_server_that_takes_no_writes_is_unavailable_and_left(connections: DirectConnections) -> None:
    # What the next statements of this connection meet on a server that was the primary until now.
    connections.fetch_all(
        "SELECT set_config('default_transaction_read_only', 'on', false)", {}, may_repeat=True
    )
    with pytest.raises(DatabaseUnavailable):
        connections.fetch_all(WRITE, {"id": "here"}, may_repeat=False)

    assert connections.fetch_all(WRITE, {"id": "here"}, may_repeat=False) == [("here",)]
