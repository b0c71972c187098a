from __future__ import annotations

import pytest

from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import Buyer, House
from tests.door.scanners import Gate


@pytest.fixture
def sale(services: Services, house: House, buyer: Buyer) -> Sale:
    """What buyers, staff and providers do, on the small programme."""
    return Sale(services, house, buyer)


@pytest.fixture
def gate(sale: Sale) -> Gate:
    """A scanner at the door of the lettered hall."""
    return Gate(sale, device="gate-1", door="North")
