"""An authenticator app in software."""

from __future__ import annotations

import hmac
from datetime import datetime


def code_at(secret: bytes, moment: datetime) -> str:
    """RFC 4226, section 5.3, with the time step of RFC 6238."""
    step = int(moment.timestamp()) // 30
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 15
    return f"{(int.from_bytes(digest[offset : offset + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"
