"""What webhooks tell about admissions"""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.assembly import EVENT_COMPOSERS
from matinee.boxoffice.models import Order
from matinee.boxoffice.sales import sell_seats
from matinee.door.models import Admission
from matinee.outbox.errors import NothingToSend
from matinee.outbox.webhooks.composing import EventContext
from matinee.web.shared.services import Services
from tests.building import NOW, Buyer, House

CONTEXT = EventContext(base_url="https://odeon.example", now=NOW)
AT = datetime(2030, 5, 18, 17, 20, 5, 999, tzinfo=UTC)


def admit(services: Services, house: House, buyer: Buyer) -> str:
    def work(session: Session) -> str:
        tickets = sell_seats(
            session, screening_id=house.lettered, labels=["A1", "B2"], buyer=session.get_one(User, buyer.id),
            currency="UAH", channel="v1", now=NOW,
        )  # fmt: skip
        ticket_id = next(ticket.id for ticket in tickets if ticket.seat.label == "B2")
        session.add(
            Admission(
                ticket_id=ticket_id,
                screening_id=house.lettered,
                admitted_at=AT,
                admitted_by="usher@example.org",
            )
        )
        return ticket_id

    return services.transactions.write(work)


def test_an_admission_is_told_with_the_order_and_the_seat(
    services: Services, house: House, buyer: Buyer
) -> None:
    ticket_id = admit(services, house, buyer)
    told = services.transactions.read(
        lambda session: EVENT_COMPOSERS["ticket.admitted"](session, {"ticket_id": ticket_id}, CONTEXT)
    )
    code = services.transactions.read(lambda session: session.query(Order).one().code)
    assert told["admission"] == {
        "order": code,
        "seat": "B2",
        "screening_id": house.lettered,
        "admitted_at": "2030-05-18T17:20:05Z",
    }
    assert told["screening"]["film"] == "Café"
    text = json.dumps(told)
    # Who knows the id can show the ticket; who let it in is nobody's business.
    assert ticket_id not in text
    assert "@" not in text


def test_an_admission_that_was_taken_back_is_not_told(services: Services, house: House, buyer: Buyer) -> None:
    ticket_id = admit(services, house, buyer)
    services.transactions.write(lambda session: session.execute(delete(Admission)))
    with pytest.raises(NothingToSend):
        services.transactions.read(
            lambda session: EVENT_COMPOSERS["ticket.admitted"](session, {"ticket_id": ticket_id}, CONTEXT)
        )
