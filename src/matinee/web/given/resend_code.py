"""GET /resendEmailValidationCode"""

from __future__ import annotations

from flask import Response
from flask.views import MethodView

from matinee.web.given.blueprint import given
from matinee.web.given.confirm_email import send_confirmation_mail
from matinee.web.given.documented import ok, takes
from matinee.web.given.is_email_confirmed import UserValues
from matinee.web.given.present import without_effect
from matinee.web.given.values import read_query


class ResendEmailValidationCode(MethodView):
    """Another code for who did not get the first."""

    @takes(
        UserValues,
        answers={
            200: ok({"message": "Email sent successfully"}),
            400: "`Email already confirmed` or `Bad request`",
            404: "`User not found`",
            429: "`Too many attempts`, with `Retry-After`",
        },
    )
    def get(self) -> Response:
        """Mail a new code

        Codes that were mailed before still work until they expire.
        """
        return send_confirmation_mail(read_query(UserValues).username)

    def head(self) -> Response:
        """HEAD sends no mail."""
        return without_effect()


given.add_url_rule("/resendEmailValidationCode", view_func=ResendEmailValidationCode.as_view("resend_code"))
