"""What the tests of the API of today share: who calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from matinee.accounts.api_keys import create_api_key
from matinee.accounts.callers import Caller
from matinee.accounts.models import User
from matinee.accounts.roles import grant_role
from matinee.accounts.scopes import SCOPES
from matinee.boxoffice.claims import claim_seats
from matinee.boxoffice.models import Order
from matinee.boxoffice.orders import new_order_code
from matinee.web.shared import kept_answers
from matinee.web.shared.services import Services
from tests.building import NOW, Buyer, House, add_buyer, seat_id
from tests.web.v1.shopping import Shop

Headers = dict[str, str]
# Gives the headers of a member of staff with these roles.
Staff = Callable[..., Headers]
# Gives the headers of a program with these scopes.
Program = Callable[..., Headers]
# Takes seats of a screening by their labels.
Sell = Callable[..., None]


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


@pytest.fixture
def sell(services: Services) -> Sell:
    """Takes seats of a screening: for good, or until a moment as a hold does."""

    def take(screening_id: int, *labels: str, until: datetime | None = None) -> None:
        def claim(session: Session) -> None:
            order = Order(
                code=new_order_code(),
                screening_id=screening_id,
                state="paid" if until is None else "held",
                channel="v1",
                seats_asked=len(labels),
                seats_claimed=len(labels),
                total_amount=0,
                paid_amount=0,
                currency="UAH",
                created_at=NOW,
                hold_expires_at=until,
            )
            session.add(order)
            session.flush()
            ids = [seat_id(session, screening_id, label) for label in labels]
            claim_seats(session, order=order, seat_ids=ids, expires_at=until, now=NOW)

        services.transactions.write(claim)

    return take


@pytest.fixture
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers are made anew each time: the clock of these tests moves faster than the second for which they are kept."""
    monkeypatch.setattr(kept_answers, "SECONDS_TO_LIVE", 0.0)


@pytest.fixture
def shop(client: FlaskClient, house: House) -> Shop:
    """Buys through the API."""
    return Shop(client, house)
