"""GET /checkToken"""

from __future__ import annotations

from flask import Response
from flask.views import MethodView
from sqlalchemy.orm import Session

from matinee.accounts.sessions import session_is_valid
from matinee.accounts.users import find_user
from matinee.kernel import clock
from matinee.web.given.blueprint import given
from matinee.web.given.callers import OwnerValues, cookie_user, offered_token
from matinee.web.given.documented import ok, takes
from matinee.web.given.present import message
from matinee.web.given.values import read_query
from matinee.web.shared.services import services


class CheckToken(MethodView):
    """Whether a session is valid."""

    @takes(
        OwnerValues,
        answers={
            200: ok({"message": "Token valid"}),
            400: "`Bad request`",
            404: "`User not found`",
        },
    )
    def get(self) -> Response:
        """Ask whether a token is valid

        `Token valid` or `Token not valid`. The cookie of the session may stand for the token.
        """
        values = read_query(OwnerValues)
        token = offered_token(values.token)
        now = clock.now()

        def check(session: Session) -> bool:
            if values.username is None:
                cookie_user(session, now=now)
                return True
            user = find_user(session, username=values.username)
            return session_is_valid(session, user=user, token=token, now=now)

        valid = services().transactions.read(check)
        return message("Token valid" if valid else "Token not valid")


given.add_url_rule("/checkToken", view_func=CheckToken.as_view("check_token"))
