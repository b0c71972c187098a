"""POST /holds for seats that are another's: refused before anything is written, and never whom it should not be"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from matinee.db.version import announce_change
from matinee.programme.models import Screening
from matinee.web.shared.kept_parts import KeptParts
from matinee.web.shared.services import Services
from tests.building import LETTERED, NOW, clock_at
from tests.web.v1.shopping import Shop, refused

KEY = {"Idempotency-Key": "5f0c2c6e-8a0c-4c39-8d6f-1e4b2f8f6a11"}
END = NOW + timedelta(minutes=10)


@pytest.fixture
def written(services: Services, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each transaction that was begun in order to write."""
    begun: list[str] = []
    write = services.transactions.write

    def noted(work: Callable[..., Any]) -> Any:
        begun.append(work.__qualname__)
        return write(work)

    monkeypatch.setattr(services.transactions, "write", noted)
    return begun


@pytest.fixture
def many_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """For all screenings, however long the test takes."""
    monkeypatch.setattr(KeptParts, "is_asked_for_often", lambda _parts, _key: True)


def best(shop: Shop, count: int) -> Any:
    return shop.post("/holds", screening=shop.house.lettered, best_available={"count": count})


@pytest.mark.usefixtures("many_come")
def test_a_seat_that_is_held_or_sold_is_refused_without_a_transaction(shop: Shop, written: list[str]) -> None:
    shop.hold("A1", "A2")
    shop.hold("B1", "B2")
    written.clear()
    for labels in (("A1",), ("A3", "A2"), ("B1",)):
        answer = shop.try_hold(*labels, headers=KEY)
        assert refused(answer) == (409, "unavailable")
        assert labels[-1] in answer.json["detail"]
    assert written == []
    assert shop.try_hold("A3", "A4").status_code == 201
    assert written


@pytest.mark.parametrize("come_often", [False, True])
def test_seats_are_looked_at_beforehand_where_others_came_just_now_and_all_are_told_the_same(
    shop: Shop, written: list[str], come_often: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(KeptParts, "is_asked_for_often", lambda _parts, _key: come_often)
    shop.hold("A1")
    written.clear()
    assert refused(shop.try_hold("A1")) == (409, "unavailable")
    assert refused(best(shop, 6)) == (409, "not_enough_seats")
    assert (written == []) is come_often
    answers = [shop.hold("A2"), best(shop, 2).json]
    assert [answer["state"] for answer in answers] == ["held", "held"]


def test_it_is_each_screening_for_which_some_came_just_now(
    shop: Shop, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def is_asked_for_often(_parts: object, key: object) -> bool:
        asked.append(key)
        return False

    monkeypatch.setattr(KeptParts, "is_asked_for_often", is_asked_for_often)
    shop.hold("A1")
    shop.hold("A2")
    shop.hold("1", screening=shop.house.first_hall)
    first, second, other = asked
    assert first == second != other


@pytest.mark.usefixtures("many_come")
def test_whoever_asks_again_for_what_he_was_given_gets_it_again(shop: Shop) -> None:
    first = shop.try_hold("A1", headers=KEY)
    again = shop.try_hold("A1", headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert refused(shop.try_hold("A1", headers={"Idempotency-Key": KEY["Idempotency-Key"][::-1]})) == (
        409,
        "unavailable",
    )


@pytest.mark.usefixtures("many_come")
def test_a_hold_is_free_at_the_instant_at_which_it_runs_out(shop: Shop) -> None:
    shop.hold("A1")
    with clock_at(END - timedelta(microseconds=1)):
        assert refused(shop.try_hold("A1")) == (409, "unavailable")
    with clock_at(END):
        assert shop.try_hold("A1").status_code == 201


@pytest.mark.usefixtures("many_come")
def test_a_seat_that_was_let_go_can_be_had_at_once(shop: Shop) -> None:
    held = shop.hold("A1")
    assert refused(shop.try_hold("A1")) == (409, "unavailable")
    secret = {"Order-Secret": held["secret"]}
    assert shop.delete(f"/holds/{held['code']}", secret).status_code == 204
    assert shop.try_hold("A1").status_code == 201


@pytest.mark.usefixtures("many_come")
def test_more_than_are_free_are_refused_without_a_transaction(shop: Shop, written: list[str]) -> None:
    shop.hold(*LETTERED[:-1])
    written.clear()
    assert refused(best(shop, 2)) == (409, "not_enough_seats")
    assert written == []
    assert best(shop, 1).status_code == 201
    written.clear()
    assert refused(best(shop, 1)) == (409, "not_enough_seats")
    assert written == []


@pytest.mark.usefixtures("many_come")
def test_what_is_refused_before_that_is_refused_as_ever(
    shop: Shop, services: Services, client: FlaskClient
) -> None:
    shop.hold(*LETTERED)
    assert refused(shop.try_hold("A1", "A1")) == (422, "seat_named_twice")
    assert refused(best(shop, 11)) == (422, "too_many")
    assert refused(shop.try_hold("A1", screening=999)) == (404, "screening_not_found")

    def close(session: Session) -> None:
        session.execute(update(Screening).values(sales_end_at=NOW))
        announce_change(session)

    services.transactions.write(close)
    assert refused(shop.try_hold("A1")) == (409, "closed")
    assert refused(best(shop, 1)) == (409, "closed")
