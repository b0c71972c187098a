"""Each promise is broken once in rows that are made up, and found to be; unbroken rows pass all of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from matinee.outbox.envelope import stable_message_id
from proof.committed import Committed, seat_states
from proof.history import NO_ANSWER, Record, Try
from proof.invariants import (
    both_books_agree,
    done_once,
    every_mail_arrived,
    mails_came_once,
    money_adds_up,
    no_hold_is_left,
    no_hold_outlives_its_time,
    no_seat_twice,
    nothing_acknowledged_lost,
    nothing_half_done,
)
from proof.scenario import Outcome
from proof.stage import count_records
from tests.payments.stripe_account import StripeAccount

NOW = datetime(2030, 5, 17, 9, 0, tzinfo=UTC)
BUYER = "ann@example.org"
PRICE = 1250


@dataclass
class Books:
    """Order 1, A, is paid and has seat 1; order 2, B, holds seat 2; of order 3, C, seat 3 came back."""

    orders: list[Any] = field(default_factory=list)
    tickets: list[Any] = field(default_factory=list)
    claims: list[Any] = field(default_factory=list)
    payments: list[Any] = field(default_factory=list)
    refunds: list[Any] = field(default_factory=list)
    messages: list[Any] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)

    def committed(self) -> Committed:
        return Committed(NOW, **vars(self))


@pytest.fixture
def books() -> Books:
    row = SimpleNamespace
    order = {"screening_id": 7, "username": BUYER, "hold_expires_at": None}
    sale = {"total_amount": PRICE, "paid_amount": PRICE}
    soon = NOW + timedelta(minutes=1)
    held = {**order, "total_amount": PRICE, "paid_amount": 0, "hold_expires_at": soon}
    payment = {"provider": "counter", "state": "settled", "amount": PRICE, "accepted": True}
    mail = {
        "kind": "tickets",
        "recipient": BUYER,
        "created_at": NOW,
        "sent_at": NOW,
        "failed_at": None,
        "last_error": None,
    }
    return Books(
        orders=[
            row(id=1, code="A", state="paid", refunded_amount=0, **order, **sale),
            row(id=2, code="B", state="held", refunded_amount=0, **held),
            row(id=3, code="C", state="refunded", refunded_amount=PRICE, **order, **sale),
        ],
        tickets=[
            row(id="T1", order_id=1, screening_id=7, label="1", state="valid", amount=PRICE),
            row(id="T3", order_id=3, screening_id=7, label="3", state="refunded", amount=PRICE),
        ],
        claims=[
            row(screening_id=7, label="1", order_id=1, expires_at=None),
            row(screening_id=7, label="2", order_id=2, expires_at=soon),
        ],
        payments=[
            row(id=1, public_id="P1", order_id=1, refunded_amount=0, **payment),
            row(id=3, public_id="P3", order_id=3, refunded_amount=PRICE, **payment),
        ],
        refunds=[row(payment_id=3, state="by_hand", amount=PRICE)],
        messages=[row(id=1, about="order:1", **mail), row(id=3, about="order:3", **mail)],
    )


def asked(kind: str, owner: str, label: str, **more: Any) -> Record:
    return Record(BUYER, kind, owner, 7, (label,), "done", (Try(0, 1, 201),), **more)


HISTORY = [
    asked("hold", "A", "1"), asked("pay", "A", "1"), asked("hold", "B", "2"), asked("hold", "C", "3"),
    asked("pay", "C", "3"), asked("refund", "C", "3"),
]  # fmt: skip


def arrived(books: Books) -> dict[str, int]:
    return {
        stable_message_id(
            message_id=each.id,
            kind=each.kind,
            recipient=each.recipient,
            created_at=each.created_at,
            domain="localhost",
        ): 1
        for each in books.messages
    }


def test_nothing_is_found_in_unbroken_rows(books: Books) -> None:
    committed = books.committed()
    assert no_seat_twice(committed) == []
    assert nothing_half_done(committed) == []
    assert nothing_acknowledged_lost(committed, HISTORY) == []
    assert done_once(committed, HISTORY) == []
    assert money_adds_up(committed) == []
    assert no_hold_outlives_its_time(committed) == []
    assert every_mail_arrived(committed, arrived(books)) == []
    assert seat_states(committed, HISTORY) == {(7, "1"): ("sold", "A"), (7, "2"): ("held", "B")}


def test_a_seat_with_two_tickets_is_found(books: Books) -> None:
    books.tickets.append(SimpleNamespace(**{**vars(books.tickets[0]), "id": "T9"}))
    assert no_seat_twice(books.committed()) != []


def test_a_ticket_without_its_seat_and_a_seat_without_its_ticket_are_found(books: Books) -> None:
    ticket = books.tickets.pop(0)
    assert no_seat_twice(books.committed()) != []
    books.tickets.append(ticket)
    books.claims.pop(0)
    assert no_seat_twice(books.committed()) != []


def test_a_damaged_file_is_found(books: Books) -> None:
    books.damage.append("row 3 missing from index")
    assert no_seat_twice(books.committed()) != []


def test_a_paid_order_without_tickets_is_found(books: Books) -> None:
    books.tickets.pop(0)
    assert nothing_half_done(books.committed()) != []


def test_a_hold_without_an_end_is_found(books: Books) -> None:
    books.orders[1].hold_expires_at = None
    assert nothing_half_done(books.committed()) != []


def test_an_order_that_was_told_of_and_is_not_there_is_found(books: Books) -> None:
    books.orders.pop(1)
    assert nothing_acknowledged_lost(books.committed(), HISTORY) != []


def test_an_order_that_was_paid_and_is_not_is_found(books: Books) -> None:
    books.orders[0].state = "expired"
    assert nothing_acknowledged_lost(books.committed(), HISTORY) != []


def test_a_ticket_that_was_told_of_and_is_another_seat_is_found(books: Books) -> None:
    history = [asked("buy", f"{BUYER}/4", "4", tickets={"4": "T1"})]
    assert nothing_acknowledged_lost(books.committed(), history) != []


def test_a_request_that_was_carried_out_twice_is_found(books: Books) -> None:
    books.orders.append(SimpleNamespace(**{**vars(books.orders[1]), "id": 4, "code": "D"}))
    assert done_once(books.committed(), HISTORY) != []
    unknown = replace(HISTORY[2], owner=f"{BUYER}/2", result="unknown", tries=(Try(0, 1, NO_ANSWER),))
    assert done_once(books.committed(), [*HISTORY, unknown]) == []


@pytest.mark.parametrize(
    ("rows", "number", "name"),
    [
        ("orders", 0, "paid_amount"),
        ("payments", 0, "amount"),
        ("refunds", 0, "amount"),
        ("tickets", 0, "amount"),
    ],
)
def test_a_cent_too_much_is_found(books: Books, rows: str, number: int, name: str) -> None:
    row = getattr(books, rows)[number]
    setattr(row, name, getattr(row, name) + 1)
    assert money_adds_up(books.committed()) != []


def test_money_that_was_not_accepted_and_stayed_is_found(books: Books) -> None:
    late = SimpleNamespace(
        **{**vars(books.payments[0]), "id": 9, "public_id": "P9", "order_id": 2, "accepted": False}
    )
    books.payments.append(late)
    assert money_adds_up(books.committed()) != []


def test_a_hold_that_is_there_long_after_its_time_is_found(books: Books) -> None:
    books.orders[1].hold_expires_at = NOW - timedelta(minutes=2)
    assert no_hold_outlives_its_time(books.committed()) != []


def test_a_seat_that_is_kept_long_after_its_time_is_found(books: Books) -> None:
    books.claims[1].expires_at = NOW - timedelta(minutes=2)
    assert no_hold_outlives_its_time(books.committed()) != []


@pytest.mark.parametrize("left", ["orders", "claims"])
def test_a_hold_that_is_left_once_all_are_tidied_is_found(books: Books, left: str) -> None:
    (books.orders if left == "claims" else books.claims).pop(1)
    assert no_hold_is_left(books.committed()) != []
    getattr(books, left).pop(1)
    assert no_hold_is_left(books.committed()) == []


@pytest.fixture
def account() -> StripeAccount:
    """What the provider has of the payments in `books`."""
    account = StripeAccount()
    for public_id in ("P1", "P3"):
        account.sessions[f"cs_{public_id}"] = {
            "id": f"cs_{public_id}",
            "payment_status": "paid",
            "amount_total": PRICE,
            "metadata": {"payment_id": public_id},
        }
    account.refunds["re_1"] = {"amount": PRICE, "status": "succeeded"}
    return account


def test_books_of_the_provider_that_say_the_same_are_right(books: Books, account: StripeAccount) -> None:
    assert both_books_agree(books.committed(), account) == []


def test_a_payment_that_was_charged_twice_is_found(books: Books, account: StripeAccount) -> None:
    account.sessions["cs_again"] = {**account.sessions["cs_P1"], "id": "cs_again"}
    assert both_books_agree(books.committed(), account) == ["payment P1 was charged 2 times"]


def test_books_that_differ_are_found(books: Books, account: StripeAccount) -> None:
    account.sessions["cs_P1"]["payment_status"] = "unpaid"
    assert both_books_agree(books.committed(), account) == [
        "payment P1 counts as settled and was not charged"
    ]
    account.sessions["cs_P1"] |= {"payment_status": "paid", "amount_total": PRICE + 1}
    assert len(both_books_agree(books.committed(), account)) == 1
    account.sessions["cs_P1"]["amount_total"] = PRICE
    account.refunds["re_1"]["amount"] -= 1
    assert len(both_books_agree(books.committed(), account)) == 1


def test_mails_that_came_twice_for_no_reason_are_found() -> None:
    assert mails_came_once({"a": 1, "b": 3}, explained=2) == []
    assert mails_came_once({"a": 1, "b": 3}, explained=1) != []


@pytest.mark.parametrize(
    ("status", "is_fault"), [(500, True), (502, True), (400, True), (503, False), (409, False)]
)
def test_an_answer_that_nobody_should_get_is_found(status: int, *, is_fault: bool) -> None:
    outcome = Outcome("any", "any")
    count_records(outcome, [replace(HISTORY[0], tries=(Try(0, 1, status), Try(1, 2, 201)))])
    assert bool(outcome.violations) == is_fault


def test_a_mail_that_was_lost_is_found(books: Books) -> None:
    come = arrived(books)
    assert every_mail_arrived(books.committed(), dict(list(come.items())[1:])) != []
    books.messages[0].sent_at = None
    assert every_mail_arrived(books.committed(), come) != []


def test_a_sale_without_a_mail_is_found(books: Books) -> None:
    come = arrived(books)
    books.messages.pop(0)
    assert every_mail_arrived(books.committed(), come) != []
