"""POST /register"""

from __future__ import annotations

from flask import Response
from flask.views import MethodView
from pydantic import BaseModel

from matinee.kernel import clock
from matinee.web.given.blueprint import given
from matinee.web.given.documented import ok, takes
from matinee.web.given.present import message
from matinee.web.given.values import Password, Username, read_query
from matinee.web.shared.registration import registration
from matinee.web.shared.services import is_https, services
from matinee.web.shared.signin import set_session_cookie


class RegisterValues(BaseModel):
    """A new user's address and password."""

    username: Username
    password: Password


class Register(MethodView):
    """New accounts."""

    @takes(
        RegisterValues,
        answers={
            200: ok(
                {
                    "message": "User registered successfully",
                    "token": "rygtfcedxswzaq1234567890poiuytrewqas",
                    "validDue": 1671234567,
                }
            ),
            400: "`Bad request`: not an address, weak or missing password",
            409: "`User already exists`",
            429: "`Too many attempts`, with `Retry-After`",
        },
    )
    def post(self) -> Response:
        """Register a user

        Signs the user in, and mails a code with which the address is confirmed.
        """
        values = read_query(RegisterValues)
        service = services()
        register = registration(username=values.username, password=values.password, now=clock.now())
        token, expires_at = service.transactions.write(register)
        response = message("User registered successfully", token=token, validDue=int(expires_at.timestamp()))
        set_session_cookie(response, token=token, expires_at=expires_at, secure=is_https(service.base_url))
        return response


given.add_url_rule("/register", view_func=Register.as_view("register"))
