"""What tests of the counter start with: somebody with an open till, and a screening on the next day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from matinee.boxoffice.models import Order
from matinee.boxoffice.till_models import TillSession
from tests.boxoffice.selling import Sale
from tests.building import House
from tests.web.backoffice.conftest import CINEMA, Office, OpenOffice

COUNTER = f"{CINEMA}/counter"
# The till is opened with so much, in minor units of UAH.
FLOAT = 50_000


@dataclass
class Desk:
    """A clerk's browser, and the sale behind it."""

    office: Office
    sale: Sale
    house: House

    def get(self, path: str) -> str:
        """A page that must be there."""
        answer = self.office.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.headers.get("Location"))
        return answer.text

    def send(self, path: str, part: bool = False, **values: str | list[str]) -> TestResponse:
        """A form; `part`: sent by htmx."""
        headers = {"HX-Request": "true", "HX-Target": "sale"} if part else {}
        return self.office.post(path, values, headers=headers)

    def screening(self, rest: str = "") -> str:
        return f"{COUNTER}/screenings/{self.house.lettered}{rest}"

    def hold(self, count: int = 2) -> str:
        """Hold the best seats; the code of the order."""
        answer = self.send(self.screening("/best"), count=str(count))
        assert answer.status_code == 303, answer.text
        return self.latest().code

    def sell(self, count: int = 2, **tender: str) -> str:
        """Sell the best seats; the code of the order."""
        code = self.hold(count)
        answer = self.send(f"{COUNTER}/sales/{code}/pay", **{"tender": "cash", **tender})
        assert answer.status_code == 303, answer.text
        return code

    def latest(self) -> Order:
        wanted = select(Order).order_by(Order.id.desc()).limit(1)
        return self.sale.read(lambda s: s.scalars(wanted).one())

    def order(self, code: str) -> Order:
        return self.sale.read(lambda s: s.scalars(select(Order).where(Order.code == code)).one())

    def till(self) -> TillSession:
        wanted = select(TillSession).order_by(TillSession.id.desc()).limit(1)
        return self.sale.read(lambda s: s.scalars(wanted).one())


OpenDesk = Callable[..., Desk]


@pytest.fixture
def open_desk(office: OpenOffice, sale: Sale, house: House) -> OpenDesk:
    """Opens the browser of a clerk, with a till unless `till` is false."""

    def open_one(*roles: str, till: bool = True) -> Desk:
        desk = Desk(office(*(roles or ("counter",))), sale, house)
        if till:
            answer = desk.send(f"{CINEMA}/till/open", float="500.00")
            assert answer.headers["Location"].endswith("/counter")
        return desk

    return open_one


@pytest.fixture
def desk(open_desk: OpenDesk) -> Desk:
    """A clerk with an open till."""
    return open_desk()
