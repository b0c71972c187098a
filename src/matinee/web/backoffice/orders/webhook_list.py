"""GET /backoffice/webhooks: where events are told, and how that goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matinee.outbox.leases import is_waiting
from matinee.outbox.models import Message, WebhookEndpoint
from matinee.outbox.webhooks.endpoints import change_endpoint, events_of, find_endpoint, list_endpoints
from matinee.web.backoffice.blueprint import here, lead_to, staff_page
from matinee.web.backoffice.changes import Trail, change
from matinee.web.backoffice.listing import Column, Listing, Wanted, in_order, show_listing
from matinee.web.backoffice.orders.buttons import post_button
from matinee.web.shared.languages import _
from matinee.web.shared.services import services


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """An endpoint, and how many events wait for it."""

    endpoint: WebhookEndpoint
    waiting: int

    @property
    def id(self) -> str:
        """By which it is named."""
        return self.endpoint.public_id


@staff_page("/webhooks", power="system")
def webhook_endpoints() -> ResponseReturnValue:
    """The endpoints, the oldest first. They are made by programs, see the API."""
    columns: list[Column[EndpointRow]] = [
        Column("url", _("Address"), lambda row: row.endpoint.url, _link, sorts=True),
        Column("description", _("What it is"), lambda row: row.endpoint.description),
        Column("events", _("Is told of"), lambda row: ", ".join(events_of(row.endpoint))),
        Column("state", _("State"), lambda row: _("Told") if row.endpoint.active else _("Not told")),
        Column("waiting", _("Waiting"), lambda row: row.waiting, sorts=True, at_end=True),
        Column("made", _("Since"), lambda row: row.endpoint.created_at.date(), sorts=True),
        Column("do", _("What to do"), lambda row: "", _button),
    ]
    return show_listing(
        Listing(
            name="webhooks",
            title=_("Where events are told"),
            columns=columns,
            source=_rows,
            sort="made",
            nothing=_("No program asked to be told of events."),
        ),
        template="backoffice/orders/webhooks.html",
    )


@staff_page("/webhooks/<endpoint_id>/active", power="system", methods=("POST",))
def switch_endpoint(endpoint_id: str) -> ResponseReturnValue:
    """Tell the endpoint of what happens from now on (`active`), or nothing any more. Raises EndpointNotFound."""
    active = bool(request.form.get("active"))

    def work(session: Session, trail: Trail) -> None:
        endpoint = find_endpoint(session, public_id=endpoint_id)
        private = services().private_webhooks
        change_endpoint(session, endpoint=endpoint, active=active, private_allowed=private)
        said = f"{endpoint.url}: {'told of events again' if active else 'told of nothing any more'}"
        trail("webhook.switch", f"endpoint:{endpoint.public_id}", said)

    change(work)
    flash(_("It is told of events again.") if active else _("It is told of nothing any more."), "good")
    return lead_to(here("webhook_endpoints"))


def _rows(session: Session, wanted: Wanted) -> Sequence[EndpointRow]:
    waiting = (
        select(Message.endpoint_id, func.count())
        .where(is_waiting(), Message.endpoint_id.is_not(None))
        .group_by(Message.endpoint_id)
    )
    counts = {row[0]: row[1] for row in session.execute(waiting)}
    rows = [EndpointRow(one, counts.get(one.id, 0)) for one in list_endpoints(session)]
    by = {
        "url": lambda row: row.endpoint.url,
        "waiting": lambda row: row.waiting,
        "made": lambda row: row.endpoint.id,
    }
    return in_order(rows, wanted, by)


def _link(row: EndpointRow) -> Markup:
    return Markup('<a href="{}">{}</a>').format(here("outbox", recipient=row.id, state=""), row.endpoint.url)


def _button(row: EndpointRow) -> Markup:
    url = here("switch_endpoint", endpoint_id=row.id)
    if row.endpoint.active:
        return post_button(url, _("Stop telling it"))
    return post_button(url, _("Tell it again"), active="1")
