"""What the QR code of a ticket holds: its address, with a signature over ticket, screening and seat."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from matinee.boxoffice.errors import TicketNotFound
from matinee.boxoffice.models import Ticket
from matinee.outbox.composing import Seal
from matinee.tickets.signing import SIGNATURE_CHARACTERS, is_sealed

# Longer than any code of ours; what a scanner reads may be anything.
CODE_CHARACTERS_MAX = 600
PARAMETER = "c"
_TICKET_ID = re.compile(r"[A-Z0-9]{16}")
_PATH = re.compile(r"/(?:[a-z]{2}/)?(?:tikets|tickets)/([A-Za-z0-9]{16})(?:\.png|\.svg)?$")
_SIGNED = re.compile(
    rf"([A-Z0-9]{{1,6}})\.([1-9][0-9]{{0,17}})\.([^.]*)\.([A-Za-z0-9_-]{{{SIGNATURE_CHARACTERS}}})"
)


@dataclass(frozen=True, slots=True)
class ReadCode:
    """What a code says. Without a `sealed` it is an id alone, as tickets had before they were signed."""

    ticket_id: str
    screening_id: int | None = None
    seat: str | None = None
    sealed: str | None = None

    def is_genuine(self, keys: Mapping[str, Ed25519PublicKey]) -> bool:
        """Whether we signed it; False for one that says nothing to be signed."""
        if self.sealed is None or self.screening_id is None or self.seat is None:
            return False
        return is_sealed(_message(self.ticket_id, self.screening_id, self.seat), self.sealed, keys=keys)


def ticket_code(base_url: str, ticket: Ticket, *, seal: Seal) -> str:
    """What the code of a ticket that was read with its seat holds: an address of ours that says it is genuine."""
    sealed = seal(_message(ticket.id, ticket.screening_id, ticket.seat.label))
    key_id, _, signature = sealed.partition(".")
    seat = quote(ticket.seat.label, safe="").replace(".", "%2E")
    return f"{base_url}/tikets/{ticket.id}?{PARAMETER}={key_id}.{ticket.screening_id}.{seat}.{signature}"


def read_code(text: str) -> ReadCode | None:
    """What somebody's scanner read, or typed: an address of a ticket, or its id. None for everything else."""
    text = text.strip()
    if not text or len(text) > CODE_CHARACTERS_MAX or not text.isprintable():
        return None
    if _TICKET_ID.fullmatch(text.upper()) and text.isascii():
        return ReadCode(text.upper())
    return _read_address(text)


def believed_ticket_id(text: str, *, keys: Mapping[str, Ed25519PublicKey]) -> str:
    """The id of the ticket whose code was read, or that was typed.

    What a genuine code says of the screening and the seat may be over: an order may have been given others since. Raises
    TicketNotFound for what is no code, and for one that we did not sign.
    """
    code = read_code(text)
    if code is None or (code.sealed is not None and not code.is_genuine(keys)):
        raise TicketNotFound
    return code.ticket_id


def _read_address(text: str) -> ReadCode | None:
    """Of whatever site: the same house may be reached by another name by now."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    path = _PATH.search(parts.path)
    if parts.scheme not in ("http", "https") or path is None:
        return None
    ticket_id = path[1].upper()
    if not parts.query:
        return ReadCode(ticket_id)
    signed = _SIGNED.fullmatch(parts.query.removeprefix(f"{PARAMETER}="))
    if signed is None:
        return None
    key_id, screening_id, seat, signature = signed.groups()
    return ReadCode(ticket_id, int(screening_id), unquote(seat), f"{key_id}.{signature}")


def _message(ticket_id: str, screening_id: int, seat: str) -> bytes:
    return f"matinee-ticket 1\n{ticket_id}\n{screening_id}\n{seat}".encode()
