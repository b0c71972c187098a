"""What the page of the door is told of what is refused: a sentence for whoever stands there, and a code for the script."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from matinee.door.errors import ScanToldDifferently
from matinee.kernel.errors import DomainError
from matinee.web.shared.languages import _
from matinee.web.shared.refusals import sentence, status_of


class Refused(Exception):
    """A request is not carried out."""

    def __init__(self, status: int, code: str, message: str, **more: Any) -> None:
        """`more`: what else the script is told."""
        super().__init__(message)
        self.status, self.code, self.message, self.more = status, code, message, more


def told_refusal(refused: Refused) -> Response:
    """The answer."""
    response = jsonify(message=refused.message, code=refused.code, **refused.more)
    response.status_code = refused.status
    return response


def told_error(error: DomainError) -> Response:
    """The answer to what the domain refuses."""
    if isinstance(error, ScanToldDifferently):
        message = _(
            "This device told of something else as its scan number %(number)d. Give it another name.",
            number=error.sequence,
        )
        return told_refusal(Refused(status_of(error), error.code, message, sequence=error.sequence))
    return told_refusal(Refused(status_of(error), error.code, sentence(error)))
