"""What the tests of the API of today share: who calls."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from matinee.accounts.api_keys import create_api_key
from matinee.accounts.callers import Caller
from matinee.accounts.models import User
from matinee.accounts.roles import grant_role
from matinee.accounts.scopes import SCOPES
from matinee.web.shared.services import Services
from tests.building import NOW, Buyer, add_buyer

Headers = dict[str, str]
# Gives the headers of a member of staff with these roles.
Staff = Callable[..., Headers]
# Gives the headers of a program with these scopes.
Program = Callable[..., Headers]


def bearer(token: str) -> Headers:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def signed_in(buyer: Buyer) -> Headers:
    """The headers of `buyer`."""
    return bearer(buyer.token)


@pytest.fixture
def staff(services: Services) -> Staff:
    """Makes a member of staff, and gives the headers with which he calls."""

    def make(*roles: str) -> Headers:
        def store(session) -> str:
            member = add_buyer(session, f"{'-'.join(roles)}@example.com")
            for role in roles:
                grant_role(session, user=session.get_one(User, member.id), role=role)
            return member.token

        return bearer(services.transactions.write(store))

    return make


@pytest.fixture
def program(services: Services) -> Program:
    """Makes an API key, and gives the headers with which its program calls."""
    creator = Caller(identity="test", name="test", scopes=frozenset(SCOPES))

    def make(*scopes: str) -> Headers:
        _, secret = services.transactions.write(
            lambda session: create_api_key(
                session, name="Website", scopes=scopes, creator=creator, expires_at=None, now=NOW
            )
        )
        return bearer(secret)

    return make
