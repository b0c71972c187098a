"""What a passkey must sign: kept signed in the visitor's cookie for some minutes, and taken once."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Literal

from flask import session

from matinee.accounts.errors import PasskeyNotValid
from matinee.accounts.passkeys import CEREMONY_SECONDS_MAX, RelyingParty
from matinee.web.shared.house import default_house
from matinee.web.shared.services import services

Purpose = Literal["new", "use"]
_CHALLENGE = "passkey_challenge"


def relying_party() -> RelyingParty:
    """This website, as passkeys know it."""
    return RelyingParty.at(services().base_url, name=default_house().name)


def keep_challenge(challenge: bytes, *, purpose: Purpose, now: datetime) -> None:
    """Expect an answer to it."""
    session[_CHALLENGE] = {
        "value": base64.b64encode(challenge).decode(),
        "for": purpose,
        "at": int(now.timestamp()),
    }


def take_challenge(*, purpose: Purpose, now: datetime) -> bytes:
    """The challenge that is being answered; it cannot be answered again. Raises PasskeyNotValid."""
    kept = session.pop(_CHALLENGE, None)
    if not isinstance(kept, dict) or kept["for"] != purpose:
        raise PasskeyNotValid
    if now.timestamp() - kept["at"] > CEREMONY_SECONDS_MAX:
        raise PasskeyNotValid
    # A cookie can be kept and sent again; the count of what was taken cannot.
    if not services().throttle.take_once(kept["value"], seconds=2 * CEREMONY_SECONDS_MAX):
        raise PasskeyNotValid
    return base64.b64decode(kept["value"])
