"""Letting tickets in, each once, and taking it back"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import create_engine, select, update
from sqlalchemy.orm import Session, sessionmaker

from matinee.accounts.models import User
from matinee.boxoffice.models import Order, Ticket
from matinee.boxoffice.refunds import refund_order
from matinee.boxoffice.sales import sell_seats
from matinee.db.engine import database_url as url_of
from matinee.db.engine import engine_options, prepare_engine
from matinee.db.transaction import Transactions
from matinee.db.version import Change
from matinee.door.admissions import admit_ticket, take_back_admission
from matinee.door.errors import AdmissionNotFound, AlreadyAdmitted, TicketNotValid, TicketUnpaid
from matinee.door.models import Admission
from matinee.outbox.models import Message
from matinee.outbox.webhooks.endpoints import register_endpoint
from matinee.web.shared.services import Services
from tests.building import NOW, Buyer, House, count_rows

SCANNERS = 4


@pytest.fixture
def tickets(services: Services, house: House, buyer: Buyer) -> list[str]:
    """The ids of two paid tickets of one order."""

    def sell(session: Session) -> list[str]:
        sold = sell_seats(
            session, screening_id=house.lettered, labels=["A1", "B2"], buyer=session.get_one(User, buyer.id),
            currency="UAH", channel="v1", now=NOW,
        )  # fmt: skip
        session.execute(update(Order).values(state="paid", paid_amount=Order.total_amount))
        return [ticket.id for ticket in sold]

    return services.transactions.write(sell)


def admitting(ticket: str, **more: Any) -> Callable[[Session], Admission]:
    return lambda session: admit_ticket(session, ticket_id=ticket, by="usher", now=NOW, **more)


def test_each_ticket_of_an_order_is_let_in_once(services: Services, tickets: list[str]) -> None:
    for ticket in tickets:
        services.transactions.write(admitting(ticket))
    with pytest.raises(AlreadyAdmitted) as refused:
        services.transactions.write(admitting(tickets[0]))
    assert refused.value.admitted_at == "2030-05-17T09:00:00Z"
    assert services.transactions.read(lambda session: count_rows(session, Admission)) == 2


def test_a_ticket_that_was_given_back_is_refused(services: Services, tickets: list[str]) -> None:
    def give_back(session: Session) -> None:
        session.execute(update(Order).values(state="due", paid_amount=0))
        order = session.scalars(select(Order)).one()
        refund_order(session, order=order, actor="counter", reason="ill", now=NOW)

    services.transactions.write(give_back)
    with pytest.raises(TicketNotValid, match="it was cancelled"):
        services.transactions.write(admitting(tickets[0]))


def test_a_ticket_that_is_due_is_let_in_only_when_that_is_accepted(
    services: Services, tickets: list[str]
) -> None:
    services.transactions.write(
        lambda session: session.execute(update(Order).values(state="due", paid_amount=0))
    )
    with pytest.raises(TicketUnpaid):
        services.transactions.write(admitting(tickets[0]))
    services.transactions.write(admitting(tickets[0], accept_unpaid=True))
    # Once is once, also then.
    with pytest.raises(AlreadyAdmitted):
        services.transactions.write(admitting(tickets[0]))


def test_what_is_taken_back_lets_in_again(services: Services, tickets: list[str]) -> None:
    def take_back(session: Session) -> None:
        take_back_admission(session, ticket_id=tickets[0], by="usher", note="", now=NOW)

    with pytest.raises(AdmissionNotFound):
        services.transactions.write(take_back)
    services.transactions.write(admitting(tickets[0]))
    services.transactions.write(take_back)
    services.transactions.write(admitting(tickets[0]))


def test_webhooks_are_told_once(services: Services, tickets: list[str]) -> None:
    services.transactions.write(
        lambda session: register_endpoint(
            session,
            url="https://example.org/hook",
            events=["ticket.admitted"],
            private_allowed=False,
            now=NOW,
        )
    )
    services.transactions.write(admitting(tickets[0]))
    with pytest.raises(AlreadyAdmitted):
        services.transactions.write(admitting(tickets[0]))
    told = services.transactions.read(
        lambda session: session.scalars(select(Message).where(Message.channel == "webhook")).all()
    )
    assert [message.payload["ticket_id"] for message in told] == [tickets[0]]


def test_of_scanners_in_many_processes_one_lets_the_ticket_in(
    services: Services, tickets: list[str], database_url: str
) -> None:
    spawning = multiprocessing.get_context("spawn")
    barrier, answers = spawning.Barrier(SCANNERS), spawning.Queue()
    scanners = [
        spawning.Process(target=scan, args=(database_url, tickets, barrier, answers)) for _ in range(SCANNERS)
    ]
    for scanner in scanners:
        scanner.start()
    told = [answers.get(timeout=120) for _ in scanners]
    for scanner in scanners:
        scanner.join(timeout=30)
    for number in range(len(tickets)):
        assert sorted(each[number] for each in told) == ["admitted"] + ["already_admitted"] * (SCANNERS - 1)
    assert services.transactions.read(lambda session: count_rows(session, Admission)) == len(tickets)
    states = services.transactions.read(lambda session: session.scalars(select(Ticket.state)).all())
    assert set(states) == {"valid"}


class NoVersion:
    """Nobody reads a schedule here."""

    def current(self) -> object:
        return object()

    def move(self, change: Change = Change.ANYTHING) -> None:
        """Nothing is kept under it."""


def scan(database_url: str, tickets: list[str], barrier: Any, answers: Any) -> None:
    """A scanner in a process of its own: each ticket at the same moment as all others."""
    url = url_of(database_url)
    engine = create_engine(url, **engine_options(url, 1))
    prepare_engine(engine)
    sessions = sessionmaker(engine, expire_on_commit=False)
    transactions = Transactions(sessions, NoVersion(), one_writer=engine.dialect.name == "sqlite")
    told = []
    for ticket in tickets:
        barrier.wait(timeout=120)
        try:
            transactions.write(admitting(ticket))
            told.append("admitted")
        except AlreadyAdmitted as error:
            told.append(error.code)
    answers.put(told)
    engine.dispose()
