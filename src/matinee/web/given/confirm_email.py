"""GET /confirmEmail: mail a code, ask for the state, or confirm. For a browser, a page with a button.

The link in the mail must not confirm by being fetched: mail scanners fetch links. In a browser it shows a page whose
button posts the code. The link also carries `view=page`, so that a scanner that asks like a program confirms nothing.
"""

from __future__ import annotations

from typing import Literal

from flask import Response, make_response, render_template
from flask.views import MethodView
from pydantic import BaseModel
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from matinee.accounts.confirmation import confirm_email, send_confirmation
from matinee.accounts.users import find_user
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.web.given.blueprint import given
from matinee.web.given.documented import ok, takes
from matinee.web.given.errors import answer_for
from matinee.web.given.present import confirmation_state, message, without_effect
from matinee.web.given.values import BadRequest, Code, Username, read_query
from matinee.web.shared.address import caller_address
from matinee.web.shared.negotiation import wants_html
from matinee.web.shared.services import services

ASK_STATE = "-1"


class ConfirmValues(BaseModel):
    """A user, and the code from the mail; `-1` asks for the state; without a code, one is mailed."""

    username: Username
    code: Code | None = None
    view: Literal["page"] | None = None


class ConfirmEmail(MethodView):
    """Confirming the mail address."""

    @takes(
        ConfirmValues,
        answers={
            200: ok({"message": "Email sent successfully"}),
            400: "`Email already confirmed`, `Wrong code` or `Bad request`",
            404: "`User not found`",
            429: "`Too many attempts`, with `Retry-After`",
        },
    )
    def get(self) -> AnyResponse:
        """Confirm the address by a code

        Without `code`: a mail with a code and a link is sent, `Email sent successfully`. With `code=-1`: `Email
        confirmed` or `Email not confirmed`. With the code: `Email confirmed`. A browser gets a page with a button.
        """
        values = read_query(ConfirmValues)
        if values.code == ASK_STATE:
            return _state(values)
        if values.code is None:
            return send_confirmation_mail(values.username)
        if values.view == "page" or wants_html():
            return make_response(render_template("given/confirm_email.html", values=values))
        _confirm(values, values.code)
        return message("Email confirmed")

    def head(self) -> Response:
        """HEAD sends no mail and confirms nothing."""
        return without_effect()

    @takes(
        ConfirmValues,
        answers={
            200: ok({"message": "Email confirmed"}),
            400: "`Email already confirmed`, `Wrong code` or `Bad request`",
            404: "`User not found`",
            429: "`Too many attempts`, with `Retry-After`",
        },
    )
    def post(self) -> AnyResponse:
        """Confirm the address by a code, as the page's button does"""
        values = read_query(ConfirmValues)
        if values.code is None:
            # No try: it would count against the codes that were mailed.
            raise BadRequest("code is missing.")
        if not wants_html():
            _confirm(values, values.code)
            return message("Email confirmed")
        try:
            _confirm(values, values.code)
        except DomainError as error:
            status, text = answer_for(error)
            return make_response(render_template("given/confirm_failed.html", text=text), status)
        return make_response(render_template("given/confirmed.html", values=values))


def send_confirmation_mail(username: str) -> Response:
    """Mail a new code. Raises UserNotFound, EmailAlreadyConfirmed, TooManyAttempts."""
    service = services()
    now = clock.now()
    service.throttle.count_attempt("send_code", account=username, address=caller_address())

    def send(session: Session) -> None:
        user = find_user(session, username=username)
        send_confirmation(session, user=user, lifetime=service.confirm_code_lifetime, now=now)

    service.transactions.write(send)
    return message("Email sent successfully")


def _state(values: ConfirmValues) -> Response:
    return confirmation_state(
        services().transactions.read(
            lambda session: find_user(session, username=values.username).email_confirmed_at is not None
        )
    )


def _confirm(values: ConfirmValues, code: str) -> None:
    service = services()
    now = clock.now()
    service.throttle.count_attempt("try_code", account=values.username, address=caller_address())
    refusal = service.transactions.write(
        lambda session: confirm_email(
            session, user=find_user(session, username=values.username), code=code, now=now
        )
    )
    if refusal is not None:
        raise refusal


given.add_url_rule("/confirmEmail", view_func=ConfirmEmail.as_view("confirm_email"))
