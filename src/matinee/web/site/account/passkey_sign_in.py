"""Signing in by a passkey. A script asks; the answers are JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, jsonify, make_response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.accounts.errors import PasskeyNotValid, TooManyAttempts
from matinee.accounts.models import User
from matinee.accounts.passkeys import options_for_use, recognise_passkey
from matinee.accounts.sessions import start_session
from matinee.kernel import clock
from matinee.web.shared.address import caller_address
from matinee.web.shared.refusals import sentence, status_of
from matinee.web.shared.services import services
from matinee.web.shared.signin import user_agent
from matinee.web.site.account.begun_sessions import give_cookie
from matinee.web.site.account.challenges import keep_challenge, relying_party, take_challenge
from matinee.web.site.account.next_page import next_or_home
from matinee.web.site.account.pending_sign_ins import keep_pending
from matinee.web.site.blueprint import page, to

ID_CHARACTERS_MAX = 1400


@page("/sign-in/passkey/options", access="everybody", methods=("POST",))
def passkey_sign_in_options() -> ResponseReturnValue:
    """What the browser needs to show a passkey."""
    options, challenge = options_for_use(party=relying_party())
    keep_challenge(challenge, purpose="use", now=clock.now())
    return json_text(options)


@page("/sign-in/passkey", access="everybody", methods=("POST",))
def sign_in_by_passkey() -> ResponseReturnValue:
    """Sign in whoever has the passkey; or lead to the second step, where the device did not make sure who he is."""
    try:
        return _attempt(passkey_answer())
    except (PasskeyNotValid, TooManyAttempts) as error:
        return refused(error)


def _attempt(answer: dict[str, Any]) -> Response:
    service, now, party, agent = services(), clock.now(), relying_party(), user_agent()
    service.throttle.count_attempt("login", account=str(answer["id"]), address=caller_address())
    challenge = take_challenge(purpose="use", now=now)

    def work(db: Session) -> tuple[User, tuple[str, datetime] | None]:
        shown = recognise_passkey(db, party=party, challenge=challenge, answer=answer, now=now)
        if shown.user.totp_confirmed_at is not None and not shown.user_verified:
            return shown.user, None
        return shown.user, start_session(
            db,
            user=shown.user,
            lifetime=service.session_lifetime,
            now=now,
            user_agent=agent,
            second_factor=shown.user_verified,
        )

    user, begun = service.transactions.write(work)
    next_url = next_or_home(user.id)
    if begun is None:
        keep_pending(user_id=user.id, password_hash=user.password_hash, next_url=next_url, now=now)
        return jsonify(next=to("sign_in_code"))
    token, expires_at = begun
    response = jsonify(next=next_url)
    give_cookie(response, token, expires_at)
    return response


def passkey_answer() -> dict[str, Any]:
    """What the browser made of a passkey, as JSON. Raises PasskeyNotValid for what cannot be one."""
    body = request.get_json(silent=True)
    answer = body.get("credential") if isinstance(body, dict) else None
    if not isinstance(answer, dict) or not isinstance(answer.get("id"), str):
        raise PasskeyNotValid
    # Not a question for the database, which would refuse some characters.
    if not answer["id"].isascii() or not 0 < len(answer["id"]) <= ID_CHARACTERS_MAX or "\0" in answer["id"]:
        raise PasskeyNotValid
    return answer


def json_text(text: str) -> Response:
    """An answer that is JSON already; kept by nobody."""
    response = make_response(text)
    response.mimetype = "application/json"
    response.cache_control.no_store = True
    return response


def refused(error: PasskeyNotValid | TooManyAttempts | Any) -> ResponseReturnValue:
    """The refusal as scripts read it."""
    return jsonify(error=sentence(error)), status_of(error)
