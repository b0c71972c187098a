"""POST /users: registering"""

from __future__ import annotations

from datetime import datetime

from flask.views import MethodView
from sqlalchemy.orm import Session

from matinee.accounts.callers import ANONYMOUS
from matinee.accounts.errors import TooManyAttempts, UserExists, WeakPassword
from matinee.web.shared.registration import registration
from matinee.web.v1.answers import Answer, created
from matinee.web.v1.blueprint import PREFIX, v1
from matinee.web.v1.callers import PUBLIC
from matinee.web.v1.idempotency import idempotent
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.sessions import Credentials, NewSessionShape, present_new_session
from matinee.web.v1.tags import ACCOUNT


class Users(MethodView):
    """New accounts."""

    @operation(
        "register",
        tag=ACCOUNT,
        access=PUBLIC,
        answers={201: Returns(NewSessionShape, "Registered, and signed in")},
        refusals=(UserExists, WeakPassword, TooManyAttempts),
        keyed=True,
        counted=False,
    )
    def post(self, body: Credentials, now: datetime) -> Answer:
        """Register a user

        Signs the user in, and mails a code with which the address is confirmed (`PUT /api/v1/me/confirmation`).
        """
        register = registration(username=body.username, password=body.password, now=now)

        def make(session: Session) -> Answer:
            return created(present_new_session(*register(session)), location=f"{PREFIX}/me")

        return idempotent(make, caller=ANONYMOUS, now=now)


v1.add_url_rule("/users", view_func=Users.as_view("users"))
