"""Tickets for Apple Wallet: a signed archive (.pkpass).

The format is Apple's "Pass package": pass.json, pictures, a manifest with the SHA-1 of each, and a detached PKCS #7
signature of the manifest by the certificate of the pass type, with Apple's intermediate certificate (WWDR) beside it.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from matinee.languages.catalogs import translations
from matinee.outbox.composing import Seal
from matinee.tickets.facts import one_line, screening_facts
from matinee.tickets.shown import ShownTicket
from matinee.tickets.wallets.icons import icon_png

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.x509 import Certificate

CONTENT_TYPE = "application/vnd.apple.pkpass"
FOREGROUND, BACKGROUND, LABEL = "rgb(246, 240, 230)", "rgb(21, 17, 22)", "rgb(242, 179, 61)"
# What Apple asks for, in pixels: the icon at one, two and three dots a point.
ICONS = {"icon.png": 29, "icon@2x.png": 58, "icon@3x.png": 87, "logo.png": 50, "logo@2x.png": 100}


@dataclass(frozen=True, slots=True)
class AppleWallet:
    """The right to sign passes of one type."""

    type_id: str
    team_id: str
    certificate: Certificate
    wwdr: Certificate
    key: RSAPrivateKey | EllipticCurvePrivateKey = field(repr=False)

    def is_valid(self, *, now: datetime) -> bool:
        """Whether what is signed now will be taken: the certificates have a beginning and an end."""
        return all(
            each.not_valid_before_utc <= now < each.not_valid_after_utc
            for each in (self.certificate, self.wwdr)
        )

    def pkpass(self, shown: ShownTicket, *, language: str, base_url: str, seal: Seal) -> bytes:
        """The ticket as a file that a phone adds to its wallet."""
        letter = one_line(shown.cinema.name)[:1]
        files = {name: icon_png(letter, pixels=pixels) for name, pixels in ICONS.items()}
        files["pass.json"] = _json(self._pass(shown, language=language, code=shown.code(base_url, seal=seal)))
        # SHA-1: what the format asks for; the signature is over these sums and uses SHA-256.
        sums = {
            name: hashlib.sha1(content, usedforsecurity=False).hexdigest() for name, content in files.items()
        }
        files["manifest.json"] = _json(sums)
        files["signature"] = self._signature(files["manifest.json"])
        archive = BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, content in files.items():
                packed.writestr(name, content)
        return archive.getvalue()

    def _signature(self, manifest: bytes) -> bytes:
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

        return (
            pkcs7.PKCS7SignatureBuilder()
            .set_data(manifest)
            .add_signer(self.certificate, self.key, SHA256())
            .add_certificate(self.wwdr)
            .sign(Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary])
        )

    def _pass(self, shown: ShownTicket, *, language: str, code: str) -> dict[str, Any]:
        _ = translations(language).gettext
        facts = screening_facts(shown.screening, language=language)
        zone = ZoneInfo(shown.cinema.timezone)
        return {
            "formatVersion": 1,
            "passTypeIdentifier": self.type_id,
            "teamIdentifier": self.team_id,
            "serialNumber": shown.id,
            "organizationName": facts["cinema"],
            "logoText": facts["cinema"],
            "description": _("Ticket: %(film)s") % {"film": facts["title"]},
            "relevantDate": shown.screening.starts_at.astimezone(zone).isoformat(timespec="minutes"),
            "expirationDate": shown.screening.ends_at.astimezone(zone).isoformat(timespec="minutes"),
            "foregroundColor": FOREGROUND,
            "backgroundColor": BACKGROUND,
            "labelColor": LABEL,
            "barcodes": [
                {
                    "format": "PKBarcodeFormatQR",
                    "message": code,
                    "messageEncoding": "iso-8859-1",
                    "altText": shown.id,
                }
            ],
            "eventTicket": _fields(shown, facts, language),
        }


def _fields(shown: ShownTicket, facts: dict[str, str], language: str) -> dict[str, Any]:
    _ = translations(language).gettext

    def field_of(key: str, label: str, value: str) -> dict[str, str]:
        return {"key": key, "label": label, "value": value}

    seat = shown.seat
    if seat.row and seat.place:
        places = [field_of("row", _("Row"), seat.row), field_of("place", _("Place"), seat.place)]
    else:
        places = [field_of("seat", _("Seat"), seat.label)]
    back = [
        field_of(
            "address", _("Where"), ", ".join(part for part in (facts["cinema"], facts["address"]) if part)
        ),
        field_of("certificate", _("Certificate"), facts["certificate"]),
        field_of("type", _("Ticket type"), shown.type_name),
        field_of("order", _("Order"), shown.order_code),
        field_of("ticket", _("Ticket"), shown.id),
    ]
    return {
        "primaryFields": [field_of("film", _("Film"), facts["title"])],
        "secondaryFields": [field_of("when", _("When"), f"{facts['day']}, {facts['time']}")],
        "auxiliaryFields": [field_of("hall", _("Hall"), facts["hall"]), *places],
        "backFields": [each for each in back if each["value"]],
    }


def load_apple_wallet(
    *, certificate: Path, key: Path, key_password: str, type_id: str, team_id: str, wwdr: Path
) -> AppleWallet:
    """Read the key (PEM) and the certificates (PEM or DER). Raises ValueError with a sentence that says what is wrong."""
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    signer = _certificate(certificate)
    content, password = _read(key), key_password.encode() if key_password else None
    try:
        private = load_pem_private_key(content, password)
    except (ValueError, TypeError):
        raise ValueError(f"{key} is no private key in PEM form that its password opens") from None
    if not isinstance(private, RSAPrivateKey | EllipticCurvePrivateKey):
        raise ValueError(f"{key} is neither an RSA nor an EC key")
    if private.public_key() != signer.public_key():
        raise ValueError(f"{key} is not the key of the certificate {certificate}")
    return AppleWallet(type_id, team_id, signer, _certificate(wwdr), private)


def _certificate(path: Path) -> Certificate:
    from cryptography.x509 import load_der_x509_certificate, load_pem_x509_certificate

    content = _read(path)
    try:
        if content.lstrip().startswith(b"-----"):
            return load_pem_x509_certificate(content)
        return load_der_x509_certificate(content)
    except ValueError:
        raise ValueError(f"{path} is no certificate") from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()
