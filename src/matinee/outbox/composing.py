"""What a mail is made of, before it is a message: composed by the area it comes from, when it is delivered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

# Signs a message: the name of the key, a point, the signature.
Seal = Callable[[bytes], str]


@dataclass(frozen=True, slots=True)
class MailContext:
    """What composers need to know: where Matinee is reached (no slash at the end), the moment of delivery (UTC), and what
    signs what must not be forged.
    """

    base_url: str
    now: datetime
    seal: Seal


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a mail. `content_type` is "type/subtype".

    With a `content_id` it is a picture that the HTML shows (`<img src="cid:...">`).
    """

    filename: str
    content_type: str
    content: bytes
    content_id: str | None = None


@dataclass(frozen=True, slots=True)
class ComposedMail:
    """A mail to be sent: the same in plain text and in HTML, with its files."""

    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()


# Composes the mail of one kind from its payload; only reads. Raises NothingToSend for a mail that lost its
# sense.
Composer = Callable[[Session, dict[str, Any], MailContext], ComposedMail]
