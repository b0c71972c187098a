"""The signature by which an endpoint knows that an event comes from us, and when it was sent."""

from __future__ import annotations

import hashlib
import hmac


def signature_header(*, secret: str, timestamp: int, body: bytes) -> str:
    """The value of `Matinee-Signature`: `timestamp` in Unix seconds, and an HMAC-SHA256 of "<timestamp>.<body>".

    The time is signed with the body, so that what was overheard cannot be sent again later.
    """
    signed = f"{timestamp}.".encode() + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"
