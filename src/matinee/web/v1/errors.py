"""From the errors of the domain to statuses of the API: the one table. Below it, what only this surface can refuse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from matinee.accounts import errors as accounts
from matinee.boxoffice import errors as boxoffice
from matinee.door import errors as door
from matinee.kernel.errors import Conflict, DomainError, Expired, Invalid, NotAllowed, NotFound
from matinee.payments import errors as payments
from matinee.programme import errors as programme


class NotSignedIn(NotAllowed):
    """This needs a bearer token: of a session, or an API key."""

    code = "not_signed_in"


class InvalidValues(Invalid):
    """Some of the values are not acceptable."""

    code = "invalid_values"

    def __init__(self, errors: Sequence[Mapping[str, str]]) -> None:
        """`errors`: the field (a path with dots) and a sentence, for each."""
        super().__init__()
        self.errors = tuple(errors)


class MalformedBody(Invalid):
    """The body is not a JSON object in UTF-8."""

    code = "malformed_body"


class NotJson(Invalid):
    """The body is not said to be JSON: send it with Content-Type: application/json."""

    code = "not_json"


class NotAnImage(Invalid):
    """The body is not said to be a picture: send it with Content-Type: image/png, image/jpeg or image/webp."""

    code = "not_an_image"


class ChangedMeanwhile(Conflict):
    """It was changed since the version that If-Match names."""

    code = "changed_meanwhile"


class IdempotencyKeyReused(Invalid):
    """This Idempotency-Key was used for another request."""

    code = "idempotency_key_reused"


class RequestInProgress(Conflict):
    """A request with this Idempotency-Key is being carried out."""

    code = "request_in_progress"
    retry_after_seconds = 1


# The nearest listed ancestor of an error says its status. A kind of its own, beside the five, has none: a test finds it.
STATUSES: dict[type[DomainError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    NotAllowed: HTTPStatus.FORBIDDEN,
    Conflict: HTTPStatus.CONFLICT,
    Expired: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    accounts.WrongCredentials: HTTPStatus.UNAUTHORIZED,
    accounts.SessionNotValid: HTTPStatus.UNAUTHORIZED,
    accounts.ApiKeyNotValid: HTTPStatus.UNAUTHORIZED,
    accounts.TooManyAttempts: HTTPStatus.TOO_MANY_REQUESTS,
    # The seats are there, but not for this buyer now.
    boxoffice.SeatsNotFree: HTTPStatus.CONFLICT,
    payments.ProviderUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    payments.NoticeRefused: HTTPStatus.BAD_REQUEST,
    NotSignedIn: HTTPStatus.UNAUTHORIZED,
    MalformedBody: HTTPStatus.BAD_REQUEST,
    NotJson: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    NotAnImage: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    ChangedMeanwhile: HTTPStatus.PRECONDITION_FAILED,
}

# What an error knows beside its sentence, and a program wants: member of the problem -> attribute of the error.
MEMBERS: dict[type[DomainError], dict[str, str]] = {
    InvalidValues: {"errors": "errors"},
    accounts.ScopeMissing: {"scope": "scope"},
    programme.FaultyFile: {"problems": "problems"},
    boxoffice.SeatsNotFree: {"seats": "labels"},
    boxoffice.OrphanLeft: {"seats": "labels"},
    boxoffice.CompanionAlone: {"seats": "labels"},
    door.AlreadyAdmitted: {"admitted_at": "admitted_at"},
    door.TicketNotValid: {"state": "state"},
    door.ScanToldDifferently: {"sequence": "sequence"},
}
RETRY_AFTER_SECONDS = 2


def status_for(kind: type[DomainError]) -> HTTPStatus:
    """The status of an error of this class."""
    return next(STATUSES[ancestor] for ancestor in kind.__mro__ if ancestor in STATUSES)


def members_of(error: DomainError) -> dict[str, object]:
    """What the problem says beside the usual members."""
    return {name: getattr(error, attribute) for name, attribute in _members(type(error)).items()}


def member_names(kind: type[DomainError]) -> list[str]:
    """The names of those members."""
    return list(_members(kind))


def _members(kind: type[DomainError]) -> dict[str, str]:
    return {
        name: attribute
        for listed, members in MEMBERS.items()
        if issubclass(kind, listed)
        for name, attribute in members.items()
    }
