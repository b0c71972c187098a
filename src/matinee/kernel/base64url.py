"""Bytes as text for addresses and codes: base64url without padding (RFC 4648, section 5)."""

from __future__ import annotations

import base64


def base64url(raw: bytes) -> str:
    """`raw` in base64url, without the `=` at the end."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
