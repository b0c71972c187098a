"""GET /me, POST and PUT /me/confirmation"""

from __future__ import annotations

from datetime import datetime

from flask.views import MethodView
from pydantic import Field
from sqlalchemy.orm import Session

from matinee.accounts.callers import Caller
from matinee.accounts.confirmation import confirm_email, send_confirmation
from matinee.accounts.errors import EmailAlreadyConfirmed, TooManyAttempts, WrongCode
from matinee.accounts.models import User
from matinee.web.shared.address import caller_address
from matinee.web.shared.services import services
from matinee.web.v1.answers import NO_CONTENT, Answer
from matinee.web.v1.blueprint import v1
from matinee.web.v1.callers import needs
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.shapes import Shape
from matinee.web.v1.tags import ACCOUNT
from matinee.web.v1.values import Code, Values

EXAMPLE = {
    "username": "user@example.com",
    "email_confirmed": True,
    "scopes": ["me", "programme:read", "sales"],
    "created_at": "2030-05-17T09:00:00Z",
}


class MeShape(Shape, example=EXAMPLE):
    """The account of whoever asks."""

    username: str
    email_confirmed: bool
    scopes: list[str] = Field(description="What this session may do.")
    created_at: datetime


class ConfirmingCode(Values, example={"code": "7KQ2MX9R"}):
    """The code from the mail."""

    code: Code


class Me(MethodView):
    """One's own account."""

    @operation("get_me", tag=ACCOUNT, access=needs("me"), answers={200: Returns(MeShape, "The account")})
    def get(self, caller: Caller) -> Answer:
        """Read one's own account"""

        def read(session: Session) -> Answer:
            user = session.get_one(User, caller.known_user_id)
            return Answer(
                MeShape(
                    username=user.username,
                    email_confirmed=user.email_confirmed_at is not None,
                    scopes=sorted(caller.scopes),
                    created_at=user.created_at,
                )
            )

        return services().transactions.read(read)


class Confirmation(MethodView):
    """Confirming one's mail address."""

    @operation(
        "send_confirmation",
        tag=ACCOUNT,
        access=needs("me"),
        answers={202: Returns(None, "The mail is on its way")},
        refusals=(EmailAlreadyConfirmed, TooManyAttempts),
        counted=False,
    )
    def post(self, caller: Caller, now: datetime) -> Answer:
        """Mail a code that confirms the address"""
        service = services()
        service.throttle.count_attempt("send_code", account=caller.name, address=caller_address())
        service.transactions.write(
            lambda session: send_confirmation(
                session,
                user=session.get_one(User, caller.known_user_id),
                lifetime=service.confirm_code_lifetime,
                now=now,
            )
        )
        return Answer(None, status=202)

    @operation(
        "confirm_email",
        tag=ACCOUNT,
        access=needs("me"),
        answers={204: Returns(None, "Confirmed")},
        refusals=(EmailAlreadyConfirmed, WrongCode, TooManyAttempts),
    )
    def put(self, body: ConfirmingCode, caller: Caller, now: datetime) -> Answer:
        """Confirm the address by the code"""
        service = services()
        service.throttle.count_attempt("try_code", account=caller.name, address=caller_address())
        refusal = service.transactions.write(
            lambda session: confirm_email(
                session, user=session.get_one(User, caller.known_user_id), code=body.code, now=now
            )
        )
        if refusal is not None:
            raise refusal
        return NO_CONTENT


v1.add_url_rule("/me", view_func=Me.as_view("me"))
v1.add_url_rule("/me/confirmation", view_func=Confirmation.as_view("confirmation"))
