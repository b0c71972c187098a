"""What happened to an order, from all that tells of it, as one line in time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from matinee.outbox.models import Message
from matinee.web.backoffice.orders.money import told_money
from matinee.web.backoffice.orders.order_file import OrderFile
from matinee.web.backoffice.orders.words import (
    ORDER_STATES,
    PROVIDERS,
    mail_word,
    ticket_end,
    word_for,
)
from matinee.web.shared.languages import _


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened. `kind`: step, money, ticket, door, mail or staff."""

    at: datetime
    kind: str
    what: str
    who: str = ""
    more: str = ""


def timeline_of(file: OrderFile) -> list[Happening]:
    """Everything, the first at the front; what happened at the same moment in the order in which one thinks of it."""
    parts = (_steps, _money, _tickets, _door, _mail, _staff)
    happened = [one for part in parts for one in part(file)]
    return sorted(happened, key=lambda one: one.at)


def _steps(file: OrderFile) -> Iterator[Happening]:
    for event in file.events:
        to_state = word_for(event.to_state, ORDER_STATES)
        if event.from_state is None:
            what = _("Made: %(state)s", state=to_state)
        elif event.from_state == event.to_state:
            what = _("Noted")
        else:
            before = word_for(event.from_state, ORDER_STATES)
            what = _("%(before)s → %(after)s", before=before, after=to_state)
        yield Happening(event.at, "step", what, event.actor, event.note)


def _money(file: OrderFile) -> Iterator[Happening]:
    for payment in file.details.payments:
        way = word_for(payment.provider, PROVIDERS)
        amount = told_money(payment.amount, payment.currency)
        yield Happening(payment.created_at, "money", _("Payment of %(amount)s begun", amount=amount), way)
        if payment.settled_at is not None:
            counted = "" if payment.id in file.accepted else _("Not counted: it goes back.")
            said = _("%(amount)s paid", amount=amount)
            yield Happening(payment.settled_at, "money", said, way, counted)
        elif payment.failure:
            # Nobody kept when it failed; the trail of the order tells it.
            yield Happening(payment.created_at, "money", _("Payment failed"), way, payment.failure)
    for refund in file.refunds:
        amount = told_money(refund.amount, file.currency)
        said = _("%(amount)s to go back", amount=amount)
        yield Happening(refund.created_at, "money", said, more=refund.reason)
        if refund.finished_at is not None:
            failed = refund.state == "failed"
            said = (
                _("%(amount)s did not go back", amount=amount)
                if failed
                else _("%(amount)s went back", amount=amount)
            )
            yield Happening(refund.finished_at, "money", said, more=refund.last_error)


def _tickets(file: OrderFile) -> Iterator[Happening]:
    for issued in file.details.tickets:
        ticket, seat = issued.ticket, issued.seat.label
        end = ticket_end(ticket.id)
        if ticket.holder_email:
            said = _("Ticket %(end)s for %(seat)s handed over", end=end, seat=seat)
            yield Happening(ticket.created_at, "ticket", said, more=ticket.holder_email)
        else:
            yield Happening(ticket.created_at, "ticket", _("Ticket %(end)s for %(seat)s", end=end, seat=seat))
        if ticket.returned_at is not None:
            said = _("Ticket %(end)s for %(seat)s came back", end=end, seat=seat)
            yield Happening(ticket.returned_at, "ticket", said)


def _door(file: OrderFile) -> Iterator[Happening]:
    seats = {issued.ticket.id: issued.seat.label for issued in file.details.tickets}
    for ticket_id, admission in file.admissions.items():
        said = _("%(seat)s came in", seat=seats.get(ticket_id, ""))
        yield Happening(admission.admitted_at, "door", said, admission.admitted_by)


def _mail(file: OrderFile) -> Iterator[Happening]:
    for message in file.messages:
        kind = mail_word(message.kind) if message.channel == "mail" else message.kind
        to = recipient_told(file, message)
        if message.sent_at is not None:
            yield Happening(message.sent_at, "mail", _("Sent: %(kind)s", kind=kind), more=to)
        elif message.failed_at is not None:
            more = f"{to}: {message.last_error or ''}"
            yield Happening(message.failed_at, "mail", _("Given up: %(kind)s", kind=kind), more=more)
        else:
            yield Happening(message.created_at, "mail", _("Waits to be sent: %(kind)s", kind=kind), more=to)


def _staff(file: OrderFile) -> Iterator[Happening]:
    for entry in file.audit:
        yield Happening(entry.at, "staff", entry.summary, entry.actor, entry.action)


def recipient_told(file: OrderFile, message: Message) -> str:
    """Whom a row of the outbox is for: a mail address, or where an endpoint is."""
    if message.endpoint_id is None:
        return message.recipient
    return file.endpoints.get(message.endpoint_id, message.recipient)
