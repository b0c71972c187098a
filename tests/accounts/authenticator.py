"""An authenticator in software: makes passkeys and shows them, as a phone does."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, NEW_KEY = 1, 4, 64


def base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Authenticator:
    """One device with one key."""

    origin: str = "https://aurora.example"
    rp_id: str = "aurora.example"
    # A device that does not count says 0.
    uses: int = 0
    counts: bool = True
    verifies: bool = True
    user_handle: str | None = None
    id: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    def __post_init__(self) -> None:
        self._key = generate_private_key(SECP256R1())

    def make(self, challenge: bytes, *, user_handle: str | None = None) -> dict[str, Any]:
        """Answer to the options for a new passkey."""
        self.user_handle = user_handle
        numbers = self._key.public_key().public_numbers()
        public_key = {
            1: 2,
            3: -7,
            -1: 1,
            -2: numbers.x.to_bytes(32, "big"),
            -3: numbers.y.to_bytes(32, "big"),
        }
        data = self._data(NEW_KEY) + bytes(16) + len(self.id).to_bytes(2, "big") + self.id
        attested = cbor2.dumps(
            {"fmt": "none", "attStmt": {}, "authData": data + cbor2.dumps(public_key)}, canonical=True
        )
        return self._answer(
            clientDataJSON=base64url(self._client_data("webauthn.create", challenge)),
            attestationObject=base64url(attested),
        )

    def show(self, challenge: bytes) -> dict[str, Any]:
        """Answer to the options for showing one."""
        self.uses += self.counts
        client_data, data = self._client_data("webauthn.get", challenge), self._data(0)
        signature = self._key.sign(data + hashlib.sha256(client_data).digest(), ECDSA(SHA256()))
        return self._answer(
            clientDataJSON=base64url(client_data),
            authenticatorData=base64url(data),
            signature=base64url(signature),
            userHandle=self.user_handle,
        )

    def _data(self, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.uses.to_bytes(4, "big")

    def _client_data(self, kind: str, challenge: bytes) -> bytes:
        return json.dumps(
            {"type": kind, "challenge": base64url(challenge), "origin": self.origin, "crossOrigin": False}
        ).encode()

    def _answer(self, **response: str | None) -> dict[str, Any]:
        name = base64url(self.id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response}
