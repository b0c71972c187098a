"""POST and PUT /password-resets: the way back for who forgot the password"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from flask.views import MethodView
from sqlalchemy.orm import Session

from matinee.accounts.confirmation import send_reset_code
from matinee.accounts.errors import TooManyAttempts, UserNotFound, WeakPassword, WrongCode
from matinee.accounts.users import find_user
from matinee.web.shared.address import caller_address
from matinee.web.shared.password_reset import set_new_password
from matinee.web.shared.services import services
from matinee.web.v1.answers import NO_CONTENT, Answer
from matinee.web.v1.blueprint import v1
from matinee.web.v1.callers import PUBLIC
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.tags import ACCOUNT
from matinee.web.v1.values import Address, Code, Password, Values

USERNAME = "user@example.com"


class Forgetful(Values, example={"username": USERNAME}):
    """Who forgot the password."""

    username: Address


class NewPassword(
    Values, example={"username": USERNAME, "code": "7KQ2MX9RT4WA", "password": "a new passphrase"}
):
    """The code from the mail, and the new password."""

    username: Address
    code: Code
    password: Password


class PasswordResets(MethodView):
    """Setting a new password without the old one."""

    @operation(
        "forgot_password",
        tag=ACCOUNT,
        access=PUBLIC,
        answers={202: Returns(None, "If there is such an account, a mail is on its way")},
        refusals=(TooManyAttempts,),
        counted=False,
    )
    def post(self, body: Forgetful, now: datetime) -> Answer:
        """Mail a code with which a new password can be set

        The answer does not tell whether there is such an account.
        """
        service = services()
        service.throttle.count_attempt("send_code", account=body.username, address=caller_address())

        def send(session: Session) -> None:
            user = find_user(session, username=body.username)
            send_reset_code(session, user=user, lifetime=service.reset_code_lifetime, now=now)

        with suppress(UserNotFound):
            service.transactions.write(send)
        return Answer(None, status=202)

    @operation(
        "reset_password",
        tag=ACCOUNT,
        access=PUBLIC,
        answers={204: Returns(None, "The new password holds; every session of the user has ended")},
        refusals=(WrongCode, WeakPassword, TooManyAttempts),
    )
    def put(self, body: NewPassword, now: datetime) -> Answer:
        """Set a new password by the code

        A good code is not used up by a password that is too weak.
        """
        try:
            set_new_password(username=body.username, code=body.code, password=body.password, now=now)
        except UserNotFound:
            raise WrongCode from None
        return NO_CONTENT


v1.add_url_rule("/password-resets", view_func=PasswordResets.as_view("password_resets"))
