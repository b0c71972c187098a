"""What codes of tickets say, who signed them, and what is made of everything else that a scanner may read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from matinee.accounts.secret_box import SecretBox
from matinee.boxoffice.models import Ticket
from matinee.db.transaction import Transactions
from matinee.programme.models import Seat
from matinee.tickets.codes import CODE_CHARACTERS_MAX, read_code, ticket_code
from matinee.tickets.signing import TicketSeal, is_sealed, keys_in_order, public_keys, rotate_key
from tests.building import NOW
from tests.tickets.seals import KEYS, seal

BASE = "https://tickets.odeon.example"
BOX = SecretBox("a secret key of the tests, long enough")


def code_of(ticket_id: str = "K3V9X2M7Q4T8R1WZ", screening_id: int = 517, label: str = "C7") -> str:
    ticket = Ticket(id=ticket_id, screening_id=screening_id, seat=Seat(label=label))
    return ticket_code(BASE, ticket, seal=seal)


def says_nothing_else(text: str) -> bool:
    """Whether a code is taken for genuine only where it says what was signed, of whatever host and letter case."""
    read = read_code(text)
    return (
        read is None
        or not read.is_genuine(KEYS)
        or (read.ticket_id, read.screening_id, read.seat) == ("K3V9X2M7Q4T8R1WZ", 517, "C7")
    )


@pytest.mark.parametrize("label", ["C7", "12", "Я-1", "A.1", "a&b=c", "%41", "A 1", "1/2"])
def test_a_code_says_ticket_screening_and_seat(label: str) -> None:
    read = read_code(code_of(label=label))
    assert read is not None
    assert (read.ticket_id, read.screening_id, read.seat) == ("K3V9X2M7Q4T8R1WZ", 517, label)
    assert read.is_genuine(KEYS)


def test_an_id_and_an_address_without_a_signature_are_read_and_prove_nothing() -> None:
    for text in (
        "K3V9X2M7Q4T8R1WZ", " k3v9x2m7q4t8r1wz\n", f"{BASE}/tikets/K3V9X2M7Q4T8R1WZ",
        f"{BASE}/uk/tickets/K3V9X2M7Q4T8R1WZ", f"{BASE}/tikets/K3V9X2M7Q4T8R1WZ.png", "http://other/box/tikets/K3V9X2M7Q4T8R1WZ",
    ):  # fmt: skip
        read = read_code(text)
        assert read is not None, text
        assert read.ticket_id == "K3V9X2M7Q4T8R1WZ"
        assert not read.is_genuine(KEYS)


def test_whatever_is_changed_in_a_code_is_noticed() -> None:
    code = code_of()
    start = code.index("/tikets/") + len("/tikets/")
    for position in range(start, len(code)):
        for other in "A9x.":
            changed = code[:position] + other + code[position + 1 :]
            if changed == code:
                continue
            assert says_nothing_else(changed), changed


def test_a_key_of_somebody_else_signs_nothing_here() -> None:
    foreign = {"TESTK": Ed25519PrivateKey.generate().public_key()}
    read = read_code(code_of())
    assert read is not None
    assert not read.is_genuine(foreign)
    assert not read.is_genuine({})


@given(st.text(max_size=700) | st.binary(max_size=300).map(lambda raw: raw.decode("latin-1")))
def test_anything_at_all_can_be_read(text: str) -> None:
    read = read_code(text)
    assert read is None or not read.is_genuine(KEYS)


@given(st.data())
def test_a_code_that_was_cut_or_doubled_says_nothing_else(data: st.DataObject) -> None:
    code = code_of()
    cut = data.draw(st.integers(0, len(code) - 1))
    for text in (code[:cut], code[cut + 1 :], code + code, code[:cut] + " " + code[cut:], code + "&x=1"):
        assert says_nothing_else(text), text


def test_what_is_longer_than_any_code_is_not_looked_at() -> None:
    assert read_code(f"{BASE}/tikets/K3V9X2M7Q4T8R1WZ?c=" + "A" * CODE_CHARACTERS_MAX) is None


def test_keys_rotate_and_what_they_signed_stays_good(transactions: Transactions) -> None:
    now = NOW
    sign = TicketSeal(transactions, BOX, clock_now=lambda: now)
    first = sign(b"one")
    # The same key signs the same message in the same way: a picture that is drawn again is the same.
    assert sign(b"one") == first
    transactions.write(lambda session: rotate_key(session, box=BOX, now=now))
    now += timedelta(minutes=2)
    second = sign(b"one")
    assert second != first
    keys = transactions.read(public_keys)
    assert len(keys) == 2
    assert is_sealed(b"one", first, keys=keys)
    assert is_sealed(b"one", second, keys=keys)
    assert not is_sealed(b"two", first, keys=keys)
    retired = transactions.read(lambda session: [key.retired_at for key in keys_in_order(session)])
    assert sorted(one is None for one in retired) == [False, True]


def test_a_key_that_cannot_be_opened_any_more_is_followed_by_another(transactions: Transactions) -> None:
    first = TicketSeal(transactions, BOX, clock_now=lambda: NOW)(b"one")
    other_box = SecretBox("another secret key, which was set later on")
    second = TicketSeal(transactions, other_box, clock_now=lambda: NOW)(b"one")
    assert first.partition(".")[0] != second.partition(".")[0]
    assert len(transactions.read(public_keys)) == 2
