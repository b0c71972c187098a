"""Tickets for Google Wallet: a link that carries the ticket in a signed token ("JWT"), which Google keeps when it is opened.

The token has an event ticket class, the screening, and an event ticket object, the ticket. Nothing is called from here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from matinee.outbox.composing import Seal
from matinee.tickets.facts import screening_facts
from matinee.tickets.shown import ShownTicket

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

SAVE_URL = "https://pay.google.com/gp/v/save/"
BACKGROUND = "#151116"


@dataclass(frozen=True, slots=True)
class GoogleWallet:
    """A service account that may issue passes for an issuer."""

    issuer_id: str
    account: str
    key: RSAPrivateKey = field(repr=False)

    def save_url(self, shown: ShownTicket, *, language: str, base_url: str, seal: Seal, now: datetime) -> str:
        """The address at which whoever opens it keeps the ticket."""
        import jwt

        class Readable(json.JSONEncoder):
            # Letters beyond ASCII as they are: the address must not become too long for browsers.
            def __init__(self, **options: Any) -> None:
                super().__init__(**{**options, "ensure_ascii": False})

        facts = screening_facts(shown.screening, language=language)
        claims = {
            "iss": self.account,
            "aud": "google",
            "typ": "savetowallet",
            "iat": int(now.timestamp()),
            "origins": [base_url],
            "payload": {
                "eventTicketClasses": [self._class(shown, facts, language)],
                "eventTicketObjects": [self._object(shown, facts, language, shown.code(base_url, seal=seal))],
            },
        }
        return SAVE_URL + jwt.encode(claims, self.key, algorithm="RS256", json_encoder=Readable)

    def _class(self, shown: ShownTicket, facts: dict[str, str], language: str) -> dict[str, Any]:
        zone = ZoneInfo(shown.cinema.timezone)
        return {
            "id": f"{self.issuer_id}.screening-{shown.screening.id}",
            "issuerName": facts["cinema"],
            "reviewStatus": "UNDER_REVIEW",
            "eventName": _text(facts["title"], language),
            "venue": {
                "name": _text(facts["cinema"], language),
                # Google takes no venue without an address.
                "address": _text(facts["address"] or facts["cinema"], language),
            },
            "dateTime": {
                "start": shown.screening.starts_at.astimezone(zone).isoformat(timespec="seconds"),
                "end": shown.screening.ends_at.astimezone(zone).isoformat(timespec="seconds"),
            },
        }

    def _object(self, shown: ShownTicket, facts: dict[str, str], language: str, code: str) -> dict[str, Any]:
        seat = shown.seat
        found: dict[str, Any] = {
            "id": f"{self.issuer_id}.ticket-{shown.id}",
            "classId": f"{self.issuer_id}.screening-{shown.screening.id}",
            "state": "ACTIVE",
            "hexBackgroundColor": BACKGROUND,
            "ticketNumber": shown.id,
            "barcode": {"type": "QR_CODE", "value": code, "alternateText": shown.id},
            "seatInfo": {
                "section": _text(facts["hall"], language),
                "seat": _text(seat.place if seat.row and seat.place else seat.label, language),
            },
        }
        if seat.row and seat.place:
            found["seatInfo"]["row"] = _text(seat.row, language)
        if shown.type_name:
            found["ticketType"] = _text(shown.type_name, language)
        if shown.order_code:
            found["reservationInfo"] = {"confirmationCode": shown.order_code}
        return found


def _text(value: str, language: str) -> dict[str, Any]:
    return {"defaultValue": {"language": language, "value": value}}


def load_google_wallet(*, key: Path, issuer_id: str) -> GoogleWallet:
    """Read the key of a service account as Google hands it out. Raises ValueError with a sentence that says the fault."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    if not issuer_id.isdecimal():
        raise ValueError("the issuer's id is a number, such as 3388000000012345678")
    try:
        told = json.loads(key.read_bytes())
        account, pem = told["client_email"], told["private_key"]
        private = load_pem_private_key(pem.encode(), None)
    except OSError as error:
        raise ValueError(f"{key} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ValueError(
            f"{key} is no key of a service account: JSON with client_email and private_key"
        ) from None
    if not isinstance(private, RSAPrivateKey):
        raise ValueError(f"{key} has a private key that is no RSA key")
    return GoogleWallet(issuer_id, account, private)
