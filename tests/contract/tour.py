"""A tour through every call that meets every message of the contract, and remembers what was answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import update

from matinee.programme.models import Cinema
from matinee.web.shared.services import Services
from tests.building import PASSWORD, Buyer, add_buyer, mailed_codes

NOBODY = "nobody@example.com"
NEWCOMER = "new@example.com"


@dataclass(frozen=True)
class Answered:
    """One answer: to which call, with what."""

    call: str
    status: int
    body: dict[str, Any]


@dataclass
class Tour:
    """Asks, and keeps what is said. A call is its method and path, as `POST /login`."""

    client: FlaskClient
    services: Services
    buyer: Buyer
    answered: list[Answered] = field(default_factory=list)

    def ask(self, call: str, headers: dict[str, str] | None = None, **query: str) -> dict[str, Any]:
        method, path = call.split()
        # No cookie: each request says itself who asks.
        client = self.client.application.test_client(use_cookies=False)
        answer = client.open(path, method=method, query_string=query, headers=headers)
        self.answered.append(Answered(call, answer.status_code, answer.json))
        body: dict[str, Any] = answer.json
        return body

    def go(self) -> list[Answered]:
        """All of it, in an order in which each step finds what it needs."""
        self._accounts()
        self._confirmation()
        self._programme()
        self._buying()
        self._password()
        return self.answered

    def _accounts(self) -> None:
        for password in ("short", PASSWORD, PASSWORD):
            self.ask("POST /register", username=NEWCOMER, password=password)
        for password in (PASSWORD, "wrong", ""):
            self.ask("POST /login", username=NEWCOMER, password=password)
        for username, token in (
            (self.buyer.username, self.buyer.token),
            (self.buyer.username, "x"),
            (NOBODY, "x"),
        ):
            self.ask("GET /checkToken", username=username, token=token)

    def _confirmation(self) -> None:
        for username in (NEWCOMER, NOBODY, self.buyer.username):
            for call in ("GET /isEmailConfirmed", "GET /resendEmailValidationCode", "GET /confirmEmail"):
                self.ask(call, username=username)
        code = self.services.transactions.read(mailed_codes)[0]
        for given in ("-1", "WRONG", code, "-1", code):
            self.ask("GET /confirmEmail", username=NEWCOMER, code=given)

    def _programme(self) -> None:
        for date in ("2030-05-18", "2031-01-01"):
            self.ask("GET /getDay", date=date)
        self.ask("GET /getDay", date="2030-05-18", cinema="none")
        self.ask("GET /fullSchedule")
        self.ask("GET /fullSchedule", cinema="none")

    def _buying(self) -> None:
        newcomer = self.services.transactions.write(
            lambda session: add_buyer(session, "third@example.com", confirmed=False)
        )
        self._sell_priced(False)
        right = {
            "username": self.buyer.username, "token": self.buyer.token, "date": "2030-05-18", "title": "Caf%C3%A9",
            "time": "20:30",
        }  # fmt: skip
        wrongs = [
            {"username": NOBODY}, {"token": "x"}, {"username": newcomer.username, "token": newcomer.token},
            {"cinema": "none"}, {"date": "2031-01-01"}, {"title": "x"}, {"time": "03:00"}, {}, {"number": "["},
        ]  # fmt: skip
        for call, seats in (("POST /buyTicket", "A1"), ("POST /buyManyTikets", "A2,A3")):
            for wrong in wrongs:
                self.ask(call, headers={**right, "number": seats, **wrong})
        self._sell_priced(True)
        for call, seats in (("POST /buyTicket", "A1"), ("POST /buyManyTikets", "A2,A3")):
            for _ in range(2):
                self.ask(call, headers={**right, "number": seats})
        for username, token in (
            (NOBODY, "x"),
            (self.buyer.username, "x"),
            (self.buyer.username, self.buyer.token),
        ):
            for call in ("GET /getTikets", "GET /displayTikets"):
                self.ask(call, username=username, token=token)

    def _sell_priced(self, sells: bool) -> None:
        self.services.transactions.write(
            lambda session: session.execute(update(Cinema).values(sells_priced_unpaid=sells))
        )

    def _password(self) -> None:
        for forgot, reset in (
            ("POST /forgotPassword", "POST /resetPassword"),
            ("POST /forgot-password", "POST /reset-password"),
        ):
            for username in (NOBODY, NEWCOMER):
                self.ask(forgot, username=username)
            code = self.services.transactions.read(lambda session: mailed_codes(session, "reset_password"))[
                -1
            ]
            for username, password, given in (
                (NOBODY, PASSWORD, code), (NEWCOMER, PASSWORD, "WRONG"), (NEWCOMER, "short", code),
                (NEWCOMER, "a new passphrase", code),
            ):  # fmt: skip
                self.ask(reset, username=username, password=password, secret_code=given)
