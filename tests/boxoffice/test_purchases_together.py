"""Single seats that several buyers ask for at the same moment: PostgreSQL, where one statement serves them"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial
from threading import Event
from typing import Any

import psycopg
import pytest
from sqlalchemy import delete, insert, select, text
from sqlalchemy.orm import Session

from matinee.accounts.errors import EmailNotConfirmed, SessionNotValid, UserNotFound
from matinee.accounts.models import User, UserSession
from matinee.boxoffice import purchase_statements
from matinee.boxoffice.blocked_seats import block_seats
from matinee.boxoffice.errors import FilmNotOnThatDay, NoScreeningAtThatTime, SeatsNotFree
from matinee.boxoffice.locks import keep_buyers_out
from matinee.boxoffice.models import Order, OrderEvent, SeatClaim, Ticket
from matinee.boxoffice.purchase_facts import Purchase, Sold
from matinee.boxoffice.purchases import purchase_seats
from matinee.kernel.errors import DomainError
from matinee.outbox.models import Message
from matinee.programme.errors import CinemaNotFound
from matinee.programme.models import Film, Screening
from matinee.web.shared.services import Services
from tests.boxoffice.interleaving import SECONDS_MAX, Beside, uncommitted
from tests.boxoffice.selling import Sale
from tests.building import DAY, NOW, Buyer, House, add_buyer

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def wanted(house: House, buyer: Buyer) -> Purchase:
    return Purchase(buyer.username, buyer.token, None, DAY, "Café", "20:30", ["A1"])


def purchase(services: Services, wanted: Purchase) -> list[Sold]:
    return purchase_seats(services.transactions, services.direct, services.version, purchase=wanted, now=NOW)


def elsewhere(wanted: Purchase, *labels: str) -> Purchase:
    """Seats of another screening, the only one of its film at its time."""
    return replace(wanted, day=DAY + timedelta(days=1), time="00:30", labels=list(labels))


class Crowd:
    """Buyers who come while the statement of another is under way, so that the next serves all of them."""

    def __init__(self, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
        assert services.direct is not None
        self._services, self._direct = services, services.direct
        self._go_on = Event()
        self._fetch = self._direct._fetch
        self.sizes: list[int] = []
        monkeypatch.setattr(self._direct, "_fetch", self._fetch_later)

    def _fetch_later(self, statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        if statement == purchase_statements.TOGETHER_IN_DEFAULT_CINEMA:
            self.sizes.append(len(values["label"]))
            if len(self.sizes) == 1:
                assert self._go_on.wait(SECONDS_MAX)
        return self._fetch(statement, values)

    def begin(
        self, running: ExitStack, first: Purchase, others: Sequence[Purchase]
    ) -> list[Beside[list[Sold]]]:
        """All of them, in this order; the first has been sent to the database, the others go together."""
        threads = []
        for number, wanted in enumerate([first, *others]):
            thread = Beside(self._services, partial(self._answer, wanted))
            threads.append(running.enter_context(thread))
            self._wait_for(number)
        self._go_on.set()
        return threads

    def buy(self, first: Purchase, others: Sequence[Purchase]) -> list[Any]:
        """What became of each, the first included: what was sold, or the class of the refusal."""
        with ExitStack() as running:
            threads = self.begin(running, first, others)
            return [thread.result() for thread in threads]

    def _answer(self, wanted: Purchase) -> Any:
        try:
            return purchase(self._services, wanted)
        except DomainError as refusal:
            return type(refusal)

    def _wait_for(self, waiting: int) -> None:
        deadline = time.monotonic() + SECONDS_MAX
        while not self.sizes or len(self._together()._waiting) < waiting:
            assert time.monotonic() < deadline, "they did not come together"
            time.sleep(0.001)

    def _together(self) -> Any:
        return self._direct._together[purchase_statements.TOGETHER_IN_DEFAULT_CINEMA]


@pytest.fixture
def crowd(services: Services, monkeypatch: pytest.MonkeyPatch) -> Crowd:
    return Crowd(services, monkeypatch)


def test_each_of_many_gets_what_he_would_get_alone(
    crowd: Crowd, services: Services, sale: Sale, wanted: Purchase
) -> None:
    sale.hold("B1")
    stranger = services.transactions.write(
        lambda session: add_buyer(session, "unconfirmed@example.org", confirmed=False)
    )
    unconfirmed = replace(wanted, username=stranger.username, token=stranger.token)
    others: dict[str, tuple[Purchase, Any]] = {
        "a free seat": (replace(wanted, labels=["A2"]), "A2"),
        "of another screening": (elsewhere(wanted, "3"), "3"),
        "of a film in two halls": (replace(wanted, title="Амели", time="18:00", labels=["3"]), "3"),
        "that is held": (replace(wanted, labels=["B1"]), SeatsNotFree),
        "that the first one bought": (replace(wanted, labels=["A1"]), SeatsNotFree),
        "that is none": (replace(wanted, labels=["Z9"]), SeatsNotFree),
        "the same as the next": (replace(wanted, labels=["A3"]), "A3"),
        "the same as the one before": (replace(wanted, labels=["A3"]), SeatsNotFree),
        "kept back by the house in one of them": (
            replace(wanted, title="Амели", time="18:00", labels=["12"]), "12"
        ),
        "nobody": (replace(wanted, username="nobody@example.com", labels=["A4"]), UserNotFound),
        "a wrong token": (replace(wanted, token="x", labels=["A4"]), SessionNotValid),
        "not confirmed": (replace(unconfirmed, labels=["A4"]), EmailNotConfirmed),
        "no such film": (replace(wanted, title="x", labels=["A4"]), FilmNotOnThatDay),
        "no such time": (replace(wanted, time="03:00", labels=["A4"]), NoScreeningAtThatTime),
    }  # fmt: skip
    first, *answers = crowd.buy(wanted, [asked for asked, _ in others.values()])
    assert [seat.label for seat in first] == ["A1"]
    assert crowd.sizes == [1, len(others)]
    told = {
        name: answer[0].label if isinstance(answer, list) else answer
        for name, answer in zip(others, answers, strict=True)
    }
    assert told == {name: expected for name, (_, expected) in others.items()}

    sold = [seat for answer in (first, *answers) if isinstance(answer, list) for seat in answer]

    def check(session: Session) -> None:
        tickets = {ticket.id: ticket for ticket in session.scalars(select(Ticket))}
        assert {ticket.id: ticket.seat.label for ticket in tickets.values()} == {
            seat.ticket_id: seat.label for seat in sold
        }
        orders = session.scalars(select(Order).where(Order.channel == "given")).all()
        assert {order.id for order in orders} == {ticket.order_id for ticket in tickets.values()}
        claims = {
            (claim.screening_id, claim.seat_id, claim.order_id)
            for claim in session.scalars(select(SeatClaim))
        }
        assert {
            (ticket.screening_id, ticket.seat_id, ticket.order_id) for ticket in tickets.values()
        } <= claims
        mails = [mail.payload["order_id"] for mail in session.scalars(select(Message))]
        assert sorted(mails) == sorted(order.id for order in orders)

    services.transactions.read(check)


def test_what_several_buy_together_is_stored_as_if_each_had_bought_alone(
    crowd: Crowd, services: Services, wanted: Purchase
) -> None:
    """The statement for many and the sale in a session are told apart by nothing that is stored."""
    crowd.buy(wanted, [replace(wanted, labels=["A2"]), replace(wanted, labels=["B1"])])
    purchase_seats(
        services.transactions, None, services.version, purchase=replace(wanted, labels=["A3"]), now=NOW
    )
    purchase_seats(
        services.transactions, None, services.version, purchase=replace(wanted, labels=["B2"]), now=NOW
    )

    def rows(session: Session) -> dict[str, list[dict[str, object]]]:
        own = {"id", "code", "order_id", "seat_id", "payload", "about", "_sa_instance_state"}
        found = {}
        for order in session.scalars(select(Order)):
            (ticket,) = session.scalars(select(Ticket).where(Ticket.order_id == order.id))
            (claim,) = session.scalars(select(SeatClaim).where(SeatClaim.order_id == order.id))
            (mail,) = session.scalars(select(Message).where(Message.about == f"order:{order.id}"))
            assert mail.payload == {"order_id": order.id}
            events = session.scalars(select(OrderEvent).where(OrderEvent.order_id == order.id))
            # Looked at before the attributes are, since it reads the seat into the ticket.
            label = ticket.seat.label
            found[label] = [
                {name: value for name, value in vars(row).items() if name not in own and name != "seat"}
                for row in (order, ticket, claim, *events, mail)
            ]
        return found

    stored = services.transactions.read(rows)
    assert stored["A1"] == stored["A2"] == stored["A3"]
    assert stored["B1"] == stored["B2"]
    assert stored["A1"] != stored["B1"], "the sofa has another price"


def test_a_screening_that_is_being_changed_keeps_the_buyers_of_others_for_a_moment_alone(
    crowd: Crowd, services: Services, house: House, wanted: Purchase
) -> None:
    with ExitStack() as running, uncommitted(services) as manager:
        keep_buyers_out(manager, screening_id=house.lettered)
        _, waiting, going_on = crowd.begin(running, elsewhere(wanted, "4"), [wanted, elsewhere(wanted, "3")])
        # The manager has not committed, and does not before the block ends.
        assert [seat.label for seat in going_on.result()] == ["3"]
        waiting.wait_until_it_waits()
    assert [seat.label for seat in waiting.result()] == ["A1"]
    assert crowd.sizes == [1, 2]


@pytest.mark.parametrize("patience", ["100", "0"])
def test_a_seat_that_is_blocked_while_several_wait_is_refused_to_its_buyer_alone(
    crowd: Crowd,
    services: Services,
    house: House,
    wanted: Purchase,
    patience: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Without an end to the patience it is this statement alone that finds out, and each is asked for alone after it.
    patient = purchase_statements.TOGETHER_IN_DEFAULT_CINEMA.replace("'100'", f"'{patience}'")
    monkeypatch.setattr(purchase_statements, "TOGETHER_IN_DEFAULT_CINEMA", patient)
    with ExitStack() as running, uncommitted(services) as staff:
        block_seats(staff, screening_id=house.lettered, labels=["A1"], note="", now=NOW)
        others = [
            wanted,
            replace(wanted, labels=["A2"]),
            elsewhere(wanted, "3"),
            replace(wanted, labels=["A2"]),
        ]
        _, blocked, beside, other_screening, second = crowd.begin(running, elsewhere(wanted, "4"), others)
        blocked.wait_until_it_waits()
        staff.commit()
        assert blocked.result() is SeatsNotFree
        assert [seat.label for seat in other_screening.result()] == ["3"]
        answers = [beside.result(), second.result()]
    assert SeatsNotFree in answers
    assert [[seat.label for seat in answer] for answer in answers if answer is not SeatsNotFree] == [["A2"]]
    assert crowd.sizes == [1, 4]


def test_a_buyer_who_is_deleted_meanwhile_spoils_nothing_for_the_others(
    crowd: Crowd, services: Services, wanted: Purchase
) -> None:
    gone = services.transactions.write(lambda session: add_buyer(session, "gone@example.org"))
    leaving = replace(wanted, username=gone.username, token=gone.token, labels=["A2"])
    with ExitStack() as running, uncommitted(services) as session:
        session.execute(delete(UserSession).where(UserSession.user_id == gone.id))
        session.execute(delete(User).where(User.id == gone.id))
        first, refused, other = crowd.begin(running, wanted, [leaving, replace(wanted, labels=["A3"])])
        assert [seat.label for seat in other.result()] == ["A3"]
        session.commit()
        assert refused.result() in (UserNotFound, SessionNotValid)
        assert [seat.label for seat in first.result()] == ["A1"]


def test_a_named_cinema_is_served_together_too(services: Services, wanted: Purchase) -> None:
    lux = replace(wanted, cinema="lux", title="Nosferatu", time="19:00", labels=["5"])
    assert [seat.label for seat in purchase(services, lux)] == ["5"]
    assert services.direct is not None
    assert purchase_statements.TOGETHER_IN_NAMED_CINEMA in services.direct._together
    with pytest.raises(SeatsNotFree):
        purchase(services, lux)
    with pytest.raises(CinemaNotFound):
        purchase(services, replace(lux, cinema="none"))


def test_a_hold_that_has_run_out_gives_way(sale: Sale, services: Services, wanted: Purchase) -> None:
    sale.hold("A1")
    with pytest.raises(SeatsNotFree):
        purchase(services, wanted)
    end = NOW + timedelta(minutes=10)
    services_now = partial(purchase_seats, services.transactions, services.direct, services.version)
    assert [seat.label for seat in services_now(purchase=wanted, now=end)] == ["A1"]


def test_connections_that_ended_while_nobody_bought_are_not_noticed(
    services: Services, wanted: Purchase, postgresql_url: str
) -> None:
    assert [seat.label for seat in purchase(services, wanted)] == ["A1"]
    services.engine.dispose()
    with psycopg.connect(postgresql_url, autocommit=True) as other:
        ended = other.execute(
            "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone()
    assert ended is not None
    assert ended[0] > 0
    assert [seat.label for seat in purchase(services, replace(wanted, labels=["A2"]))] == ["A2"]


def test_a_value_that_cannot_be_written_harms_nobody_else(
    crowd: Crowd, services: Services, wanted: Purchase
) -> None:
    with ExitStack() as running:
        first, bad, good = crowd.begin(
            running,
            wanted,
            [replace(wanted, title="\ud800", labels=["A2"]), replace(wanted, labels=["A3"])],
        )
        assert [seat.label for seat in good.result()] == ["A3"]
        assert [seat.label for seat in first.result()] == ["A1"]
        with pytest.raises(UnicodeError):
            bad.result()
        running.pop_all()


# So many of each that reading them all would show.
MANY = 3000


@pytest.mark.parametrize("labels", [["A1"], ["A1", "A2"]])
@pytest.mark.parametrize("cinema", [None, "odeon"])
def test_a_purchase_reads_few_rows_however_many_there_are(
    services: Services, wanted: Purchase, house: House, cinema: str | None, labels: list[str]
) -> None:
    _fill_house(services, house)
    wanted = replace(wanted, cinema=cinema, labels=labels)
    # The first of a connection reads the catalog, and plans.
    purchase(services, elsewhere(wanted, *["1", "2"][: len(labels)]))
    before = _rows_read(services)
    assert [sold.label for sold in purchase(services, wanted)] == labels
    assert 0 < _rows_read(services) - before < 100


def _fill_house(services: Services, house: House) -> None:
    numbers = range(MANY)

    def fill(session: Session) -> None:
        first = session.get_one(Screening, house.first_hall)
        person = {"password_hash": "", "created_at": NOW, "email_confirmed_at": NOW}
        users = insert(User).returning(User.id)
        user_ids = session.scalars(users, [{"username": f"{n}@example.com", **person} for n in numbers]).all()
        lasts = {"created_at": NOW, "expires_at": NOW + timedelta(days=1)}
        session.execute(
            insert(UserSession), [{"user_id": id, "token_hash": f"{id}", **lasts} for id in user_ids]
        )
        films = insert(Film).returning(Film.id)
        film_ids = session.scalars(
            films, [{"title": f"Film {n}", "duration_minutes": 90} for n in numbers]
        ).all()
        kept = {"cinema_id": first.cinema_id, "hall_id": first.hall_id, "time": first.time}
        later = [timedelta(days=n + 1) for n in numbers]
        session.execute(
            insert(Screening),
            [
                {**kept, "film_id": film_id, "day": first.day + days, "starts_at": first.starts_at + days,
                 "ends_at": first.ends_at + days}
                for film_id, days in zip(film_ids, later, strict=True)
            ],
        )  # fmt: skip
        # What this connection has read shall not be told later.
        session.execute(text("SELECT pg_stat_force_next_flush()"))

    services.transactions.write(fill)
    with services.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def _rows_read(services: Services) -> int:
    """By all statements so far, those of this thread's own connection among them; not what an index alone told."""
    assert services.direct is not None
    services.direct.fetch_all("SELECT pg_stat_force_next_flush()::text", {}, may_repeat=True)
    ((count,),) = services.direct.fetch_all(
        "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint FROM pg_stat_user_tables",
        {},
        may_repeat=True,
    )
    return int(count)
