"""What tests of pages start with: the sale, and Matinee on this machine with play money."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from apiflask import APIFlask

from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import Buyer, House
from tests.web.conftest import OpenApp

HERE = "http://localhost:8000"


@pytest.fixture
def demo_app(open_app: OpenApp) -> Iterator[APIFlask]:
    """Matinee on this machine, with demo payments."""
    made = open_app(base_url=HERE, demo_payments="on")
    with made.app_context():
        yield made


@pytest.fixture
def sale(services: Services, house: House, buyer: Buyer) -> Sale:
    return Sale(services, house, buyer)
