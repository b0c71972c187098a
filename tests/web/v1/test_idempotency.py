"""Idempotency-Key: a request that is sent again is answered again, and not carried out again"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from matinee.accounts.callers import ANONYMOUS, Caller
from matinee.accounts.models import ApiKey, AttemptCount
from matinee.web.shared.services import Services
from matinee.web.v1 import kept_requests
from matinee.web.v1.answers import Answer
from matinee.web.v1.errors import IdempotencyKeyReused, InvalidValues, RequestInProgress
from matinee.web.v1.idempotency import idempotent, idempotent_in_steps
from matinee.web.v1.kept_requests import delete_expired_requests
from matinee.web.v1.models import IdempotentRequest
from matinee.web.v1.shapes import Shape
from tests.building import NOW, clock_at, count_rows, on_one_database
from tests.web.v1.conftest import Headers, Staff

KEY = "5f0c2c6e-8a0c-4c39-8d6f-1e4b2f8f6a11"
BODY = {"name": "Website", "scopes": ["sales", "orders:read"]}
SOMEBODY = Caller(identity="user:1", name="somebody")


class Done(Shape):
    """What the work of these tests answers."""

    number: int


@dataclass
class Asking:
    """Requests with a key that are carried out in this process, by any work."""

    app: APIFlask
    services: Services

    def once(
        self,
        work: Callable[[Session], Answer],
        *,
        caller: Caller = SOMEBODY,
        key: str = KEY,
        body: str = "{}",
    ) -> Answer:
        with self._request(key, body):
            return idempotent(work, caller=caller, now=NOW)

    def in_steps(self, begin: Callable[[Session], str], carry_on: Callable[[str], Answer]) -> Answer:
        with self._request(KEY, "{}"):
            return idempotent_in_steps(begin, carry_on, caller=SOMEBODY, now=NOW)

    def _request(self, key: str, body: str) -> Any:
        return self.app.test_request_context(
            "/api/v1/things", method="POST", headers={"Idempotency-Key": key}, data=body
        )


@pytest.fixture
def asking(app: APIFlask, services: Services) -> Asking:
    return Asking(app, services)


@pytest.fixture
def manager(staff: Staff) -> Headers:
    return staff("manager")


def count_up(session: Session) -> Answer:
    """Work that can be seen: it adds a row."""
    number = count_rows(session, AttemptCount) + 1
    session.add(AttemptCount(key=f"work {number}", count=1, expires_at=NOW))
    session.flush()
    return Answer(Done(number=number), status=201, headers={"Location": f"/things/{number}"})


def post(client: FlaskClient, headers: Headers, key: str | None = KEY, **body: Any) -> TestResponse:
    keyed = {**headers, "Idempotency-Key": key} if key is not None else headers
    return client.post("/api/v1/api-keys", json={**BODY, **body}, headers=keyed)


def test_the_same_request_gets_the_same_answer_and_is_done_once(
    client: FlaskClient, services: Services, manager: Headers
) -> None:
    first, second = post(client, manager), post(client, manager)
    assert (first.status_code, second.status_code) == (201, 201)
    # To the byte, with the secret that is kept nowhere in clear.
    assert first.data == second.data
    assert first.headers["Location"] == second.headers["Location"]
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert services.transactions.read(lambda session: count_rows(session, ApiKey)) == 1


def test_without_a_key_it_is_done_each_time(
    client: FlaskClient, services: Services, manager: Headers
) -> None:
    assert post(client, manager, None).data != post(client, manager, None).data
    assert services.transactions.read(lambda session: count_rows(session, ApiKey)) == 2
    assert services.transactions.read(lambda session: count_rows(session, IdempotentRequest)) == 0


def test_the_key_with_another_body_is_refused(client: FlaskClient, manager: Headers) -> None:
    post(client, manager)
    answer = post(client, manager, name="Another")
    assert (answer.status_code, answer.json["code"]) == (422, "idempotency_key_reused")


def test_a_body_that_was_only_written_anew_is_the_same(client: FlaskClient, manager: Headers) -> None:
    first = post(client, manager)
    again = client.post(
        "/api/v1/api-keys",
        data='{ "scopes": ["sales", "orders:read"],\n "name": "Website" }',
        headers={**manager, "Idempotency-Key": f'"{KEY}"', "Content-Type": "application/json"},
    )
    assert again.data == first.data


def test_the_key_of_another_caller_is_another_key(client: FlaskClient, staff: Staff) -> None:
    first, second = (post(client, staff(*roles)) for roles in (["manager"], ["manager", "usher"]))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json["id"] != second.json["id"]


def test_a_refusal_is_not_kept(asking: Asking) -> None:
    def refuse(session: Session) -> Answer:
        count_up(session)
        raise IdempotencyKeyReused

    with pytest.raises(IdempotencyKeyReused):
        asking.once(refuse)
    # Nothing of it happened, and the key is as good as new.
    assert asking.once(count_up).body == Done(number=1)


def test_a_key_lives_for_a_day(client: FlaskClient, manager: Headers) -> None:
    first = post(client, manager)
    with clock_at(NOW + timedelta(hours=23, minutes=59)):
        assert post(client, manager).data == first.data


def test_a_key_that_ran_out_is_new_whether_it_was_tidied_or_not(asking: Asking) -> None:
    later = NOW + timedelta(hours=24)
    asking.once(count_up)
    with asking._request(KEY, "{}"):
        assert idempotent(count_up, caller=SOMEBODY, now=later).body == Done(number=2)
    with asking._request(KEY, '{"another": "body"}'):
        assert idempotent(count_up, caller=SOMEBODY, now=later + timedelta(hours=24)).body == Done(number=3)


def test_tidying_deletes_what_ran_out_alone(asking: Asking) -> None:
    asking.once(count_up)

    def tidy(moment: Any) -> int:
        return asking.services.transactions.write(
            lambda session: delete_expired_requests(session, now=moment)
        )

    assert [tidy(NOW + timedelta(hours=hours)) for hours in (23, 24, 25)] == [0, 1, 0]


def test_nothing_of_the_answer_and_of_the_key_is_kept_in_clear(
    client: FlaskClient, services: Services, manager: Headers
) -> None:
    secret = post(client, manager).json["key"]
    (row,) = services.transactions.read(lambda session: session.scalars(select(IdempotentRequest)).all())
    assert row.answer is not None
    kept = f"{vars(row)}"
    for hidden in (secret, KEY, "Website"):
        assert hidden not in kept


@on_one_database
def test_a_key_of_nobody_must_be_hard_to_guess(asking: Asking) -> None:
    for key in ("short", "", "x" * 256, "ключ" * 10, "a\tb" * 10):
        with pytest.raises(InvalidValues):
            asking.once(count_up, caller=ANONYMOUS, key=key)
    asking.once(count_up, key="short")


def test_many_at_the_same_time_are_one(asking: Asking) -> None:
    gate = threading.Barrier(8)

    def ask(_: int) -> bytes:
        gate.wait()
        return asking.once(count_up).content()

    with ThreadPoolExecutor(8) as threads:
        answers = set(threads.map(ask, range(8)))
    assert len(answers) == 1
    assert asking.services.transactions.read(lambda session: count_rows(session, AttemptCount)) == 1


def test_one_that_comes_while_the_first_is_slow_waits_for_its_answer(asking: Asking) -> None:
    begun, second_is_there = threading.Event(), threading.Event()

    def slow(session: Session) -> Answer:
        answer = count_up(session)
        begun.set()
        second_is_there.wait(5)
        return answer

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(asking.once, slow)
        begun.wait(5)
        second = threads.submit(asking.once, count_up)
        threading.Timer(0.3, second_is_there.set).start()
        assert first.result(10).content() == second.result(10).content()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_one_that_waited_too_long_is_told_to_come_back(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_requests, "WAIT_SECONDS", 0.1)
    begun, told = threading.Event(), threading.Event()

    def slow(session: Session) -> Answer:
        begun.set()
        told.wait(10)
        return count_up(session)

    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(asking.once, slow)
        begun.wait(5)
        with pytest.raises(RequestInProgress):
            asking.once(count_up)
        told.set()
        assert first.result(10).body == Done(number=1)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("usual", ["0", "7s"])
def test_what_comes_after_the_key_waits_for_others_as_long_as_usual(asking: Asking, usual: str) -> None:
    found: list[str] = []

    def look(session: Session) -> Answer:
        found.append(session.execute(text("SHOW lock_timeout")).scalar_one())
        return count_up(session)

    # Of the connection that is used again.
    asking.services.transactions.write(lambda s: s.execute(text(f"SET SESSION lock_timeout = '{usual}'")))
    asking.once(look)
    assert found == [usual]


def test_what_takes_several_transactions_is_carried_on_after_a_crash(asking: Asking) -> None:
    carried_on: list[str] = []

    def begin(session: Session) -> str:
        count_up(session)
        return "PAYMENT1"

    def crash(started: str) -> Answer:
        carried_on.append(started)
        raise ConnectionError("the provider is away")

    def finish(started: str) -> Answer:
        carried_on.append(started)
        return Answer(Done(number=7))

    with pytest.raises(ConnectionError):
        asking.in_steps(begin, crash)
    for _ in range(2):
        assert asking.in_steps(begin, finish).content() == b'{"number":7}\n'
    # Begun once, carried on until there was an answer, and then no more.
    assert carried_on == ["PAYMENT1", "PAYMENT1"]
    assert asking.services.transactions.read(lambda session: count_rows(session, AttemptCount)) == 1


def test_a_beginning_that_is_refused_leaves_nothing(asking: Asking) -> None:
    def refuse(session: Session) -> str:
        count_up(session)
        raise RequestInProgress

    with pytest.raises(RequestInProgress):
        asking.in_steps(refuse, lambda started: Answer(Done(number=1)))
    assert asking.in_steps(lambda session: "P", lambda started: Answer(Done(number=2))).body == Done(number=2)
