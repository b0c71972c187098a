"""From the errors of the domain to the words and codes of the API as given: the one table."""

from __future__ import annotations

from flask import Response, jsonify

from matinee.accounts import errors as accounts
from matinee.boxoffice import errors as boxoffice
from matinee.kernel.errors import Conflict, DomainError, Expired, Invalid, NotAllowed, NotFound
from matinee.programme import errors as programme

# The most particular class first in the lookup: an error answers as its nearest listed ancestor.
ANSWERS: dict[type[DomainError], tuple[int, str]] = {
    accounts.UserNotFound: (404, "User not found"),
    accounts.UserExists: (409, "User already exists"),
    accounts.WrongCredentials: (400, "Wrong username or password"),
    accounts.SessionNotValid: (400, "Wrong token or session expired"),
    accounts.EmailNotConfirmed: (400, "Email not confirmed"),
    accounts.EmailAlreadyConfirmed: (400, "Email already confirmed"),
    accounts.WrongSecretCode: (400, "Wrong secret code"),
    accounts.WrongCode: (400, "Wrong code"),
    accounts.TooManyAttempts: (429, "Too many attempts"),
    boxoffice.NothingOnThatDay: (404, "Date not found"),
    boxoffice.FilmNotOnThatDay: (404, "Title not found"),
    boxoffice.NoScreeningAtThatTime: (404, "Time not found"),
    boxoffice.SeatsNotFree: (404, "Seat not found"),
    boxoffice.SoldOnWebsiteOnly: (403, "Sold on the website only"),
    boxoffice.TicketNotFound: (404, "Ticket not found"),
    programme.CinemaNotFound: (404, "Cinema not found"),
    Invalid: (400, "Bad request"),
    # What no call of this API leads to is answered all the same.
    NotFound: (404, "Not found"),
    NotAllowed: (403, "Not allowed"),
    Conflict: (409, "Conflict"),
    Expired: (409, "Expired"),
    DomainError: (400, "Bad request"),
}
WITH_DETAIL = frozenset({"Bad request", "Not found", "Not allowed", "Conflict", "Expired"})


def answer_for(error: DomainError) -> tuple[int, str]:
    """Status and message for an error."""
    return next(ANSWERS[kind] for kind in type(error).__mro__ if kind in ANSWERS)


def refusal(error: DomainError) -> Response:
    """The answer of the API as given to a refusal."""
    status, message = answer_for(error)
    body = {"message": message}
    if message in WITH_DETAIL:
        body["detail"] = error.detail
    response = jsonify(body)
    response.status_code = status
    if isinstance(error, accounts.TooManyAttempts):
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    return response
