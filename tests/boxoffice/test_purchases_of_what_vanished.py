"""A purchase that meets what is no longer there: a screening in one hall, or the buyer's account"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, func, select

from matinee.accounts.errors import SessionNotValid
from matinee.accounts.models import User
from matinee.boxoffice import direct_purchases, purchases
from matinee.boxoffice.errors import SeatsNotFree
from matinee.boxoffice.models import SeatClaim
from matinee.boxoffice.purchase_facts import Purchase
from matinee.boxoffice.purchases import purchase_seats
from matinee.web.shared.services import Services
from tests.building import DAY, NOW, Buyer, House


def test_the_seats_are_not_free(
    services: Services, house: House, buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = purchases.screenings_on_sale
    looks: list[int] = []

    def taken_off_meanwhile(*arguments: Any) -> Any:
        looks.append(1)
        return found(*arguments)[: 2 if len(looks) == 1 else 1]

    for module in (purchases, direct_purchases):
        monkeypatch.setattr(module, "screenings_on_sale", taken_off_meanwhile)
    # Seat 12 is kept back in the first hall, so that the second is asked.
    purchase = Purchase(buyer.username, buyer.token, None, DAY, "Амели", "18:00", ["12"])
    if services.direct is not None:
        looks.append(1)  # PostgreSQL is asked for all halls at once
    with pytest.raises(SeatsNotFree):
        purchase_seats(services.transactions, services.direct, services.version, purchase=purchase, now=NOW)
    assert len(looks) == 2


# On SQLite nobody comes between: writers queue.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_whoever_deletes_the_account_while_buying_buys_nothing(
    services: Services, house: House, buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = purchases.screenings_on_sale

    def leave_meanwhile(*arguments: Any) -> Any:
        rows = found(*arguments)
        services.transactions.write(lambda session: session.execute(delete(User)))
        return rows

    monkeypatch.setattr(direct_purchases, "screenings_on_sale", leave_meanwhile)
    purchase = Purchase(buyer.username, buyer.token, None, DAY, "Амели", "18:00", ["1"])
    with pytest.raises(SessionNotValid):
        purchase_seats(services.transactions, services.direct, services.version, purchase=purchase, now=NOW)
    count = select(func.count()).select_from(SeatClaim)
    assert services.transactions.read(lambda session: session.scalar(count)) == 0
