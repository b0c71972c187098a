"""All that the door's page asks for, registered on its blueprint by being imported."""

from __future__ import annotations

from flask import Response
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import RequestEntityTooLarge

from matinee.kernel.errors import DomainError
from matinee.web.door import door_list, page, scans, screenings, search, worker
from matinee.web.door.blueprint import door
from matinee.web.door.refusals import Refused, told_error, told_refusal
from matinee.web.shared.languages import _

PAGES = (page, screenings, door_list, scans, search, worker)


@door.errorhandler(RequestEntityTooLarge)
def _too_large(_error: RequestEntityTooLarge) -> Response:
    return told_refusal(Refused(413, "body_too_large", _("This is more than a scanner sends at once.")))


@door.errorhandler(CSRFError)
def _without_token(_error: CSRFError) -> Response:
    # A page that was kept for long asks /door/me for the token of today.
    return told_refusal(Refused(400, "token_not_valid", _("This page is too old. Load it again.")))


door.register_error_handler(Refused, told_refusal)
door.register_error_handler(DomainError, told_error)

__all__ = ["PAGES", "door"]
