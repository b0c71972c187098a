"""A purchase that turns to the next hall when that screening is no longer there"""

from __future__ import annotations

from typing import Any

import pytest

from matinee.boxoffice import purchases
from matinee.boxoffice.errors import SeatsNotFree
from matinee.boxoffice.purchases import Purchase, purchase_seats
from matinee.web.shared.services import Services
from tests.building import DAY, NOW, Buyer, House


def test_the_seats_are_not_free(
    services: Services, house: House, buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = purchases._screenings_on_sale
    looks: list[int] = []

    def taken_off_meanwhile(*arguments: Any) -> Any:
        looks.append(1)
        return found(*arguments)[: 2 if len(looks) == 1 else 1]

    monkeypatch.setattr(purchases, "_screenings_on_sale", taken_off_meanwhile)
    # Seat 12 is kept back in the first hall, so that the second is asked.
    purchase = Purchase(buyer.username, buyer.token, None, DAY, "Амели", "18:00", ["12"])
    if services.direct is not None:
        looks.append(1)  # PostgreSQL is asked for all halls at once
    with pytest.raises(SeatsNotFree):
        purchase_seats(services.transactions, services.direct, services.version, purchase=purchase, now=NOW)
    assert len(looks) == 2
