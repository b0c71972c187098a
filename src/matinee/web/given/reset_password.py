"""POST /resetPassword and /reset-password; for a browser, a page with a form."""

from __future__ import annotations

from flask import make_response, render_template
from flask.views import MethodView
from pydantic import BaseModel
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.wrappers import Response as AnyResponse

from matinee.accounts.errors import WrongCode, WrongSecretCode
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.web.given.blueprint import given
from matinee.web.given.documented import ok, takes
from matinee.web.given.errors import answer_for
from matinee.web.given.present import message
from matinee.web.given.values import Code, Password, Username, read_query
from matinee.web.shared.negotiation import wants_html
from matinee.web.shared.password_reset import set_new_password


class ResetValues(BaseModel):
    """A user, the secret code from the mail, and the new password."""

    username: Username
    password: Password
    secret_code: Code


class ResetPageValues(BaseModel):
    """The user whom the mail's link names, to fill in the form."""

    username: Username | None = None


class ResetPassword(MethodView):
    """Setting a new password."""

    @takes(
        ResetValues,
        answers={
            200: ok({"message": "Password reset successfully"}),
            400: "`Wrong secret code`, or `Bad request`: weak password",
            404: "`User not found`",
            429: "`Too many attempts`, with `Retry-After`",
        },
    )
    def post(self) -> AnyResponse:
        """Set a new password by the secret code

        Every session of the user ends. A good code is not used up by a password that is too weak.
        """
        if not wants_html():
            _reset(read_query(ResetValues))
            return message("Password reset successfully")
        try:
            _reset(read_query(ResetValues))
        except DomainError as error:
            _, text = answer_for(error)
            detail = error.detail if text == "Bad request" else f"{text}."
            return make_response(
                render_template("given/reset_password.html", username=_username(), problem=detail), 400
            )
        return make_response(render_template("given/password_reset.html"))

    @takes(
        ResetPageValues,
        answers={
            200: {
                "description": "The form, for a browser",
                "content": {"text/html": {"schema": {"type": "string"}}},
            },
            405: "A program has nothing to get here",
        },
    )
    def get(self) -> AnyResponse:
        """The form, for a browser that follows the link in the mail; a program has nothing to get here."""
        if not wants_html():
            raise MethodNotAllowed(valid_methods=["POST", "OPTIONS"])
        return make_response(render_template("given/reset_password.html", username=_username(), problem=None))


def _username() -> str:
    try:
        return read_query(ResetPageValues).username or ""
    except DomainError:
        return ""


def _reset(values: ResetValues) -> None:
    try:
        set_new_password(
            username=values.username, code=values.secret_code, password=values.password, now=clock.now()
        )
    except WrongCode:
        raise WrongSecretCode from None


_view = ResetPassword.as_view("reset_password")
given.add_url_rule("/resetPassword", view_func=_view)
given.add_url_rule("/reset-password", view_func=_view)
