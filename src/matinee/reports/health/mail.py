"""The mail server and the address in mails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from matinee.languages.marking import N_
from matinee.outbox.assembly import build_transport
from matinee.outbox.envelope import Sender
from matinee.outbox.errors import DeliveryFailed
from matinee.reports.health.finding import Finding, said

MAIL = N_("mail")


def look_at_mail(*, smtp_url: str, mail_from: str, data_dir: Path) -> Iterator[Finding]:
    """Whether the mail server lets us in, which is asked; no mail is sent."""
    try:
        Sender.parsed(mail_from)
    except ValueError as error:
        state = said(N_("%(address)s: %(error)s"), address=mail_from, error=error)
        yield Finding(said(N_("sender")), state, said(N_("Correct MATINEE_MAIL_FROM.")))
    where = mail_goes_to(smtp_url=smtp_url, data_dir=data_dir)
    try:
        transport = build_transport(smtp_url=smtp_url, data_dir=data_dir)
        transport.prepare()
        transport.close()
    except (DeliveryFailed, ValueError, OSError) as error:
        state = said(N_("%(address)s: %(error)s"), address=where, error=error)
        yield Finding(said(MAIL), state, said(N_("Correct MATINEE_SMTP_URL, or look at the mail server.")))
        return
    if smtp_url:
        yield Finding(said(MAIL), said(N_("%(server)s takes mail from us"), server=where))
    else:
        yield mail_without_server(where)


def mail_without_server(where: str) -> Finding:
    """What is said where mails are kept as files."""
    advice = said(N_("Mails are kept as files; set MATINEE_SMTP_URL to send them."))
    return Finding(said(MAIL), said(N_("files in %(folder)s"), folder=where), advice, is_warning=True)


def mail_goes_to(*, smtp_url: str, data_dir: Path) -> str:
    """The mail server without its password, or the folder."""
    if not smtp_url:
        return str(data_dir / "mails")
    parts = urlsplit(smtp_url)
    return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}"


def look_at_base_url(base_url: str) -> Finding:
    """Whether the address in mails and QR codes can be reached by others."""
    what, state = said(N_("base URL")), said(N_("%(address)s"), address=base_url)
    host = urlsplit(base_url).hostname or ""
    if host in ("localhost", "127.0.0.1", "::1"):
        advice = N_(
            "Links in mails and QR codes lead to this machine only: set MATINEE_BASE_URL to the public address."
        )
        return Finding(what, state, said(advice), is_warning=True)
    if base_url.startswith("http:"):
        advice = N_("Passwords travel in clear: put Matinee behind https, and say so in MATINEE_BASE_URL.")
        return Finding(what, state, said(advice), is_warning=True)
    return Finding(what, state)
