"""Who is locked out for a while, and letting somebody try again"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from matinee.accounts.errors import LockoutNotFound, TooManyAttempts
from matinee.accounts.lockouts import end_lockout, locked_until, lockouts, unlock_account
from matinee.accounts.throttling import LIMITS, Throttle
from matinee.kernel import clock
from matinee.web.shared.services import Services
from tests.building import NOW, Buyer, clock_at

PER_ACCOUNT, PER_ADDRESS = (limit.amount for limit in LIMITS["login"])
ADDRESS = "192.0.2.1"


@pytest.fixture(autouse=True)
def _clock_stands() -> Iterator[None]:
    with clock_at(NOW):
        yield


@pytest.fixture
def throttle(services: Services) -> Throttle:
    return Throttle(services.transactions, enabled=True, clock_now=clock.now)


def sign_in(throttle: Throttle, account: str, *, times: int, address: str = ADDRESS) -> None:
    for _ in range(times):
        throttle.count_attempt("login", account=account, address=address)


def test_an_account_is_locked_out_once_its_limit_is_reached(
    services: Services, throttle: Throttle, buyer: Buyer
) -> None:
    sign_in(throttle, buyer.username, times=PER_ACCOUNT - 1)
    assert services.transactions.read(lambda s: lockouts(s, now=NOW)) == []
    sign_in(throttle, buyer.username, times=1)
    [lockout] = services.transactions.read(lambda s: lockouts(s, now=NOW))
    assert (lockout.what, lockout.of_account, lockout.who) == ("login", True, buyer.username)
    assert lockout.count == PER_ACCOUNT
    assert services.transactions.read(lambda s: locked_until(s, username=buyer.username, now=NOW)) == {
        "login": lockout.until
    }
    over = lockout.until + timedelta(seconds=1)
    assert services.transactions.read(lambda s: lockouts(s, now=over)) == []
    assert services.transactions.read(lambda s: locked_until(s, username=buyer.username, now=over)) == {}


def test_a_name_that_no_account_has_is_locked_out_without_a_name(
    services: Services, throttle: Throttle, buyer: Buyer
) -> None:
    sign_in(throttle, "nobody@example.org", times=PER_ACCOUNT)
    [lockout] = services.transactions.read(lambda s: lockouts(s, now=NOW))
    assert (lockout.of_account, lockout.who) == (True, "")


def test_an_address_is_locked_out_by_its_own_limit(services: Services, throttle: Throttle) -> None:
    for number in range(PER_ADDRESS):
        sign_in(throttle, f"user{number}@example.org", times=1)
    [lockout] = services.transactions.read(lambda s: lockouts(s, now=NOW))
    assert (lockout.of_account, lockout.who) == (False, ADDRESS)


def test_who_is_unlocked_tries_again_at_once(services: Services, throttle: Throttle, buyer: Buyer) -> None:
    sign_in(throttle, buyer.username, times=PER_ACCOUNT)
    with pytest.raises(TooManyAttempts):
        sign_in(throttle, buyer.username, times=1)
    [lockout] = services.transactions.read(lambda s: lockouts(s, now=NOW))
    ended = services.transactions.write(lambda s: end_lockout(s, key=lockout.key, now=NOW))
    assert ended.who == buyer.username
    sign_in(throttle, buyer.username, times=1)
    for key in (lockout.key, "nonsense", "call:user:1"):
        with pytest.raises(LockoutNotFound):
            services.transactions.write(lambda s, key=key: end_lockout(s, key=key, now=NOW))


def test_an_account_is_unlocked_for_everything_by_its_name(
    services: Services, throttle: Throttle, buyer: Buyer
) -> None:
    sign_in(throttle, buyer.username, times=PER_ACCOUNT)
    throttle.count_attempt("try_code", account=buyer.username, address=ADDRESS)
    sign_in(throttle, "other@example.org", times=PER_ACCOUNT)
    assert services.transactions.write(lambda s: unlock_account(s, username=buyer.username)) == 2
    sign_in(throttle, buyer.username, times=1)
    with pytest.raises(TooManyAttempts):
        sign_in(throttle, "other@example.org", times=1)
