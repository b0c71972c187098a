"""The second factor: its codes, and what a session without it may do"""

from __future__ import annotations

import base64
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from matinee.accounts.errors import SecondFactorOff, SecondFactorOn, WrongCode
from matinee.accounts.models import User, UserSession
from matinee.accounts.roles import grant_role
from matinee.accounts.second_factor import (
    begin_second_factor,
    confirm_second_factor,
    secret_as_url,
    secret_in_letters,
    take_code,
    turn_off_second_factor,
)
from matinee.accounts.secret_box import SecretBox
from matinee.accounts.sessions import session_is_full, start_session
from matinee.kernel.codes import hash_secret
from matinee.web.shared.services import Services
from tests.accounts.authenticator_app import code_at
from tests.accounts.session_callers import caller_of_session
from tests.building import NOW, Buyer

BOX = SecretBox("the secret key of the app")
STEP = timedelta(seconds=30)


@pytest.fixture
def secret(services: Services, buyer: Buyer) -> bytes:
    """The secret of a manager whose second factor is not confirmed yet."""

    def work(session: Session) -> str:
        user = session.get_one(User, buyer.id)
        grant_role(session, user=user, role="manager")
        begin_second_factor(session, user=user, box=BOX)
        letters = secret_in_letters(user, box=BOX)
        assert letters is not None
        return letters

    return base64.b32decode(services.transactions.write(work))


def confirm(services: Services, buyer: Buyer, code: str, now: datetime = NOW) -> object:
    return services.transactions.write(
        lambda session: confirm_second_factor(
            session,
            user=session.get_one(User, buyer.id),
            code=code,
            session_hash=hash_secret(buyer.token),
            box=BOX,
            now=now,
        )
    )


def takes(services: Services, buyer: Buyer, code: str, now: datetime, box: SecretBox = BOX) -> bool:
    return services.transactions.write(
        lambda session: take_code(session, user=session.get_one(User, buyer.id), code=code, box=box, now=now)
    )


def scopes(services: Services, token: str) -> frozenset[str]:
    return services.transactions.read(
        lambda session: caller_of_session(session, token=token, now=NOW, second_factor_required=False)
    ).scopes


def test_the_codes_are_those_of_the_standard() -> None:
    # RFC 6238, appendix B, the last six of eight digits.
    rfc_secret = b"12345678901234567890"
    assert code_at(rfc_secret, datetime.fromtimestamp(59, tz=NOW.tzinfo)) == "287082"
    assert code_at(rfc_secret, datetime.fromtimestamp(1111111109, tz=NOW.tzinfo)) == "081804"


def test_the_secret_is_kept_encrypted_and_told_until_it_is_confirmed(
    services: Services, buyer: Buyer, secret: bytes
) -> None:
    user = services.transactions.read(lambda session: session.get_one(User, buyer.id))
    assert user.totp_secret is not None
    assert base64.b32encode(secret).decode() not in user.totp_secret
    url = secret_as_url(user, box=BOX, issuer="Aurora")
    assert url is not None
    assert url.startswith("otpauth://totp/Aurora:user%40example.com?")
    assert f"secret={base64.b32encode(secret).decode()}" in url
    assert confirm(services, buyer, code_at(secret, NOW)) is None
    user = services.transactions.read(lambda session: session.get_one(User, buyer.id))
    assert secret_as_url(user, box=BOX, issuer="Aurora") is None
    assert secret_in_letters(user, box=BOX) is None


def test_it_counts_after_a_first_right_code_alone(services: Services, buyer: Buyer, secret: bytes) -> None:
    assert isinstance(confirm(services, buyer, "000000"), WrongCode)
    other = services.transactions.write(
        lambda session: start_session(
            session, user=session.get_one(User, buyer.id), lifetime=timedelta(hours=1), now=NOW
        )
    )[0]
    assert "keys:write" in scopes(services, other)
    assert confirm(services, buyer, code_at(secret, NOW)) is None
    # The session in which it was turned on has shown it; the others have not.
    assert "keys:write" in scopes(services, buyer.token)
    assert scopes(services, other) == {"me", "sales", "programme:read"}


def test_a_session_that_showed_it_has_the_powers_of_the_roles(
    services: Services, buyer: Buyer, secret: bytes
) -> None:
    confirm(services, buyer, code_at(secret, NOW))

    def start(session: Session, *, second_factor: bool) -> str:
        return start_session(
            session,
            user=session.get_one(User, buyer.id),
            lifetime=timedelta(hours=1),
            now=NOW,
            second_factor=second_factor,
        )[0]

    shown = services.transactions.write(lambda session: start(session, second_factor=True))
    bare = services.transactions.write(lambda session: start(session, second_factor=False))
    assert "keys:write" in scopes(services, shown)
    assert "keys:write" not in scopes(services, bare)

    def full(token: str) -> bool:
        return services.transactions.read(
            lambda session: session_is_full(session, token_hash=hash_secret(token))
        )

    assert [full(token) for token in (shown, bare, "nobody's")] == [True, False, False]


def test_no_code_is_taken_twice_nor_one_before_it(services: Services, buyer: Buyer, secret: bytes) -> None:
    confirm(services, buyer, code_at(secret, NOW))
    assert not takes(services, buyer, code_at(secret, NOW), NOW)
    assert not takes(services, buyer, code_at(secret, NOW - STEP), NOW)
    later = NOW + 2 * STEP
    assert takes(services, buyer, code_at(secret, later), later)
    assert not takes(services, buyer, code_at(secret, later - STEP), later)


@pytest.mark.parametrize(("steps", "is_right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(
    services: Services, buyer: Buyer, secret: bytes, steps: int, is_right: bool
) -> None:
    confirm(services, buyer, code_at(secret, NOW - timedelta(hours=1)), NOW - timedelta(hours=1))
    assert takes(services, buyer, code_at(secret, NOW + steps * STEP), NOW) is is_right


def test_a_code_may_be_typed_with_blanks(services: Services, buyer: Buyer, secret: bytes) -> None:
    code = code_at(secret, NOW)
    assert confirm(services, buyer, f" {code[:3]} {code[3:]} ") is None


@pytest.mark.parametrize("code", ["", "1", "12345", "ABCDEF", "１２３４５６", "0" * 1000])
def test_what_is_no_code_is_wrong(services: Services, buyer: Buyer, secret: bytes, code: str) -> None:
    assert secret
    assert not takes(services, buyer, code, NOW)


def test_no_code_is_right_under_another_secret_key(
    services: Services, buyer: Buyer, secret: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    confirm(services, buyer, code_at(secret, NOW))
    later = NOW + 2 * STEP
    assert not takes(services, buyer, code_at(secret, later), later, box=SecretBox("another key"))
    assert "second-factor off" in caplog.text


def test_it_is_turned_on_once_and_off_once(services: Services, buyer: Buyer, secret: bytes) -> None:
    confirm(services, buyer, code_at(secret, NOW))
    with pytest.raises(SecondFactorOn):
        confirm(services, buyer, code_at(secret, NOW + 2 * STEP), NOW + 2 * STEP)

    def again(session: Session) -> None:
        begin_second_factor(session, user=session.get_one(User, buyer.id), box=BOX)

    with pytest.raises(SecondFactorOn):
        services.transactions.write(again)

    def off(session: Session) -> None:
        turn_off_second_factor(session, user=session.get_one(User, buyer.id))

    services.transactions.write(off)
    with pytest.raises(SecondFactorOff):
        services.transactions.write(off)
    with pytest.raises(SecondFactorOff):
        confirm(services, buyer, code_at(secret, NOW + 2 * STEP), NOW + 2 * STEP)
    kept = services.transactions.read(lambda session: session.get_one(User, buyer.id))
    assert (kept.totp_secret, kept.totp_confirmed_at, kept.totp_last_step) == (None, None, None)
    shown = services.transactions.read(
        lambda session: session.get_one(UserSession, hash_secret(buyer.token)).second_factor_at
    )
    assert shown == NOW
