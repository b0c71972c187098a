"""Orders as the seat picker leaves them: held, with the secret in the visitor's cookie."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.accounts.sessions import start_session
from matinee.boxoffice.holds import BestWish, Holder, hold_best_seats
from matinee.boxoffice.models import Order, SeatClaim
from matinee.kernel import clock
from matinee.kernel.codes import random_token
from matinee.programme.models import Hall, Screening
from matinee.web.shared.services import Services
from matinee.web.shared.signin import COOKIE
from tests.browser.conftest import Site, Visit

Result = TypeVar("Result")
MEMBER = "member@example.org"


@dataclass
class Ordering:
    """Makes and looks at orders of the running site."""

    site: Site

    @property
    def services(self) -> Services:
        return self.site.services

    def screening(self, hall: str = "Atrium", number: int = 0) -> int:
        """The id of a screening of this hall, counted from tomorrow on."""
        later = clock.now() + timedelta(hours=24)
        wanted = (
            select(Screening.id)
            .join(Hall)
            .where(Hall.name == hall, Screening.starts_at > later)
            .order_by(Screening.starts_at)
            .offset(number)
            .limit(1)
        )
        return self.services.transactions.read(lambda s: s.scalars(wanted).one())

    def hold(
        self, visit: Visit, seats: int = 2, *, hall: str = "Atrium", member: bool = False, number: int = 0
    ) -> str:
        """Hold the best seats for whoever has this browser; the order's code."""
        secret = None if member else random_token()
        screening_id = self.screening(hall, number)

        def work(session: Session) -> str:
            user = session.scalars(select(User).where(User.username == MEMBER)).one() if member else None
            order = hold_best_seats(
                session,
                screening_id=screening_id,
                wish=BestWish([None] * seats),
                holder=Holder(channel="site", user=user, secret=secret),
                terms=self.services.hold_terms,
                now=clock.now(),
            ).order
            return order.code

        code = self.services.transactions.write(work)
        if secret is not None:
            self.give(visit, {code: secret})
        return code

    def give(self, visit: Visit, secrets: dict[str, str]) -> None:
        """Let the browser keep the secrets of orders."""
        interface: Any = self.site.app.session_interface
        serializer = interface.get_signing_serializer(self.site.app)
        cookie = serializer.dumps({"orders": secrets})
        visit.context.add_cookies([{"name": "visitor", "value": cookie, "url": self.site.url}])

    def sign_in(self, visit: Visit) -> None:
        """Let the browser be that of a member."""
        now = clock.now()

        def work(session: Session) -> str:
            user = session.scalars(select(User).where(User.username == MEMBER)).one_or_none()
            if user is None:
                user = User(username=MEMBER, password_hash="-", created_at=now, email_confirmed_at=now)
                session.add(user)
                session.flush()
            return start_session(session, user=user, lifetime=timedelta(hours=1), now=now)[0]

        token = self.services.transactions.write(work)
        visit.context.add_cookies([{"name": COOKIE, "value": token, "url": self.site.url}])

    def end_in(self, code: str, left: timedelta) -> None:
        """Shift the end of the hold."""
        ends_at: datetime = clock.now() + left

        def work(session: Session) -> None:
            order_id = session.scalars(select(Order.id).where(Order.code == code)).one()
            session.execute(update(Order).where(Order.id == order_id).values(hold_expires_at=ends_at))
            session.execute(
                update(SeatClaim).where(SeatClaim.order_id == order_id).values(expires_at=ends_at)
            )

        self.services.transactions.write(work)

    def read(self, code: str, look: Callable[[Order], Result]) -> Result:
        """What the database says of the order."""
        return self.services.transactions.read(
            lambda s: look(s.scalars(select(Order).where(Order.code == code)).one())
        )

    def state(self, code: str) -> str:
        return self.read(code, lambda order: order.state)


def first_of(found: Sequence[Result]) -> Result:
    """The only one."""
    assert len(found) == 1
    return found[0]
