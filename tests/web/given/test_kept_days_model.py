"""After any sequence of steps of the sale, days and seats that were kept but for the claims show what is made anew"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test
from sqlalchemy.orm import Session

from matinee.boxoffice.blocked_seats import block_seats, unblock_seats
from matinee.programme.film_records import change_film
from matinee.programme.models import Screening
from matinee.web.given.schedule import day_answer, schedule_answer
from matinee.web.shared import kept_parts
from matinee.web.shared.kept_parts import KeptParts
from matinee.web.shared.services import Services
from matinee.web.shared.watched_seats import wanted_seats, watched_seats
from tests.boxoffice.test_model import SaleMachine
from tests.building import DAY, Buyer, House
from tests.depth import examples, seconds

# Of the free screening: the model knows only seats before it.
BLOCKED = "8"


class ShownSaleMachine(SaleMachine):
    """The sale of the model, and now and then a change of the programme that the model need not know."""

    def __init__(self, services: Services, house: House, buyer: Buyer) -> None:
        super().__init__(services, house, buyer)
        # As another process has them, which never sells.
        self.elsewhere = replace(services, kept_parts=KeptParts(services.version))
        self.blocked = False

    @rule()
    def block_or_unblock(self) -> None:
        self.services.transactions.write(self._unblock if self.blocked else self._block)

    def _block(self, session: Session) -> None:
        block_seats(session, screening_id=self.screenings["free"], labels=[BLOCKED], note="", now=self.now)
        self.blocked = True

    def _unblock(self, session: Session) -> None:
        unblock_seats(session, screening_id=self.screenings["free"], labels=[BLOCKED])
        self.blocked = False

    @rule(minutes=st.integers(90, 95))
    def change_the_film(self, minutes: int) -> None:
        def work(session: Session) -> None:
            film = session.get_one(Screening, self.screenings["priced"]).film
            change_film(session, film=film, trailer_url=f"https://example.org/{minutes}", now=self.now)

        self.services.transactions.write(work)

    @invariant()
    def what_is_shown_is_what_is_made_anew(self) -> None:
        anew = replace(self.services, kept_parts=KeptParts(self.services.version))
        wanted = self._shown(anew)
        assert self._shown(self.services) == wanted
        assert self._shown(self.elsewhere) == wanted

    def _shown(self, services: Services) -> tuple[object, ...]:
        seats = [
            watched_seats(services, screening_id=screening_id, now=self.now)
            for screening_id in self.screenings.values()
        ]
        wanted = [
            wanted_seats(services, screening_id=screening_id) for screening_id in self.screenings.values()
        ]
        return (
            day_answer(services, cinema=None, day=DAY, now=self.now),
            schedule_answer(services, cinema=None, now=self.now),
            [(each.availability, each.held, each.sold, each.house, each.seats) for each in seats],
            [(taken.ends, taken.around.for_sale) for taken, _ in wanted],
            [(each.seats, each.film.trailer_url, each.ticket_types, each.amounts) for _, each in wanted],
        )


# Elsewhere the claims are not told apart, and nothing is kept.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.timeout(seconds(900))
def test_what_is_shown_keeps_to_what_is_made_anew(
    services: Services, house: House, buyer: Buyer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing but the version may make it anew.
    monkeypatch.setattr(kept_parts, "SECONDS_TO_LIVE", float("inf"))
    run_state_machine_as_test(
        lambda: ShownSaleMachine(services, house, buyer),
        settings=settings(
            max_examples=examples(5),
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
