"""From a composed mail to the message that is sent (RFC 5322, MIME)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Self

from email_validator import validate_email

from matinee.outbox.composing import Attachment, ComposedMail


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom the mails come from."""

    display_name: str
    address: str

    @classmethod
    def parsed(cls, text: str) -> Self:
        """Read "Odeon <tickets@example.org>". Raises ValueError where there is no single address."""
        message = EmailMessage(policy=SMTP)
        message["From"] = text
        addresses = message["From"].addresses
        if len(addresses) != 1 or not addresses[0].username or not addresses[0].domain:
            raise ValueError("the sender must be one address such as 'Odeon <tickets@example.org>'")
        return cls(addresses[0].display_name, carried_address(addresses[0].addr_spec))

    @property
    def domain(self) -> str:
        """What stands behind the @."""
        return self.address.rpartition("@")[2]


def carried_address(address: str) -> str:
    """The address as every mail server takes it: a domain in other letters than ASCII in its `xn--` form.

    A local part in other letters stays as it is and needs a server that speaks SMTPUTF8. Raises ValueError
    for what has other letters and is no address.
    """
    if address.isascii():
        return address
    parts = validate_email(address, check_deliverability=False, test_environment=True)
    return parts.ascii_email or f"{parts.local_part}@{parts.ascii_domain}"


def stable_message_id(
    *, message_id: int, kind: str, recipient: str, created_at: datetime, domain: str
) -> str:
    """The Message-ID of a row of the outbox: the same each time it is sent, so that a duplicate can be
    recognised.
    """
    facts = f"{message_id}|{kind}|{recipient}|{created_at.timestamp():.6f}"
    return f"<{message_id}.{hashlib.sha256(facts.encode()).hexdigest()[:20]}@{domain}>"


def build_email(
    composed: ComposedMail, *, sender: Sender, recipient: str, message_id: str, now: datetime
) -> EmailMessage:
    """The message: text with an HTML alternative, pictures related to the HTML, then the other files.

    Raises ValueError for a recipient that is no address; a line break in a header is impossible.
    """
    address = carried_address(recipient)
    # Everything in seven bits: there are servers without 8BITMIME.
    policy = SMTP.clone(cte_type="7bit", utf8=not address.isascii())
    mail = EmailMessage(policy=policy)
    mail["From"] = Address(display_name=_one_line(sender.display_name), addr_spec=sender.address)
    mail["To"] = _address(address)
    mail["Subject"] = _one_line(composed.subject)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message_id
    # RFC 3834: no holiday notice comes back.
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(composed.text)
    mail.add_alternative(composed.html, subtype="html")
    html_part = mail.get_payload()[1]  # type: ignore[index]  # an alternative has a list of parts
    for picture in composed.attachments:
        if picture.content_id is not None:
            _add_picture(html_part, picture)  # type: ignore[arg-type]
    for file in composed.attachments:
        if file.content_id is None:
            _add_file(mail, file)
    return mail


def _add_picture(html_part: EmailMessage, picture: Attachment) -> None:
    main, _, sub = picture.content_type.partition("/")
    html_part.add_related(
        picture.content,
        maintype=main,
        subtype=sub,
        cid=f"<{picture.content_id}>",
        filename=picture.filename,
        # Named and inline: shown in the text, and a file to keep.
        disposition="inline",
    )


def _add_file(mail: EmailMessage, file: Attachment) -> None:
    main, _, sub = file.content_type.partition("/")
    if main == "text":
        mail.add_attachment(file.content.decode(), subtype=sub, filename=file.filename, cte="base64")
    else:
        mail.add_attachment(file.content, maintype=main, subtype=sub, filename=file.filename)


def _address(address: str) -> Address:
    if address.isascii():
        return Address(addr_spec=address)
    # The library reads no other letters than ASCII; the address was checked already.
    username, _, domain = address.rpartition("@")
    return Address(username=username, domain=domain)


def _one_line(text: str) -> str:
    return " ".join(text.split())
