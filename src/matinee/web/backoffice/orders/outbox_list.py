"""GET /backoffice/outbox: mails and events that wait, are stuck, were given up or left. Never what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from matinee.languages import formats
from matinee.outbox.leases import is_waiting
from matinee.outbox.models import CHANNELS, Message, WebhookEndpoint
from matinee.outbox.second_chances import plain_error
from matinee.outbox.webhooks.events import EVENTS
from matinee.web.backoffice.blueprint import here, staff_page, this_house
from matinee.web.backoffice.listing import Column, Filter, Listing, Wanted, ordered, show_listing
from matinee.web.backoffice.orders.words import MAILS, MESSAGE_STATES, choices, mail_word, state_tag
from matinee.web.shared.languages import _, page_language

# What is asked of a row: no payload among it, which may hold a code.
ASKED = (
    Message.id,
    Message.channel,
    Message.kind,
    Message.recipient,
    Message.created_at,
    Message.next_attempt_at,
    Message.attempts,
    Message.sent_at,
    Message.failed_at,
    Message.last_error,
    Message.answer_status,
    WebhookEndpoint.url,
)


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A row of the outbox, without what it holds."""

    id: int
    channel: str
    kind: str
    recipient: str
    created_at: datetime
    next_attempt_at: datetime
    attempts: int
    sent_at: datetime | None
    failed_at: datetime | None
    last_error: str | None
    answer_status: int | None
    url: str | None

    @property
    def state(self) -> str:
        """waiting, stuck, given_up or sent."""
        if self.sent_at is not None:
            return "sent"
        if self.failed_at is not None:
            return "given_up"
        return "stuck" if self.attempts or self.last_error else "waiting"

    @property
    def to(self) -> str:
        """Whom it is for."""
        return self.url or self.recipient

    @property
    def error(self) -> str:
        """What went wrong last, in the words by which rows that failed alike are found."""
        return plain_error(self.last_error or "")


@staff_page("/outbox", power="system")
def outbox() -> ResponseReturnValue:
    """The outbox; what did not leave yet, unless another state is asked for."""
    zone = this_house().timezone
    return show_listing(
        Listing(
            name="outbox",
            title=_("Outbox"),
            columns=_columns(zone),
            filters=(
                Filter("state", _("State"), "choice", _states(), default="unsent"),
                Filter("channel", _("Way"), "choice", [("mail", _("Mail")), ("webhook", _("Event"))]),
                Filter("kind", _("Kind"), "choice", [*choices(MAILS), *((event, event) for event in EVENTS)]),
                Filter("recipient", _("To")),
            ),
            source=_rows,
            sort="-created",
            nothing=_("Nothing waits here."),
        ),
        template="backoffice/orders/outbox.html",
    )


def _states() -> list[tuple[str, str]]:
    return [("unsent", _("Not sent")), *choices(MESSAGE_STATES)]


def _columns(zone: str) -> list[Column[OutboxRow]]:
    def local(moment: datetime | None) -> datetime | None:
        return moment.astimezone(ZoneInfo(zone)) if moment is not None else None

    def told(moment: datetime | None) -> str:
        return formats.moment_text(moment, zone, page_language()) if moment is not None else ""

    return [
        Column("kind", _("What"), lambda row: row.kind, _link),
        Column("to", _("To"), lambda row: row.to),
        Column("state", _("State"), lambda row: row.state, lambda row: state_tag(row.state, MESSAGE_STATES)),
        Column("created", _("Made"), lambda row: local(row.created_at), lambda row: told(row.created_at), sorts=True),
        Column("attempts", _("Tries"), lambda row: row.attempts, sorts=True, at_end=True),
        Column("error", _("What was said last"), lambda row: row.last_error or "", _error),
        Column("next", _("Next try"), lambda row: local(_next(row)), lambda row: told(_next(row)), sorts=True),
        Column("ended", _("Ended"), lambda row: local(_ended(row)), lambda row: told(_ended(row))),
    ]  # fmt: skip


def _rows(session: Session, wanted: Wanted) -> Sequence[OutboxRow]:
    found: Any = select(*ASKED).outerjoin(WebhookEndpoint, WebhookEndpoint.id == Message.endpoint_id)
    if "state" in wanted.filters:
        found = found.where(_in_state(wanted.filters["state"]))
    for name, column in (("channel", Message.channel), ("kind", Message.kind)):
        if name in wanted.filters:
            found = found.where(column == wanted.filters[name])
    if "recipient" in wanted.filters:
        text = wanted.filters["recipient"]
        part = Message.recipient.contains(text.lower(), autoescape=True)
        found = found.where(
            or_(part, Message.recipient == text, WebhookEndpoint.url.contains(text, autoescape=True))
        )
    by = {"created": Message.id, "attempts": Message.attempts, "next": Message.next_attempt_at}
    return [as_outbox_row(row) for row in session.execute(ordered(found, wanted, by, last=Message.id))]


def as_outbox_row(row: Sequence[Any]) -> OutboxRow:
    """From what was asked for by ASKED."""
    return OutboxRow(*row)


def _in_state(state: str) -> ColumnElement[bool]:
    tried = or_(Message.attempts > 0, Message.last_error.is_not(None))
    return {
        "unsent": Message.sent_at.is_(None),
        "waiting": and_(is_waiting(), ~tried),
        "stuck": and_(is_waiting(), tried),
        "given_up": Message.failed_at.is_not(None),
        "sent": Message.sent_at.is_not(None),
    }[state]


def _next(row: OutboxRow) -> datetime | None:
    return row.next_attempt_at if row.state in ("waiting", "stuck") else None


def _ended(row: OutboxRow) -> datetime | None:
    return row.sent_at or row.failed_at


def _error(row: OutboxRow) -> Markup:
    status = f"{row.answer_status}: " if row.answer_status else ""
    return Markup('<span class="errors">{}{}</span>').format(status, row.last_error or "")


def _link(row: OutboxRow) -> Markup:
    word = mail_word(row.kind) if row.channel in CHANNELS[:1] else row.kind
    return Markup('<a href="{}">{}</a>').format(here("outbox_message", message_id=row.id), word)
