"""The outbox: what waits, what is stuck and why, and trying again; and where events are told"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from matinee.outbox.messages import enqueue_message
from matinee.outbox.models import Message
from matinee.outbox.webhooks.endpoints import register_endpoint
from matinee.outbox.webhooks.events import announce_event
from matinee.web.shared.services import Services
from tests.boxoffice.selling import Sale
from tests.building import NOW, on_one_database
from tests.web.backoffice.conftest import OpenOffice

OUTBOX = "/backoffice/outbox"
LATER = NOW + timedelta(hours=1)
ERROR = "451 greylisted"


def enqueue(services: Services, recipient: str = "anna@example.org", **values: Any) -> int:
    """A mail with a code, in this state; its id."""

    def work(session: Session) -> int:
        payload = {"user_id": 7, "code": "SECRET99"}
        message = enqueue_message(
            session, kind="reset_password", recipient=recipient, payload=payload, now=NOW
        )
        for name, value in values.items():
            setattr(message, name, value)
        session.flush()
        return message.id

    return services.transactions.write(work)


def stored(services: Services, message_id: int) -> Message:
    return services.transactions.read(lambda s: s.get_one(Message, message_id))


def endpoint_of(services: Services) -> str:
    def work(session: Session) -> str:
        endpoint = register_endpoint(
            session, url="https://crm.example.org/hook", events=["order.paid"], private_allowed=False, now=NOW
        )
        announce_event(session, event="order.paid", payload={"order_id": 7}, now=NOW)
        return endpoint.public_id

    return services.transactions.write(work)


def test_the_outbox_shows_what_did_not_leave_and_why(office: OpenOffice, services: Services) -> None:
    enqueue(services, "waits@example.org")
    enqueue(services, "stuck@example.org", attempts=4, last_error=ERROR, next_attempt_at=LATER)
    enqueue(services, "gone@example.org", failed_at=NOW, last_error="550 unknown")
    enqueue(services, "sent@example.org", sent_at=NOW, payload={})
    endpoint_of(services)
    manager = office("manager")
    shown = {
        "": {"waits", "stuck", "gone", "crm"},
        "state=waiting": {"waits", "crm"},
        "state=stuck": {"stuck"},
        "state=given_up": {"gone"},
        "state=sent": {"sent"},
        "state=": {"waits", "stuck", "gone", "sent", "crm"},
        "channel=webhook": {"crm"},
        "kind=order.paid": {"crm"},
        "recipient=STUCK": {"stuck"},
        "recipient=crm.ex": {"crm"},
    }
    told = {name: f"{name}@example.org" for name in ("waits", "stuck", "gone", "sent")}
    told["crm"] = "https://crm.example.org"
    for query, names in shown.items():
        page = manager.get(f"{OUTBOX}?{query}").text
        assert {name for name, text in told.items() if f"<td>{text}" in page} == names, query
    page = manager.get(OUTBOX).text
    assert ERROR in page
    assert "SECRET99" not in page
    assert "SECRET99" not in manager.get(f"{OUTBOX}?format=csv").text


def test_a_row_tells_everything_but_what_it_holds(office: OpenOffice, services: Services, sale: Sale) -> None:
    message_id = enqueue(services, attempts=4, last_error=ERROR, next_attempt_at=LATER)
    manager = office("manager")
    page = manager.get(f"{OUTBOX}/{message_id}").text
    assert ERROR in page
    assert "SECRET99" not in page
    order_id = sale.sold("A1")
    tickets = sale.messages()[-1]
    assert sale.order(order_id).code in manager.get(f"{OUTBOX}/{tickets.id}").text


def test_a_row_is_tried_again_at_once(office: OpenOffice, services: Services) -> None:
    message_id = enqueue(services, attempts=4, last_error=ERROR, next_attempt_at=LATER)
    manager = office("manager")
    manager.post(f"{OUTBOX}/{message_id}/again")
    assert (stored(services, message_id).next_attempt_at, stored(services, message_id).attempts) == (NOW, 0)
    assert manager.trail() == [("outbox.again", f"message:{message_id}")]


def test_all_that_failed_alike_are_tried_again(office: OpenOffice, services: Services) -> None:
    alike = [
        enqueue(services, f"user{number}@example.org", last_error=ERROR, attempts=3, next_attempt_at=LATER)
        for number in range(3)
    ]
    other = enqueue(services, "other@example.org", last_error="550", attempts=3, next_attempt_at=LATER)
    manager = office("manager")
    assert "Try all 3 that failed alike" in manager.get(f"{OUTBOX}/{alike[0]}").text
    assert "failed alike" not in manager.get(f"{OUTBOX}/{other}").text
    manager.post(f"{OUTBOX}/{alike[0]}/again", {"alike": "1"})
    assert {stored(services, one).next_attempt_at for one in alike} == {NOW}
    assert stored(services, other).next_attempt_at == LATER
    assert manager.trail() == [("outbox.again", f"message:{alike[0]}")]


def test_a_row_is_given_up_once_the_word_was_typed(office: OpenOffice, services: Services) -> None:
    message_id = enqueue(services)
    manager = office("manager")
    page = f"{OUTBOX}/{message_id}"
    assert "anna@example.org" in manager.get(f"{page}/give-up").text
    manager.post(f"{page}/give-up", {"typed": "no"})
    assert stored(services, message_id).failed_at is None
    manager.post(f"{page}/give-up", {"typed": "give up"})
    assert stored(services, message_id).failed_at == NOW
    assert "SECRET99" not in str(stored(services, message_id).payload)
    manager.post(f"{page}/again")
    assert "The code in this mail is not kept any more" in manager.get(page).text
    assert manager.trail() == [("outbox.give_up", f"message:{message_id}")]


def test_what_was_sent_is_not_sent_again(office: OpenOffice, services: Services) -> None:
    message_id = enqueue(services, sent_at=NOW, payload={})
    manager = office("manager")
    assert "Try again" not in manager.get(f"{OUTBOX}/{message_id}").text
    manager.post(f"{OUTBOX}/{message_id}/again")
    assert "It was sent already" in manager.get(f"{OUTBOX}/{message_id}").text
    assert manager.trail() == []


@on_one_database
@pytest.mark.parametrize("message_id", ["0", "4711", "99999999999999999999999"])
def test_a_row_that_is_not_there_is_not_found(office: OpenOffice, message_id: str) -> None:
    manager = office("manager")
    assert manager.get(f"{OUTBOX}/{message_id}").status_code == 404
    assert manager.get(f"{OUTBOX}/{message_id}/give-up").status_code == 404
    assert manager.post(f"{OUTBOX}/{message_id}/again").status_code == 303


def test_endpoints_are_listed_and_switched_off_and_on(office: OpenOffice, services: Services) -> None:
    public_id = endpoint_of(services)
    manager = office("manager")
    page = manager.get("/backoffice/webhooks").text
    assert "https://crm.example.org/hook" in page
    assert "whsec_" not in page
    manager.post(f"/backoffice/webhooks/{public_id}/active")
    assert "Not told" in manager.get("/backoffice/webhooks").text
    manager.post(f"/backoffice/webhooks/{public_id}/active", {"active": "1"})
    assert "Not told" not in manager.get("/backoffice/webhooks").text
    assert manager.trail() == [("webhook.switch", f"endpoint:{public_id}")] * 2
    assert manager.post("/backoffice/webhooks/nobody/active").status_code == 404
