from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.outbox.models import Message
from matinee.outbox.webhooks.endpoints import register_endpoint
from matinee.programme.models import Screening
from matinee.programme.publishing import publish_screenings
from matinee.programme.queries import screenings_between
from tests.building import DAY, NOW, House, cancel
from tests.programme.planning import read, schedule, write

if TYPE_CHECKING:
    from matinee.web.shared.services import Services


def publish(services: Services, house: House, *ids: int) -> list[int]:
    return write(
        services,
        lambda s: publish_screenings(s, cinema_id=house.cinema, screening_ids=ids, now=NOW),
    )


def draft(services: Services, time: str = "12:00") -> int:
    return write(services, lambda s: schedule(s, time=time, draft=True).id)


def shown(services: Services, house: House) -> set[int]:
    return read(
        services,
        lambda s: {
            each.id for each in screenings_between(s, cinema_id=house.cinema, first_day=DAY, last_day=DAY)
        },
    )


def test_drafts_are_shown_once_they_are_published(services: Services, house: House) -> None:
    one, other = draft(services), draft(services, "15:00")
    assert not {one, other} & shown(services, house)
    version = services.version.current()
    assert publish(services, house, one) == [one]
    assert services.version.current() != version
    assert {one, other} & shown(services, house) == {one}


def test_what_is_no_draft_of_the_cinema_is_left_alone(services: Services, house: House) -> None:
    cancelled, begun = draft(services), draft(services, "15:00")
    write(services, lambda s: cancel(s, cancelled))

    def begin(session: Session) -> None:
        session.get_one(Screening, begun).starts_at = NOW
        session.get_one(Screening, house.elsewhere).draft = True

    write(services, begin)
    assert publish(services, house, cancelled, begun, house.first_hall, house.elsewhere, 10**6) == []
    assert read(services, lambda s: s.get_one(Screening, house.elsewhere).draft)


def test_whoever_asked_for_it_is_told_of_each_when_it_is_published_and_not_before(
    services: Services, house: House
) -> None:
    write(
        services,
        lambda s: register_endpoint(
            s, url="https://example.org/hook", events=["screening.changed"], private_allowed=False, now=NOW
        ),
    )
    one = draft(services)

    def told(session: Session) -> list[int]:
        rows = session.scalars(select(Message).where(Message.channel == "webhook").order_by(Message.id))
        return [row.payload["screening_id"] for row in rows]

    assert read(services, told) == []
    publish(services, house, one)
    assert read(services, told) == [one]
