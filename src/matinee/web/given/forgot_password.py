"""POST /forgotPassword and /forgot-password"""

from __future__ import annotations

from flask import Response
from flask.views import MethodView
from sqlalchemy.orm import Session

from matinee.accounts.confirmation import send_reset_code
from matinee.accounts.users import find_user
from matinee.kernel import clock
from matinee.web.given.blueprint import given
from matinee.web.given.documented import ok, takes
from matinee.web.given.is_email_confirmed import UserValues
from matinee.web.given.present import message
from matinee.web.given.values import read_query
from matinee.web.shared.address import caller_address
from matinee.web.shared.services import services


class ForgotPassword(MethodView):
    """The way back for who forgot the password."""

    @takes(
        UserValues,
        answers={
            200: ok({"message": "Email sent successfully"}),
            400: "`Bad request`",
            404: "`User not found`",
            429: "`Too many attempts`, with `Retry-After`",
        },
    )
    def post(self) -> Response:
        """Mail a secret code with which a new password can be set"""
        values = read_query(UserValues)
        service = services()
        now = clock.now()
        service.throttle.count_attempt("send_code", account=values.username, address=caller_address())

        def send(session: Session) -> None:
            user = find_user(session, username=values.username)
            send_reset_code(session, user=user, lifetime=service.reset_code_lifetime, now=now)

        service.transactions.write(send)
        return message("Email sent successfully")


_view = ForgotPassword.as_view("forgot_password")
given.add_url_rule("/forgotPassword", view_func=_view)
given.add_url_rule("/forgot-password", view_func=_view)
