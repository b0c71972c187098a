"""GET /backoffice/outbox/<id>: one row of the outbox, and what can be done with it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.outbox.errors import MessageNotFound
from matinee.outbox.models import Message, WebhookEndpoint
from matinee.outbox.second_chances import (
    count_failed_alike,
    give_up_message,
    try_again,
    try_all_again,
)
from matinee.web.backoffice.blueprint import here, lead_to, staff_name, staff_page, this_house
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.orders import words
from matinee.web.backoffice.orders.outbox_list import ASKED, OutboxRow, as_outbox_row
from matinee.web.backoffice.refusals import flash_refusal
from matinee.web.backoffice.sure import ask_sure, is_sure
from matinee.web.shared.languages import _, ngettext

ID_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Seen:
    """A row with how many others failed alike, and the order that it is about."""

    row: OutboxRow
    alike: int
    order_code: str | None


@staff_page("/outbox/<int:message_id>", power="system")
def outbox_message(message_id: int) -> ResponseReturnValue:
    """The row, without what it holds. Raises MessageNotFound."""
    seen = read(lambda session: _seen(session, message_id))
    return render_template(
        "backoffice/orders/outbox_message.html",
        seen=seen,
        row=seen.row,
        words=words,
        zone=this_house().timezone,
    )


@staff_page("/outbox/<int:message_id>/again", power="system", methods=("POST",))
def retry_message(message_id: int) -> ResponseReturnValue:
    """Have it tried at once; with `alike` all that failed with the same error. Raises MessageNotFound."""
    now, all_alike = clock.now(), bool(request.form.get("alike"))

    def one(session: Session, trail: Trail) -> int:
        message = try_again(session, message_id=_checked(message_id), now=now)
        trail("outbox.again", f"message:{message_id}", f"Tried again: {message.channel} {message.kind}")
        return 1

    def alike(session: Session, trail: Trail) -> int:
        row = _row(session, message_id)
        count = try_all_again(session, channel=row.channel, error=row.error, now=now)
        said = f"Tried again: {count} of the way {row.channel} that failed alike: {row.error}"
        trail("outbox.again", f"message:{message_id}", said, details={"count": count})
        return count

    try:
        count = change(alike if all_alike else one, now=now)
    except DomainError as error:
        flash_refusal(error)
    else:
        flash(ngettext("It is tried again at once.", "%(num)d are tried again at once.", count), "good")
    return lead_to(here("outbox_message", message_id=message_id))


@staff_page("/outbox/<int:message_id>/give-up", power="system", methods=("GET", "POST"))
def give_message_up(message_id: int) -> ResponseReturnValue:
    """Try it no more, once it was typed that this is meant. Raises MessageNotFound."""
    now, word = clock.now(), _("give up")
    if request.method == "GET":
        row = read(lambda session: _row(session, message_id))
        return ask_sure(
            title=_("Give this up?"),
            facts=[
                (_("What"), words.mail_word(row.kind)),
                (_("To"), row.to),
                (_("Tries"), str(row.attempts)),
            ],
            word=word,
            action=here("give_message_up", message_id=message_id),
            button=_("Give up"),
            back=here("outbox_message", message_id=message_id),
            warning=_("It is not sent. A code that is in it is thrown away."),
        )
    if not is_sure(word):
        return lead_to(here("give_message_up", message_id=message_id))

    def work(session: Session, trail: Trail) -> None:
        message = give_up_message(session, message_id=_checked(message_id), by=staff_name(), now=now)
        trail("outbox.give_up", f"message:{message_id}", f"Given up: {message.channel} {message.kind}")

    try:
        change(work, now=now)
    except DomainError as error:
        flash_refusal(error)
    else:
        flash(_("It is given up."), "good")
    return lead_to(here("outbox_message", message_id=message_id))


def _checked(message_id: int) -> int:
    if not 0 < message_id <= ID_MAX:
        raise MessageNotFound
    return message_id


def _row(session: Session, message_id: int) -> OutboxRow:
    wanted = select(*ASKED).outerjoin(WebhookEndpoint, WebhookEndpoint.id == Message.endpoint_id)
    found = session.execute(wanted.where(Message.id == _checked(message_id))).one_or_none()
    if found is None:
        raise MessageNotFound
    return as_outbox_row(found)


def _seen(session: Session, message_id: int) -> Seen:
    row = _row(session, message_id)
    about = session.scalar(select(Message.about).where(Message.id == message_id)) or ""
    what, _colon, key = about.partition(":")
    code = None
    if what == "order" and key.isdecimal():
        code = session.scalar(select(Order.code).where(Order.id == int(key)))
    alike = count_failed_alike(session, channel=row.channel, error=row.error) if row.error else 0
    return Seen(row, alike, code)
