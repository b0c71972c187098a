"""POST /login"""

from __future__ import annotations

from flask import Response
from flask.views import MethodView
from pydantic import BaseModel

from matinee.kernel import clock
from matinee.web.given.blueprint import given
from matinee.web.given.documented import ok, takes
from matinee.web.given.present import message
from matinee.web.given.values import Password, Username, read_query
from matinee.web.shared.address import caller_address
from matinee.web.shared.services import is_https, services
from matinee.web.shared.signin import log_in, set_session_cookie, user_agent


class LoginValues(BaseModel):
    """A user's address and password."""

    username: Username
    password: Password


class Login(MethodView):
    """Signing in."""

    @takes(
        LoginValues,
        answers={
            200: ok(
                {
                    "message": "Logged in successfully",
                    "token": "rygtfcedxswzaq1234567890poiuytrewqas",
                    "validDue": 1671234567,
                }
            ),
            400: "`Wrong username or password`, or `Bad request`",
            429: "`Too many attempts`, with `Retry-After`",
        },
    )
    def post(self) -> Response:
        """Log in

        Starts a session; its token also comes as the cookie `token`. `validDue` is in Unix seconds.
        """
        values = read_query(LoginValues)
        service = services()
        now = clock.now()
        service.throttle.count_attempt("login", account=values.username, address=caller_address())
        token, expires_at = log_in(
            service.transactions,
            service.passwords,
            username=values.username,
            password=values.password,
            lifetime=service.session_lifetime,
            now=now,
            user_agent=user_agent(),
        )
        service.throttle.forget_attempts("login", account=values.username)
        response = message("Logged in successfully", token=token, validDue=int(expires_at.timestamp()))
        set_session_cookie(response, token=token, expires_at=expires_at, secure=is_https(service.base_url))
        return response


given.add_url_rule("/login", view_func=Login.as_view("login"))
