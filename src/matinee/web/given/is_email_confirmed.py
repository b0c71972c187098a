"""GET /isEmailConfirmed"""

from __future__ import annotations

from flask import Response
from flask.views import MethodView
from pydantic import BaseModel

from matinee.accounts.users import find_user
from matinee.web.given.blueprint import given
from matinee.web.given.documented import ok, takes
from matinee.web.given.present import confirmation_state
from matinee.web.given.values import Username, read_query
from matinee.web.shared.services import services


class UserValues(BaseModel):
    """A user."""

    username: Username


class IsEmailConfirmed(MethodView):
    """Whether an address has been confirmed."""

    @takes(
        UserValues,
        answers={
            200: ok({"message": "Email confirmed"}),
            400: "`Bad request`",
            404: "`User not found`",
        },
    )
    def get(self) -> Response:
        """Ask whether the address is confirmed

        `Email confirmed` or `Email not confirmed`.
        """
        values = read_query(UserValues)
        confirmed = services().transactions.read(
            lambda session: find_user(session, username=values.username).email_confirmed_at is not None
        )
        return confirmation_state(confirmed)


given.add_url_rule("/isEmailConfirmed", view_func=IsEmailConfirmed.as_view("is_email_confirmed"))
