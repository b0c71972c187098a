"""Passkeys (WebAuthn): a second way in, by a key that never leaves the user's device."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matinee.accounts.errors import PasskeyExists, PasskeyNotFound, PasskeyNotValid, TooManyPasskeys
from matinee.accounts.models import Passkey, User
from matinee.db.constraints import translating

PASSKEYS_MAX = 20
NAME_CHARACTERS_MAX = 100
CEREMONY_SECONDS_MAX = 300


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Whom passkeys are made for: this website."""

    # The host, without a port.
    id: str
    # Scheme, host and port, as browsers name it.
    origin: str
    name: str

    @classmethod
    def at(cls, base_url: str, *, name: str) -> RelyingParty:
        """The website at this address."""
        parts = urlsplit(base_url)
        return cls(id=parts.hostname or "", origin=f"{parts.scheme}://{parts.netloc}", name=name)


@dataclass(frozen=True, slots=True)
class Recognised:
    """Whose passkey it was, and whether the device made sure that it was he (by PIN, finger or face)."""

    user: User
    passkey: Passkey
    user_verified: bool


def options_for_new(session: Session, *, user: User, party: RelyingParty) -> tuple[str, bytes]:
    """What the browser needs to make a passkey (JSON), and the challenge in it. Raises TooManyPasskeys."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    known = passkeys_of(session, user_id=user.id)
    if len(known) >= PASSKEYS_MAX:
        raise TooManyPasskeys
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=party.name,
        user_id=_handle(user),
        user_name=user.username,
        authenticator_selection=AuthenticatorSelectionCriteria(
            # Kept on the device under this site's name: nobody has to type who he is.
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential_id)) for one in known
        ],
        timeout=CEREMONY_SECONDS_MAX * 1000,
    )
    return options_to_json(options), options.challenge


def store_passkey(
    session: Session,
    *,
    user: User,
    party: RelyingParty,
    challenge: bytes,
    answer: Mapping[str, Any],
    name: str,
    now: datetime,
) -> Passkey:
    """Keep the passkey that the browser made. Raises PasskeyNotValid, PasskeyExists."""
    from webauthn import verify_registration_response
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        made = verify_registration_response(
            credential=json.dumps(answer),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
        )
    except WebAuthnException as error:
        raise PasskeyNotValid from error
    passkey = Passkey(
        user_id=user.id,
        credential_id=bytes_to_base64url(made.credential_id),
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=_name(name),
        created_at=now,
        last_used_at=None,
    )
    session.add(passkey)
    with translating({"uq_passkey_credential_id": PasskeyExists}):
        session.flush()
    return passkey


def options_for_use(*, party: RelyingParty) -> tuple[str, bytes]:
    """What the browser needs to show any passkey of this site (JSON), and the challenge in it."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(
        rp_id=party.id,
        user_verification=UserVerificationRequirement.PREFERRED,
        timeout=CEREMONY_SECONDS_MAX * 1000,
    )
    return options_to_json(options), options.challenge


def recognise_passkey(
    session: Session, *, party: RelyingParty, challenge: bytes, answer: Mapping[str, Any], now: datetime
) -> Recognised:
    """The user whose passkey signed the challenge. Raises PasskeyNotValid, also for a copy of a passkey.

    A count of uses that does not grow tells a copy; devices that do not count say 0 for ever.
    """
    from webauthn import verify_authentication_response
    from webauthn.helpers.exceptions import WebAuthnException

    found = session.execute(
        select(Passkey, User)
        .join(User, User.id == Passkey.user_id)
        .where(Passkey.credential_id == str(answer.get("id", "")))
        .with_for_update(of=Passkey)
    ).one_or_none()
    if found is None:
        raise PasskeyNotValid
    passkey, user = found
    if not _handle_agrees(user, answer):
        raise PasskeyNotValid
    try:
        shown = verify_authentication_response(
            credential=json.dumps(answer),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
        )
    except WebAuthnException as error:
        raise PasskeyNotValid from error
    passkey.sign_count = shown.new_sign_count
    passkey.last_used_at = now
    session.flush()
    return Recognised(user, passkey, shown.user_verified)


def passkeys_of(session: Session, *, user_id: int) -> Sequence[Passkey]:
    """The user's passkeys, the oldest first."""
    return session.scalars(select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id)).all()


def rename_passkey(session: Session, *, user_id: int, passkey_id: int, name: str) -> None:
    """Call one of the user's passkeys by another name. Raises PasskeyNotFound."""
    found = session.get(Passkey, passkey_id)
    if found is None or found.user_id != user_id:
        raise PasskeyNotFound
    found.name = _name(name)
    session.flush()


def remove_passkey(session: Session, *, user_id: int, passkey_id: int) -> None:
    """Let one of the user's passkeys open nothing any more. Raises PasskeyNotFound."""
    gone = session.scalars(
        delete(Passkey).where(Passkey.id == passkey_id, Passkey.user_id == user_id).returning(Passkey.id)
    ).all()
    if not gone:
        raise PasskeyNotFound


def _handle(user: User) -> bytes:
    # Devices keep it beside the key: it never changes, and says nothing about the person.
    return hashlib.sha256(f"matinee user {user.id}".encode()).digest()


def _handle_agrees(user: User, answer: Mapping[str, Any]) -> bool:
    from webauthn.helpers import bytes_to_base64url

    response = answer.get("response")
    told = response.get("userHandle") if isinstance(response, Mapping) else None
    # Old keys tell none.
    return not told or hmac.compare_digest(str(told).encode(), bytes_to_base64url(_handle(user)).encode())


def _name(text: str) -> str:
    return " ".join(text.split())[:NAME_CHARACTERS_MAX] or "Passkey"
