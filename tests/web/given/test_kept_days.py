"""What days and the schedule show while seats are sold: kept, but for the seats, and yet as if it had been made anew"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import json
from sqlalchemy import event, select, text, update
from sqlalchemy.orm import Session

from matinee.boxoffice.blocked_seats import block_seats
from matinee.boxoffice.planning import delete_unsold, keep_seats_back, withdraw_screenings
from matinee.boxoffice.purchase_facts import Purchase
from matinee.boxoffice.purchases import purchase_seats
from matinee.db.version import Change, announce_change
from matinee.programme.film_records import change_film
from matinee.programme.halls import rename_hall
from matinee.programme.models import Cinema, Film, Hall, PriceList, Screening
from matinee.programme.price_lists import change_price_list
from matinee.programme.screenings import change_screening, reschedule_screening, schedule_screening
from matinee.web.given.schedule import day_answer, schedule_answer
from matinee.web.shared import kept_parts
from matinee.web.shared.kept_parts import KeptParts
from matinee.web.shared.services import Services, services_of
from tests.boxoffice.selling import HOLD, Sale
from tests.building import DAY, NOW, Buyer, House
from tests.claims_only import shown_writes
from tests.web.conftest import OpenApp

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture(autouse=True)
def _kept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    # Nothing but the version may make it anew.
    monkeypatch.setattr(kept_parts, "SECONDS_TO_LIVE", float("inf"))


@pytest.fixture
def sale(services: Services, house: House, buyer: Buyer) -> Sale:
    return Sale(services, house, buyer)


def shown(services: Services, now: Any = NOW) -> tuple[bytes | None, bytes]:
    """The day and the schedule."""
    return day_answer(services, cinema=None, day=DAY, now=now), schedule_answer(
        services, cinema=None, now=now
    )


def made_anew(services: Services, now: Any = NOW) -> tuple[bytes | None, bytes]:
    """The same with nothing kept."""
    return shown(replace(services, kept_parts=KeptParts(services.version)), now)


def free(services: Services, screening: int, now: Any = NOW) -> list[int | str]:
    """The seats of a screening of the day that are shown as free."""
    body = json.loads(day_answer(services, cinema=None, day=DAY, now=now) or b"{}")
    (film,) = (each for each in body["day"] if each["screening"] == screening)
    seats: list[int | str] = film["aviableTikets"]
    return seats


def purchase(services: Services, buyer: Buyer, *labels: str) -> None:
    wanted = Purchase(username=buyer.username, token=buyer.token, cinema=None, day=DAY, title="Café", time="20:30",
                      labels=labels)  # fmt: skip
    purchase_seats(services.transactions, services.direct, services.version, purchase=wanted, now=NOW)


def test_each_step_of_a_sale_shows_at_once_here_and_elsewhere(
    services: Services, sale: Sale, house: House, open_app: OpenApp
) -> None:
    elsewhere = services_of(open_app())

    def sees(*labels: str, now: Any = NOW) -> None:
        assert free(services, house.lettered, now) == free(elsewhere, house.lettered, now) == list(labels)
        assert shown(services, now) == shown(elsewhere, now) == made_anew(services, now)

    sees("A1", "A2", "A3", "A4", "B1", "B2")
    held = sale.hold("A1", "A2")
    sees("A3", "A4", "B1", "B2")
    sale.change(held, "A3")
    sees("A1", "A2", "A4", "B1", "B2")
    sale.pay(held)
    sees("A1", "A2", "A4", "B1", "B2", now=NOW + HOLD)
    sale.exchange(held, house.lettered, "B1")
    sees("A1", "A2", "A3", "A4", "B2")
    purchase(services, sale.buyer, "A1", "A2")
    sees("A3", "A4", "B2")
    sale.refund(held)
    sees("A3", "A4", "B1", "B2")
    released = sale.hold("A4")
    sale.release(released)
    sees("A3", "A4", "B1", "B2")
    sale.hold("B1", "B2")
    sees("A3", "A4")
    # It runs out without anything being written.
    sees("A3", "A4", "B1", "B2", now=NOW + HOLD)
    sale.sweep(NOW + HOLD)
    sees("A3", "A4", "B1", "B2", now=NOW + HOLD + timedelta(seconds=1))


@on_postgresql
def test_after_a_sale_nothing_but_claims_is_read(services: Services, sale: Sale) -> None:
    shown(services)
    statements: list[str] = []
    purchase(services, sale.buyer, "A1")
    event.listen(services.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    before = shown(services)
    assert statements == []
    assert made_anew(services) == before
    assert statements != []


@on_postgresql
def test_a_standby_is_asked_for_the_claims_as_well(services: Services, sale: Sale, house: House) -> None:
    asked: list[object] = []

    class Standby:
        """In step, and another than the primary."""

        def read(self, work: Callable[[Session], Any]) -> Any:
            asked.append(work)
            return services.transactions.read(work)

    with_standby = replace(services, reader=Standby())
    assert "A1" in free(with_standby, house.lettered)
    sale.hold("A1")
    assert "A1" not in free(with_standby, house.lettered)
    assert len(asked) == 2


def a_film(session: Session) -> Film:
    return session.scalars(select(Film).where(Film.title == "Café")).one()


def a_hall(session: Session, name: str = "Hall 2") -> Hall:
    return session.scalars(select(Hall).where(Hall.name == name)).one()


def screening(session: Session, screening_id: int) -> Screening:
    return session.get_one(Screening, screening_id)


def dearer(session: Session) -> None:
    prices = session.scalars(select(PriceList)).one()
    change_price_list(
        session, price_list=prices, amounts={("standard", "adult"): 1, ("sofa", "adult"): 2}, now=NOW
    )


def moved(sale: Sale, house: House) -> None:
    sale.hold("1", "2", screening=house.second_hall)
    sale.move(house.second_hall, sale.read(lambda session: a_hall(session, "Hall 10").id))


CHANGES: dict[str, Callable[[Sale, House], object]] = {
    "moved": moved,
    "cancelled": lambda sale, house: sale.cancel(house.lettered),
    "another time": lambda sale, house: sale.write(
        lambda s: reschedule_screening(s, screening=screening(s, house.second_hall), time="23:50", now=NOW)
    ),
    "another film": lambda sale, house: sale.write(
        lambda s: change_screening(s, screening=screening(s, house.second_hall), film=a_film(s), now=NOW)
    ),
    "withdrawn": lambda sale, house: sale.write(
        lambda s: withdraw_screenings(
            s, cinema_id=house.cinema, screening_ids=[house.second_hall], now=NOW
        )
    ),
    "deleted": lambda sale, house: sale.write(
        lambda s: delete_unsold(s, screening_id=house.second_hall, now=NOW)
    ),
    "planned": lambda sale, house: sale.write(
        lambda s: schedule_screening(
            s, cinema=s.get_one(Cinema, house.cinema), hall=a_hall(s), film=a_film(s), day=DAY, time="08:00", now=NOW
        )
    ),
    "blocked": lambda sale, house: sale.write(
        lambda s: block_seats(s, screening_id=house.second_hall, labels=["3"], note="", now=NOW)
    ),
    "kept back": lambda sale, house: sale.write(
        lambda s: keep_seats_back(s, screening_id=house.second_hall, labels=["3"], now=NOW)
    ),
    "let go": lambda sale, house: sale.write(
        lambda s: keep_seats_back(s, screening_id=house.first_hall, labels=[], now=NOW)
    ),
    "another price": lambda sale, house: sale.write(dearer),
    "a film's name": lambda sale, house: sale.write(
        lambda s: change_film(s, film=a_film(s), title="Tea", now=NOW)
    ),
    "a hall's name": lambda sale, house: sale.write(lambda s: rename_hall(s, hall=a_hall(s), name="Hall 0")),
}  # fmt: skip


@on_postgresql
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_each_change_of_the_programme_shows_at_once_here_and_elsewhere(
    services: Services, sale: Sale, house: House, open_app: OpenApp, change: Callable[[Sale, House], object]
) -> None:
    elsewhere = services_of(open_app())
    sale.hold("A1", "B2")
    before = shown(services)
    assert shown(elsewhere) == before

    change(sale, house)

    after = shown(services)
    assert after[0] != before[0]
    assert after[1] != before[1]
    assert after == shown(elsewhere) == made_anew(services)


@on_postgresql
def test_what_was_read_before_a_change_is_not_kept_as_if_it_had_been_read_after_it(
    services: Services, sale: Sale, house: House
) -> None:
    class Overtaken:
        """Reads, and only then, when somebody has changed the programme, says what it read."""

        def read(self, work: Callable[[Session], Any]) -> Any:
            found = services.transactions.read(work)
            sale.write(
                lambda s: block_seats(s, screening_id=house.second_hall, labels=["3"], note="", now=NOW)
            )
            return found

    overtaken = replace(services, reader=Overtaken())
    assert 3 in free(overtaken, house.second_hall)  # as it was a moment ago
    assert 3 not in free(services, house.second_hall)


@on_postgresql
def test_who_does_not_say_what_he_changes_has_changed_anything(services: Services, sale: Sale) -> None:
    before = services.version.programme()
    assert services.version.programme() == before
    sale.write(lambda s: announce_change(s, Change.CLAIMS))
    assert services.version.programme() == before
    for announced in (
        (Change.ANYTHING,),
        (Change.CLAIMS, Change.ANYTHING),
        (Change.ANYTHING, Change.CLAIMS),
    ):
        sale.write(lambda s, announced=announced: [announce_change(s, one) for one in announced])  # type: ignore[misc]
        assert services.version.programme() != before
        before = services.version.programme()
    sale.write(announce_change)
    assert services.version.programme() != before


def test_a_change_of_the_programme_that_says_it_were_a_sale_is_found_by_every_test(
    sale: Sale, house: House
) -> None:
    def wrong(session: Session) -> None:
        session.execute(update(Screening).where(Screening.id == house.lettered).values(time="22:00"))
        announce_change(session, Change.CLAIMS)

    def right(session: Session) -> None:
        session.execute(update(Screening).where(Screening.id == house.lettered).values(sold_out_at=NOW))
        session.execute(text("UPDATE screening SET forgotten_at = NULL WHERE id = 1"))
        announce_change(session, Change.CLAIMS)

    sale.write(right)
    with pytest.raises(AssertionError, match="only claims"):
        sale.write(wrong)
    assert shown_writes("WITH one AS (SELECT 1) INSERT INTO house_seat (a) VALUES (1)") == ["house_seat"]
    assert shown_writes("DELETE FROM seat WHERE id = 1") == ["seat"]
    assert shown_writes("INSERT INTO seat_claim (a) SELECT 1 FROM seat ON CONFLICT DO UPDATE SET a = 1") == []


def test_a_title_cannot_be_taken_for_seats(services: Services, sale: Sale, house: House) -> None:
    title = 'x"-7", 9-7 [1,2]'
    sale.write(lambda s: change_film(s, film=a_film(s), title=title, now=NOW))
    body = json.loads(shown(services)[0] or b"{}")
    assert [film["title"] for film in body["day"]].count(title) == 1
    assert free(services, house.lettered) == ["A1", "A2", "A3", "A4", "B1", "B2"]


def test_nothing_is_shown_on_a_day_until_something_is(services: Services, sale: Sale, house: House) -> None:
    def there() -> bool:
        return day_answer(services, cinema=None, day=DAY + timedelta(days=9), now=NOW) is not None

    assert not there()
    sale.hold("A1")
    assert not there()
    sale.write(
        lambda s: schedule_screening(
            s, cinema=s.get_one(Cinema, house.cinema), hall=a_hall(s), film=a_film(s), day=DAY + timedelta(days=9),
            time="18:00", now=NOW,
        )
    )  # fmt: skip
    assert there()
