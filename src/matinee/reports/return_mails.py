"""The mail that brings a return to its distributor, with the return as PDF and as CSV."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from matinee.languages.catalogs import translations
from matinee.outbox.composing import Attachment, ComposedMail, Composer, MailContext
from matinee.outbox.errors import NothingToSend
from matinee.outbox.messages import enqueue_message
from matinee.outbox.rendering import render_mail
from matinee.programme.models import Cinema
from matinee.reports.models import DistributorReturn
from matinee.reports.pdf import report_pdf
from matinee.reports.return_table import sent_return_table
from matinee.reports.tables import day_with_year
from matinee.reports.weeks import Week

MAIL = "distributor_return"


def mail_return(session: Session, *, row: DistributorReturn, language: str, now: datetime) -> bool:
    """Put the mail with what was sent into the outbox; False where the distributor has no address for it."""
    recipient: str = row.figures["distributor"]["email"]
    if not recipient:
        return False
    payload = {"return_id": row.id, "language": language}
    enqueue_message(session, kind=MAIL, recipient=recipient, payload=payload, now=now)
    return True


def compose_return(session: Session, payload: dict[str, Any], context: MailContext) -> ComposedMail:
    """The mail, in the language of whoever sent it. Raises NothingToSend."""
    row = session.get(DistributorReturn, payload["return_id"])
    if row is None:
        raise NothingToSend("the return does not exist")
    language = payload["language"]
    _ = translations(language).gettext
    cinema = session.get_one(Cinema, row.cinema_id)
    report = sent_return_table(row, cinema=cinema, language=language)
    week = Week(row.week_start)
    return render_mail(
        "matinee.reports",
        "distributor_return",
        subject=f"{report.title}, {cinema.name}, {row.week_start.isoformat()}",
        language=language,
        values={
            "title": report.title,
            "cinema": report.house,
            "address": report.house_address,
            "week": f"{day_with_year(week.first_day, language)} – {day_with_year(week.last_day, language)}",
            "facts": [
                (_("Admissions"), report.shown(row.figures["admissions"], "count")),
                (_("Gross"), f"{report.shown(row.figures['gross'], 'money')} {report.currency}"),
                (_("Net takings"), f"{report.shown(row.figures['net'], 'money')} {report.currency}"),
                (_("Rental due"), f"{report.shown(row.figures['rental'], 'money')} {report.currency}"),
            ],
            "host": urlsplit(context.base_url).hostname or "",
        },
        attachments=(
            Attachment(f"{report.name}.pdf", "application/pdf", report_pdf(report)),
            Attachment(f"{report.name}.csv", "text/csv", report.csv().encode("utf-8-sig")),
        ),
    )


COMPOSERS: dict[str, Composer] = {MAIL: compose_return}
