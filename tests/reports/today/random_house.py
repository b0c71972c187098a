"""Random sales of two cinemas round some days, as rows; and what is to be counted in them, one after the other."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice.models import Order, OrderPayment, SeatClaim, Ticket
from matinee.door.models import Admission
from matinee.payments.models import Payment, PaymentRefund
from matinee.programme.models import Cinema, Film, Hall, HouseSeat, Screening, Seat
from tests.building import KYIV, add_screening

PROVIDERS = ("counter", "stripe", "voucher")
TIMES = ("10:00", "14:30", "22:50")


class RandomHouse:
    """Fills a database, and keeps nothing: what was written is read again to be counted."""

    def __init__(self, session: Session, *, seed: int, day: date) -> None:
        self.session, self.day, self.dice = session, day, random.Random(seed)
        # Keys are given here: the rows are then stored together, and not one by one.
        self._numbers = iter(range(1, 1_000_000))

    def build(self) -> None:
        """Two cinemas; the day and the days beside it, and a week before."""
        for slug in ("odeon", "lux"):
            cinema = self._stored(Cinema(slug=slug, name=slug, address="", timezone=KYIV, currency="UAH"))
            film = self._stored(Film(title="Nosferatu", duration_minutes=150))
            for name in ("Hall 2", "Hall 10"):
                self._fill(self._hall(cinema, name), film)
        self.session.flush()

    def _hall(self, cinema: Cinema, name: str) -> Hall:
        hall: Hall = self._stored(Hall(cinema_id=cinema.id, name=name))
        for place in range(1, 13):
            self.session.add(
                Seat(hall_id=hall.id, label=f"A{place}", row="A", place=str(place), x=place, y=0)
            )
        return hall

    def _fill(self, hall: Hall, film: Film) -> None:
        self.session.flush()
        seats = list(self.session.scalars(select(Seat.id).where(Seat.hall_id == hall.id)))
        for days in (-1, 0, 1):
            for at in TIMES:
                kind = self.dice.choice(({}, {}, {}, {"draft": True}, {"cancelled_at": self.moment()}))
                # The late ones are there in any case: they still run on the next day.
                kind = {} if at == TIMES[-1] else kind
                show = add_screening(
                    self.session, hall=hall, film=film, day=self.day + timedelta(days=days), time=at, **kind
                )
                self._sell(show, seats)

    def _sell(self, show: Screening, seats: Sequence[int]) -> None:
        order = self._order(show)
        for seat in seats:
            lot = self.dice.random()
            if self.dice.random() < 0.2:
                self.session.add(HouseSeat(screening_id=show.id, seat_id=seat, reason="house"))
            if lot < 0.5:
                self._claim(show, seat, order, None)
                self._ticket(show, seat, order, state="valid")
            elif lot < 0.7:
                self._claim(show, seat, order, self.moment())
            if lot > 0.4:
                self._ticket(show, seat, order, state="refunded")
        for _ in range(3):
            self._payment(order)

    def _order(self, show: Screening) -> Order:
        number = next(self._numbers)
        return self._stored(
            Order(id=number, code=f"O{number}", screening_id=show.id, state="paid", channel="site", seats_asked=1,
                  seats_claimed=1, total_amount=0, currency="UAH", created_at=self.moment())
        )  # fmt: skip

    def _claim(self, show: Screening, seat: int, order: Order, end: datetime | None) -> None:
        self.session.add(SeatClaim(screening_id=show.id, seat_id=seat, order_id=order.id, expires_at=end))

    def _ticket(self, show: Screening, seat: int, order: Order, *, state: str) -> None:
        sold_at = self.moment() if self.dice.random() < 0.9 else None
        ticket = self._stored(
            Ticket(id=f"T{next(self._numbers):015}", order_id=order.id, screening_id=show.id, seat_id=seat, state=state,
                   amount=self.dice.randrange(30_000), fee_amount=self.dice.choice((0, 150)), created_at=self.moment(),
                   sold_at=sold_at, returned_at=self.moment() if sold_at and state == "refunded" else None)
        )  # fmt: skip
        # Somebody may have come in before the ticket was taken back.
        if self.dice.random() < 0.5:
            self.session.add(
                Admission(
                    ticket_id=ticket.id,
                    screening_id=ticket.screening_id,
                    admitted_at=self.moment(),
                    admitted_by="usher",
                )
            )

    def _payment(self, order: Order) -> None:
        settled = self.moment() if self.dice.random() < 0.9 else None
        number = next(self._numbers)
        payment = self._stored(
            Payment(id=number, public_id=f"P{number}", provider=self.dice.choice(PROVIDERS), currency="UAH",
                    amount=self.dice.randrange(1, 90_000), state="settled" if settled else "pending",
                    created_at=self.moment(), settled_at=settled)
        )  # fmt: skip
        self.session.add(OrderPayment(payment_id=payment.id, order_id=order.id, accepted=settled is not None))
        if settled and self.dice.random() < 0.4:
            self.session.add(
                PaymentRefund(public_id=f"R{next(self._numbers)}", payment_id=payment.id, created_at=self.moment(),
                              amount=self.dice.randrange(1, 1_000), next_attempt_at=self.moment(),
                              state=self.dice.choice(("pending", "by_hand", "succeeded", "failed")))
            )  # fmt: skip

    def moment(self) -> datetime:
        """Round the day, or round the day a week before; often at the very edge of one of them."""
        day = self.day - timedelta(days=self.dice.choice((0, 7)))
        if self.dice.random() < 0.1:
            edge = datetime.combine(day, time.min, tzinfo=ZoneInfo(KYIV)).astimezone(UTC)
            return edge + timedelta(seconds=self.dice.choice((-1, 0, 1)), days=self.dice.choice((0, 1)))
        begin = datetime.combine(day, time(12), tzinfo=UTC)
        return begin + timedelta(seconds=self.dice.randrange(-30 * 3600, 30 * 3600))

    def _stored(self, row: Any) -> Any:
        self.session.add(row)
        if isinstance(row, Cinema | Film | Hall | Order):
            self.session.flush()
        return row
