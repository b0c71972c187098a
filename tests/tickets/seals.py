"""A key for codes of tickets, for tests that have no database to keep one in."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from matinee.tickets.codes import read_code

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEYS = {"TESTK": PRIVATE.public_key()}


def seal(message: bytes) -> str:
    """As `TicketSeal` does."""
    return f"TESTK.{base64.urlsafe_b64encode(PRIVATE.sign(message)).rstrip(b'=').decode()}"


def genuine_ids(codes: list[str]) -> list[str]:
    """The ids of tickets in codes that were all signed with the key of the tests."""
    read = [read_code(code) for code in codes]
    assert all(one is not None and one.is_genuine(KEYS) for one in read), codes
    return [one.ticket_id for one in read if one is not None]
