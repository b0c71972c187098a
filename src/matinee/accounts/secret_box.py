"""A box for what must be kept and read again, such as the secret of a second factor: encrypted by a key of ours."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class SecretBox:
    """Encrypts by a key that is derived from the secret key of the app. A copy of the database alone opens nothing."""

    def __init__(self, secret_key: str) -> None:
        derivation = HKDF(algorithm=SHA256(), length=32, salt=b"matinee second factor", info=b"")
        self._cipher = Fernet(base64.urlsafe_b64encode(derivation.derive(secret_key.encode())))

    def lock(self, secret: bytes) -> str:
        """What may be stored."""
        return self._cipher.encrypt(secret).decode()

    def unlock(self, locked: str) -> bytes | None:
        """The secret; None where it was locked by another key."""
        try:
            return self._cipher.decrypt(locked.encode())
        except InvalidToken:
            return None
