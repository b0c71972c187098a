"""Passkeys, shown by an authenticator in software"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from matinee.accounts.errors import PasskeyExists, PasskeyNotFound, PasskeyNotValid, TooManyPasskeys
from matinee.accounts.models import Passkey, User
from matinee.accounts.passkeys import (
    PASSKEYS_MAX,
    RelyingParty,
    options_for_new,
    options_for_use,
    passkeys_of,
    recognise_passkey,
    remove_passkey,
    rename_passkey,
    store_passkey,
)
from matinee.web.shared.services import Services
from tests.accounts.authenticator import Authenticator
from tests.building import NOW, Buyer, add_buyer, count_rows

PARTY = RelyingParty.at("https://aurora.example", name="Aurora")
LATER = NOW + timedelta(days=1)


def add(services: Services, buyer: Buyer, device: Authenticator, name: str = "Phone") -> None:
    def work(session: Session) -> None:
        user = session.get_one(User, buyer.id)
        options, challenge = options_for_new(session, user=user, party=PARTY)
        answer = device.make(challenge, user_handle=json.loads(options)["user"]["id"])
        store_passkey(session, user=user, party=PARTY, challenge=challenge, answer=answer, name=name, now=NOW)

    services.transactions.write(work)


def show(services: Services, answer: dict[str, Any], challenge: bytes) -> tuple[int, bool]:
    """The id of the user whose passkey it was, and whether the device made sure who he is."""

    def work(session: Session) -> tuple[int, bool]:
        found = recognise_passkey(session, party=PARTY, challenge=challenge, answer=answer, now=LATER)
        return found.user.id, found.user_verified

    return services.transactions.write(work)


def asked() -> bytes:
    return options_for_use(party=PARTY)[1]


def test_a_relying_party_is_known_by_its_host_and_its_whole_origin() -> None:
    party = RelyingParty.at("https://tickets.example.org:8443/box", name="Aurora")
    assert (party.id, party.origin) == ("tickets.example.org", "https://tickets.example.org:8443")


@pytest.mark.parametrize("verifies", [True, False])
def test_who_shows_a_passkey_is_known_by_it(services: Services, buyer: Buyer, verifies: bool) -> None:
    services.transactions.write(lambda session: add_buyer(session, "another@example.com"))
    device = Authenticator(verifies=verifies)
    add(services, buyer, device)
    challenge = asked()
    assert show(services, device.show(challenge), challenge) == (buyer.id, verifies)
    kept = services.transactions.read(lambda session: passkeys_of(session, user_id=buyer.id))
    assert [(one.name, one.sign_count, one.last_used_at) for one in kept] == [("Phone", 1, LATER)]


def test_a_count_that_does_not_grow_tells_a_copy(services: Services, buyer: Buyer) -> None:
    device = Authenticator()
    add(services, buyer, device)
    for _ in range(2):
        challenge = asked()
        show(services, device.show(challenge), challenge)
    device.uses = 1
    challenge = asked()
    with pytest.raises(PasskeyNotValid):
        show(services, device.show(challenge), challenge)


def test_a_device_that_does_not_count_can_be_used_again(services: Services, buyer: Buyer) -> None:
    device = Authenticator(counts=False)
    add(services, buyer, device)
    for _ in range(2):
        challenge = asked()
        assert show(services, device.show(challenge), challenge)[0] == buyer.id


def test_what_was_signed_for_another_challenge_site_or_host_is_refused(
    services: Services, buyer: Buyer
) -> None:
    device = Authenticator()
    add(services, buyer, device)
    challenge = asked()
    with pytest.raises(PasskeyNotValid):
        show(services, device.show(asked()), challenge)
    device.origin = "https://aurora.example.evil.example"
    with pytest.raises(PasskeyNotValid):
        show(services, device.show(challenge), challenge)
    device.origin, device.rp_id = "https://aurora.example", "evil.example"
    with pytest.raises(PasskeyNotValid):
        show(services, device.show(challenge), challenge)
    device.rp_id = "aurora.example"
    assert show(services, device.show(challenge), challenge)[0] == buyer.id


def test_a_signature_of_another_key_is_refused(services: Services, buyer: Buyer) -> None:
    device = Authenticator()
    add(services, buyer, device)
    thief = Authenticator(id=device.id, user_handle=device.user_handle, uses=5)
    challenge = asked()
    with pytest.raises(PasskeyNotValid):
        show(services, thief.show(challenge), challenge)


def test_an_unknown_key_and_the_handle_of_somebody_else_are_refused(services: Services, buyer: Buyer) -> None:
    other = services.transactions.write(lambda session: add_buyer(session, "another@example.com"))
    device, others = Authenticator(), Authenticator()
    challenge = asked()
    with pytest.raises(PasskeyNotValid):
        show(services, device.show(challenge), challenge)
    add(services, buyer, device)
    add(services, other, others)
    device.user_handle = others.user_handle
    with pytest.raises(PasskeyNotValid):
        show(services, device.show(challenge), challenge)


@pytest.mark.parametrize("answer", [{}, {"id": "x"}, {"id": "x", "response": []}])
def test_what_is_no_answer_of_a_browser_is_refused(
    services: Services, buyer: Buyer, answer: dict[str, Any]
) -> None:
    with pytest.raises(PasskeyNotValid):
        show(services, answer, asked())
    # As broken, under the name of a key that is known.
    device = Authenticator()
    add(services, buyer, device)
    with pytest.raises(PasskeyNotValid):
        show(services, {**answer, "id": device.show(asked())["id"]}, asked())


def test_the_same_key_is_not_kept_twice(services: Services, buyer: Buyer) -> None:
    device = Authenticator()
    add(services, buyer, device)
    with pytest.raises(PasskeyExists):
        add(services, buyer, device)
    options, _ = services.transactions.read(
        lambda session: options_for_new(session, user=session.get_one(User, buyer.id), party=PARTY)
    )
    excluded = json.loads(options)["excludeCredentials"]
    assert [one["id"] for one in excluded] == [device.show(asked())["id"]]


def test_a_key_that_was_made_for_another_site_is_not_kept(services: Services, buyer: Buyer) -> None:
    with pytest.raises(PasskeyNotValid):
        add(services, buyer, Authenticator(origin="https://evil.example"))
    assert services.transactions.read(lambda session: count_rows(session, Passkey)) == 0


def test_there_is_an_end_to_their_number(services: Services, buyer: Buyer) -> None:
    for _ in range(PASSKEYS_MAX):
        add(services, buyer, Authenticator())
    with pytest.raises(TooManyPasskeys):
        add(services, buyer, Authenticator())


def test_one_renames_and_removes_ones_own_alone(services: Services, buyer: Buyer) -> None:
    other = services.transactions.write(lambda session: add_buyer(session, "another@example.com"))
    device = Authenticator()
    add(services, buyer, device)
    (kept,) = services.transactions.read(lambda session: passkeys_of(session, user_id=buyer.id))
    with pytest.raises(PasskeyNotFound):
        services.transactions.write(
            lambda session: rename_passkey(session, user_id=other.id, passkey_id=kept.id, name="Mine")
        )
    with pytest.raises(PasskeyNotFound):
        services.transactions.write(
            lambda session: remove_passkey(session, user_id=other.id, passkey_id=kept.id)
        )
    services.transactions.write(
        lambda session: rename_passkey(session, user_id=buyer.id, passkey_id=kept.id, name=" Old \n phone ")
    )
    (renamed,) = services.transactions.read(lambda session: passkeys_of(session, user_id=buyer.id))
    assert renamed.name == "Old phone"
    services.transactions.write(lambda session: remove_passkey(session, user_id=buyer.id, passkey_id=kept.id))
    challenge = asked()
    with pytest.raises(PasskeyNotValid):
        show(services, device.show(challenge), challenge)
