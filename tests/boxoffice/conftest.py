"""What the tests of the sale start with."""

from __future__ import annotations

import pytest

from matinee.web.shared.services import Services
from tests.building import Buyer, House, add_buyer, build_house


@pytest.fixture
def house(services: Services) -> House:
    return services.transactions.write(build_house)


@pytest.fixture
def buyer(services: Services) -> Buyer:
    return services.transactions.write(add_buyer)
