"""POST /buyTicket as `matinee serve` answers it on PostgreSQL: single seats are sold without asking the application"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import threading
import time
import weakref
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
import uvloop
from sqlalchemy import select

from matinee.boxoffice import direct_purchases, purchase_statements
from matinee.boxoffice.errors import SeatsNotFree
from matinee.boxoffice.models import Ticket
from matinee.db.direct import LONG_SECONDS, TOGETHER_MAX, DirectConnections
from matinee.kernel.counts import tell_counts_to
from matinee.web.given.buying_in_passing import VALUES_MAX
from matinee.web.shared.asgi import Answer, Scope
from tests.building import DAY, Buyer, House, count_rows
from tests.databases import PostgresServer
from tests.web.conftest import OpenApp
from tests.web.given.conftest import PutBehindBridge
from tests.web.given.through_bridge import BehindBridge, scope_of, send

# The only screening of its film at its time.
VALUES = {
    "date": (DAY + timedelta(days=1)).isoformat(),
    "title": quote("Café"),
    "time": "00:30",
    "number": "5",
}


@pytest.fixture
def database_url(postgresql_url: str) -> str:
    return postgresql_url


def request(buyer: Buyer, **changes: str) -> Scope:
    values = {**VALUES, "token": buyer.token, "username": buyer.username, "host": "testserver", **changes}
    environ = {f"HTTP_{name.upper()}": value for name, value in values.items()}
    return scope_of(
        {"REQUEST_METHOD": "POST", "PATH_INFO": "/buyTicket", "QUERY_STRING": "", "wsgi.url_scheme": "http"}
        | environ
    )


def read(sent: list[dict[str, Any]]) -> tuple[int, dict[str, str], Any]:
    head, body = sent
    headers = {name.decode(): value.decode() for name, value in head["headers"]}
    return head["status"], headers, json.loads(body["body"])


def buy(bridge: BehindBridge, buyer: Buyer, **changes: str) -> tuple[int, dict[str, str], Any]:
    """Status, headers and body."""
    return read(uvloop.run(send(bridge, request(buyer, **changes))))


def test_who_asks_in_the_same_words_gets_the_same_answer_without_the_application(
    bridge: BehindBridge, buyer: Buyer
) -> None:
    answers = [buy(bridge, buyer, number=str(number)) for number in range(1, 5)]
    assert bridge.asked == 1
    assert len(bridge.told) == 3
    assert {status for status, _, _ in answers} == {200}
    ids = [headers.pop("x-request-id") for _, headers, _ in answers]
    assert len(set(ids)) == 4
    assert [said.request_id for said in bridge.told] == ids[1:]
    lengths = [headers.pop("content-length") for _, headers, _ in answers]
    assert len(set(lengths)) == 1
    assert [headers for _, headers, _ in answers] == [answers[0][1]] * 4
    tickets = bridge.services.transactions.read(
        lambda session: {ticket.seat.label: ticket.id for ticket in session.scalars(select(Ticket))}
    )
    assert [body for _, _, body in answers] == [
        {
            "message": "Ticket bought successfully",
            "data": {
                "date": VALUES["date"], "title": "Café", "time": VALUES["time"], "number": number,
                "id": tickets[str(number)], "urltoqr": f"http://testserver/tikets/{tickets[str(number)]}.png",
            },
        }
        for number in range(1, 5)
    ]  # fmt: skip


def test_the_bytes_of_the_answer_are_the_applications(bridge: BehindBridge, buyer: Buyer) -> None:
    bodies = []
    for seat in "12":
        _, body = uvloop.run(send(bridge, request(buyer, number=seat)))
        data = json.loads(body["body"])["data"]
        bodies.append(
            body["body"].replace(data["id"].encode(), b"*").replace(b'number":%s' % seat.encode(), b"")
        )
    assert bridge.asked == 1
    assert bodies[0] == bodies[1]


def test_other_words_are_asked_of_the_application_first(bridge: BehindBridge, buyer: Buyer) -> None:
    buy(bridge, buyer, number="1")
    buy(bridge, buyer, number="2", accept="text/html")
    assert (bridge.asked, len(bridge.told)) == (2, 0)
    buy(bridge, buyer, number="3", accept="text/html")
    buy(
        bridge, buyer, number="4", user_agent="whoever", x_forwarded_for="198.51.100.9", sec_fetch_mode="cors"
    )
    buy(bridge, buyer, number="5", cookie="token=of-nobody")
    assert (bridge.asked, len(bridge.told)) == (2, 3)


def test_what_the_application_adds_for_pages_elsewhere_is_added_here(
    open_app: OpenApp, put_behind_bridge: PutBehindBridge, house: House, buyer: Buyer
) -> None:
    bridge = put_behind_bridge(
        open_app(cors_origins=("https://elsewhere.example",), base_url="https://odeon.example")
    )
    for origin, allowed in (("https://elsewhere.example", True), ("https://nobody.example", False)):
        first, second = (
            buy(bridge, buyer, number=str(number + 2 * allowed), origin=origin) for number in (1, 2)
        )
        assert first[0] == second[0] == 200
        for name in ("vary", "access-control-allow-origin", "strict-transport-security"):
            assert first[1].get(name) == second[1].get(name)
        assert ("access-control-allow-origin" in second[1]) is allowed
    assert len(bridge.told) == 2


@pytest.mark.parametrize(
    "answer",
    [(404, [], b""), (200, [(b"set-cookie", b"a=1")], b"")],
    ids=["a refusal", "a cookie"],
)
def test_headers_that_are_not_for_others_are_not_kept(bridge: BehindBridge, answer: Answer) -> None:
    async def learn() -> None:
        async def say(_beforehand: object) -> Answer:
            return answer

        assert await bridge.passing._learn("words", say) is answer

    uvloop.run(learn())
    assert bridge.passing._headers == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"authorization": "Bearer x"},
        {"idempotency_key": "1"},
        {"content_length": "2"},
        {"transfer_encoding": "chunked"},
        {"content_encoding": "gzip"},
        {"x_unheard_of": "1"},
        {"token": ""},
        {"username": ""},
        {"accept": "x" * 5000},
        # Which the application takes apart: it takes a fifth of a second.
        {"number": "%" * VALUES_MAX},
        {"number": "\x00"},
        {"title": ""},
    ],
    ids=repr,
)
def test_what_the_application_has_to_look_at_is_left_to_it(
    bridge: BehindBridge, buyer: Buyer, changes: dict[str, str]
) -> None:
    buy(bridge, buyer, number="1")

    async def is_taken_on(scope: Scope) -> bool:
        awaitable = bridge.passing(scope, lambda _: asyncio.sleep(0))  # type: ignore[arg-type,return-value]
        if awaitable is not None:
            await awaitable
        return awaitable is not None

    usual = request(buyer)
    assert uvloop.run(is_taken_on(usual))
    assert len(bridge.told) == 1
    assert not uvloop.run(is_taken_on(request(buyer, **changes)))
    assert not uvloop.run(is_taken_on({**usual, "method": "GET"}))
    assert not uvloop.run(is_taken_on({**usual, "path": "/buyManyTikets"}))
    assert not uvloop.run(is_taken_on({**usual, "query_string": b"cinema=lux"}))
    twice = [*usual["headers"], (b"number", b"6")]
    assert not uvloop.run(is_taken_on({**usual, "headers": twice}))


class Statements:
    """Counts what is asked of the database on the hot path."""

    def __init__(self, direct: DirectConnections, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[int] = []
        self.fails_with: Exception | None = None
        self.loses_the_answer = False
        self.takes_seconds = 0.0
        self.other = 0
        fetch = direct._fetch

        def count(statement: str, values: Any) -> Any:
            if statement != purchase_statements.TOGETHER_IN_DEFAULT_CINEMA:
                self.other += 1
            else:
                self.asked.append(len(values["label"]))
                time.sleep(self.takes_seconds)
                if self.fails_with is not None:
                    raise self.fails_with
                if self.loses_the_answer:
                    fetch(statement, values)
                    raise psycopg.OperationalError("the connection was lost")
            return fetch(statement, values)

        monkeypatch.setattr(direct, "_fetch", count)


@pytest.fixture
def statements(bridge: BehindBridge, buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> Statements:
    buy(bridge, buyer, number="1")
    return Statements(bridge.direct, monkeypatch)


@pytest.fixture
def refusals() -> Iterator[list[str]]:
    counted: list[str] = []
    tell_counts_to(
        lambda what, _amount, labels: counted.append(labels["code"]) if what == "refusals" else None
    )
    yield counted
    tell_counts_to(None)


def test_a_seat_that_is_another_s_is_asked_for_once_and_refused_by_the_application(
    bridge: BehindBridge, statements: Statements, buyer: Buyer, refusals: list[str]
) -> None:
    before = bridge.services.version.current()
    status, headers, body = buy(bridge, buyer, number="1")
    assert (status, body) == (404, {"message": "Seat not found"})
    assert headers["x-content-type-options"] == "nosniff"
    assert (statements.asked, statements.other) == ([1], 0)
    assert refusals == ["unavailable"]
    assert (bridge.asked, bridge.told) == (2, [])
    assert bridge.services.version.current() == before


def test_what_stands_in_the_way_is_found_out_alone(
    bridge: BehindBridge, statements: Statements, buyer: Buyer, refusals: list[str]
) -> None:
    status, _, body = buy(bridge, buyer, token="of-nobody", number="2")
    assert (status, body) == (400, {"message": "Wrong token or session expired"})
    assert (statements.asked, statements.other) == ([1], 1)
    assert refusals == ["session_not_valid"]


def test_a_sale_moves_the_version_of_the_data(
    bridge: BehindBridge, statements: Statements, buyer: Buyer
) -> None:
    before = bridge.services.version.current()
    assert buy(bridge, buyer, number="2")[0] == 200
    assert bridge.services.version.current() != before
    assert statements.asked == [1]


def test_those_who_come_at_once_are_served_together_and_each_gets_his_own(
    bridge: BehindBridge, statements: Statements, buyer: Buyer
) -> None:
    async def all_at_once() -> list[list[dict[str, Any]]]:
        asked = (request(buyer, number=str(number)) for number in [*range(2, 13), 12, 13])
        return await asyncio.gather(*(send(bridge, scope) for scope in asked))

    # While the first statement is under way, all others come.
    statements.takes_seconds = 0.3
    answers = [read(sent) for sent in uvloop.run(all_at_once())]
    assert [status for status, _, _ in answers] == [200] * 11 + [404] * 2
    assert [body["data"]["number"] for _, _, body in answers[:11]] == list(range(2, 13))
    # Whoever was there when the first statement was sent, and all others.
    assert len(statements.asked) <= 2
    assert sum(statements.asked) == 13
    assert bridge.services.transactions.read(lambda session: count_rows(session, Ticket)) == 12


def test_a_failure_that_nobody_foresaw_is_a_500_and_the_next_buy(
    bridge: BehindBridge, statements: Statements, buyer: Buyer, caplog: pytest.LogCaptureFixture
) -> None:
    statements.fails_with = RuntimeError("not foreseen")
    with caplog.at_level(logging.ERROR):
        assert buy(bridge, buyer, number="2")[0] == 500
    assert "not foreseen" in caplog.text
    assert statements.asked == [1], "what may have been sold is not sent again"
    statements.fails_with = None
    assert buy(bridge, buyer, number="2")[0] == 200


def test_a_caller_who_no_longer_waits_has_bought_all_the_same(
    bridge: BehindBridge, statements: Statements, buyer: Buyer, caplog: pytest.LogCaptureFixture
) -> None:
    async def one_gives_up() -> None:
        gone = asyncio.ensure_future(send(bridge, request(buyer, number="2")))
        await asyncio.sleep(0)
        gone.cancel()
        assert read(await send(bridge, request(buyer, number="3")))[0] == 200

    uvloop.run(one_gives_up())
    assert sum(statements.asked) == 2
    assert bridge.services.transactions.read(lambda session: count_rows(session, Ticket)) == 3
    assert caplog.text == ""


def test_where_there_is_no_thread_for_it_the_application_sells(
    bridge: BehindBridge, buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot_start(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    buy(bridge, buyer, number="1")
    with monkeypatch.context() as without_threads:
        without_threads.setattr(threading.Thread, "start", cannot_start)
        assert buy(bridge, buyer, number="2")[0] == 200
    assert (bridge.asked, bridge.told) == (2, [])
    assert buy(bridge, buyer, number="3")[0] == 200
    assert len(bridge.told) == 1


def test_where_that_thread_has_no_connection_the_application_sells(
    bridge: BehindBridge, buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = psycopg.connect

    def there_are_too_many(*arguments: Any, **options: Any) -> Any:
        if threading.current_thread().name == "stand-in":
            raise psycopg.OperationalError("too many clients already")
        return connect(*arguments, **options)

    buy(bridge, buyer, number="1")
    monkeypatch.setattr(psycopg, "connect", there_are_too_many)
    assert buy(bridge, buyer, number="2")[0] == 200
    assert (bridge.asked, bridge.told) == (2, [])


@pytest.mark.usefixtures("statements")
def test_a_refusal_leaves_nothing_to_the_garbage_collector(
    bridge: BehindBridge, buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[weakref.ref[SeatsNotFree]] = []

    class Noted(SeatsNotFree):
        """Some seats are not free."""

        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            made.append(weakref.ref(self))

    monkeypatch.setattr(direct_purchases, "SeatsNotFree", Noted)
    gc.collect()
    gc.disable()
    try:
        assert [buy(bridge, buyer, number="1")[0] for _ in range(5)] == [404] * 5
        # The last may still be in the hands of the thread that told it.
        assert len(made) == 5
        assert [one() for one in made[:-1]] == [None] * 4
    finally:
        gc.enable()


class TestTheDatabaseIsAway:
    @pytest.fixture
    def database_url(self, own_postgres: PostgresServer) -> str:
        return own_postgres.url("matinee")

    def test_a_buyer_is_told_to_come_again_and_may(
        self, bridge: BehindBridge, buyer: Buyer, own_postgres: PostgresServer
    ) -> None:
        for number in "12":
            assert buy(bridge, buyer, number=number)[0] == 200
        own_postgres.stop()
        status, headers, _ = buy(bridge, buyer, number="3")
        assert status == 503
        assert int(headers["retry-after"]) > 0
        own_postgres.start()
        assert buy(bridge, buyer, number="3")[0] == 200
        assert len(bridge.told) == 2


def test_of_a_purchase_in_doubt_the_buyer_is_told_so_and_it_is_not_sent_again(
    bridge: BehindBridge, statements: Statements, buyer: Buyer
) -> None:
    statements.loses_the_answer = True
    status, headers, _ = buy(bridge, buyer, number="2")
    assert status == 503
    assert int(headers["retry-after"]) > 0
    assert (statements.asked, statements.other) == ([1], 0)
    assert bridge.services.transactions.read(lambda session: count_rows(session, Ticket)) == 2


@pytest.mark.parametrize("error", [psycopg.errors.LockNotAvailable(), psycopg.errors.DeadlockDetected()])
def test_what_could_not_be_done_together_is_done_alone(
    bridge: BehindBridge, statements: Statements, buyer: Buyer, error: Exception
) -> None:
    statements.fails_with = error
    status, _, body = buy(bridge, buyer, number="2")
    assert (status, body["data"]["number"]) == (200, 2)
    # The facts, and the purchase.
    assert (statements.asked, statements.other) == ([1], 2)
    assert bridge.services.transactions.read(lambda session: count_rows(session, Ticket)) == 2


def test_the_time_that_a_refusal_took_is_logged_from_its_beginning(
    bridge: BehindBridge, statements: Statements, buyer: Buyer, caplog: pytest.LogCaptureFixture
) -> None:
    statements.takes_seconds = 0.3
    with caplog.at_level(logging.INFO, "matinee.access"):
        assert buy(bridge, buyer, number="1")[0] == 404
        assert buy(bridge, buyer, number="2")[0] == 200
    told = [record.fields for record in caplog.records if record.name == "matinee.access"]  # type: ignore[attr-defined]
    assert [fields["status"] for fields in told] == [404]
    assert told[0]["ms"] >= 300
    assert bridge.told[-1].seconds >= 0.3


def test_what_one_machine_sells_in_passing_the_others_show_at_once(
    bridge: BehindBridge, buyer: Buyer, open_app: OpenApp, tmp_path: Path
) -> None:
    elsewhere = open_app(data_dir=tmp_path / "elsewhere").test_client()

    def free() -> list[int]:
        (shown,) = elsewhere.get("/getDay", query_string={"date": VALUES["date"]}).json["day"]
        seats: list[int] = shown["aviableTikets"]
        return seats

    assert free() == list(range(1, 13))
    for number in range(1, 5):
        assert buy(bridge, buyer, number=str(number))[0] == 200
        assert free() == list(range(number + 1, 13))
    assert len(bridge.told) == 3

    def test_whoever_waits_while_nobody_answers_is_told_with_the_first(
        self,
        bridge: BehindBridge,
        buyer: Buyer,
        own_postgres: PostgresServer,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        tried: list[str] = []

        def in_vain(*_arguments: Any, **_options: Any) -> Any:
            tried.append(threading.current_thread().name)
            time.sleep(LONG_SECONDS)
            raise psycopg.OperationalError("timeout expired")

        async def all_at_once() -> list[list[dict[str, Any]]]:
            return await asyncio.gather(
                *(send(bridge, request(buyer, number="3")) for _ in range(2 * TOGETHER_MAX))
            )

        for number in "12":
            assert buy(bridge, buyer, number=number)[0] == 200
        own_postgres.stop()
        monkeypatch.setattr(psycopg, "connect", in_vain)
        heads = [head for head, _ in uvloop.run(all_at_once())]
        assert {head["status"] for head in heads} == {503}
        assert tried == ["stand-in"]
