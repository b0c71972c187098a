"""A walk through some days of a cinema, chosen by chance from a seed: whatever buyers, staff and providers do that moves
money or tickets, at a clock that goes on. Figures must agree with what it leaves behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matinee.accounts.models import User
from matinee.boxoffice.errors import OrderNotFound
from matinee.boxoffice.hand_overs import hand_over_ticket, take_ticket_back
from matinee.boxoffice.models import Order, Ticket
from matinee.boxoffice.refund_list import hand_out_refund_of_order
from matinee.boxoffice.sales import sell_seats
from matinee.kernel.errors import DomainError
from matinee.payments.models import Payment, PaymentRefund
from matinee.programme.models import Cinema, Film, Hall, Price, PriceList, Screening, Seat, TaxRate
from tests.boxoffice.selling import Sale
from tests.building import NOW, TODAY, add_screening

PROMO, GIFT = "TENTH", "GIFT"
CHANNELS = ("site", "v1", "counter")
TYPES = ("adult", "adult", "child", None)


@dataclass
class Walk:
    """One walk. `done` counts the deeds that were not refused."""

    sale: Sale
    seed: int
    now: datetime = NOW
    done: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        *self.screenings, self.free = self.sale.write(_open_the_house)
        self.sale.promo(PROMO, value=10)
        self.sale.promo(GIFT, value=100)
        self.vouchers = [self.sale.voucher(amount) for amount in (9_999, 40_000, 77)]
        self.clerks = self.sale.read(lambda s: [*s.scalars(select(User.id)), 999_999])

    def go(self, steps: int) -> None:
        """Take so many steps."""
        deeds: list[tuple[int, Callable[[], object]]] = [
            (6, self.buy), (3, self.buy_with_voucher), (2, self.buy_partly), (2, self.buy_for_nothing),
            (3, self.buy_by_program), (3, self.give_away), (3, self.begin_to_pay), (4, self.money_comes),
            (1, self.money_fails), (4, self.refund), (4, self.refund_some), (5, self.exchange), (3, self.hand_over),
            (1, self.take_back), (3, self.pay_at_the_counter), (1, self.hand_out), (1, self.sweep), (1, self.move),
        ]  # fmt: skip
        weights = [weight for weight, _deed in deeds]
        for step in range(steps):
            deed = self.chance.choices([deed for _weight, deed in deeds], weights)[0]
            # Now and then: it takes much away from all that comes later.
            self.act(self.cancel if step % 40 == 39 else deed)
            self.now += timedelta(minutes=self.chance.choice((1, 3, 7, 30, 90, 240)))

    def act(self, deed: Callable[[], object]) -> None:
        """Do it, or be refused with nothing changed."""
        try:
            deed()
        except DomainError:
            return
        self.done[deed.__name__] += 1

    # What they do.

    def hold(self) -> int:
        screening = self.chance.choice(self.coming())
        labels = self.some_labels(screening, self.chance.choice((1, 2, 2, 3)))
        types = [self.chance.choice(TYPES) for _ in labels]
        channel = self.chance.choice(CHANNELS)
        order_id = self.sale.hold(*labels, screening=screening, now=self.now, types=types, channel=channel)
        if channel == "counter":
            self.set_order(order_id, clerk_id=self.chance.choice(self.clerks))
        if self.chance.random() < 0.3:
            self.sale.apply(order_id, PROMO, now=self.now)
        return order_id

    def buy(self) -> None:
        self.sale.pay(self.hold(), now=self.now)

    def buy_with_voucher(self) -> None:
        order_id = self.hold()
        self.sale.use_voucher(order_id, self.chance.choice(self.vouchers), now=self.now)
        if self.sale.sums(order_id).outstanding and self.chance.random() < 0.6:
            self.sale.pay(order_id, now=self.now)

    def buy_partly(self) -> None:
        self.sale.use_voucher(self.hold(), self.chance.choice(self.vouchers), now=self.now)

    def buy_for_nothing(self) -> None:
        free = self.free
        order_id = self.sale.hold(*self.some_labels(free, 2), screening=free, now=self.now)
        self.sale.pay(order_id, now=self.now)

    def buy_by_program(self) -> None:
        screening = self.chance.choice(self.coming())
        labels = self.some_labels(screening, 2)

        def work(session: Session) -> None:
            buyer = session.get_one(User, self.sale.buyer.id)
            sell_seats(session, screening_id=screening, labels=labels, buyer=buyer, currency="UAH", channel="given",
                       now=self.now)  # fmt: skip

        self.sale.write(work)

    def give_away(self) -> None:
        order_id = self.hold()
        self.sale.apply(order_id, GIFT, now=self.now)
        self.set_order(order_id, comp_reason="press", clerk_id=self.clerks[0])
        self.sale.pay(order_id, now=self.now)

    def begin_to_pay(self) -> None:
        # Also of what is held or due already: a second payment may come, too.
        known = self.orders("held", "paying", "due")
        order_id = self.chance.choice(known) if known and self.chance.random() < 0.5 else self.hold()
        self.sale.intend(order_id, now=self.now)

    def money_comes(self) -> None:
        """In time, late, a second time, for what is gone."""
        wanted = select(Payment.public_id).where(Payment.state != "settled", Payment.provider == "stripe")
        asked = self.sale.read(lambda s: list(s.scalars(wanted.order_by(Payment.id))))
        if asked:
            self.sale.settle(self.chance.choice(asked), now=self.now)
            self.done["money came"] += 1

    def money_fails(self) -> None:
        wanted = select(Payment.public_id).where(Payment.state == "starting")
        asked = self.sale.read(lambda s: list(s.scalars(wanted.order_by(Payment.id))))
        if asked:
            self.sale.fail(self.chance.choice(asked), now=self.now)

    def pay_at_the_counter(self) -> None:
        self.sale.take_money(self.one_of("due", "held", "paying"), now=self.now)

    def refund(self) -> None:
        self.sale.refund(self.one_of("paid", "due"), now=self.now)

    def refund_some(self) -> None:
        order_id = self.one_of("due", "due", "paid")
        tickets = list(self.sale.tickets(order_id).values())
        some = self.chance.sample(tickets, max(1, len(tickets) - 1))
        self.sale.refund_ids(order_id, [one.id for one in some], now=self.now)

    def exchange(self) -> None:
        order_id = self.one_of("paid", "paid", "due")
        screening = self.chance.choice([*self.coming(), self.sale.house.elsewhere])
        labels = self.some_labels(screening, len(self.sale.tickets(order_id)))
        self.sale.exchange(order_id, screening, *labels, now=self.now)
        self.done[f"exchanged to {self.sale.state(order_id)}"] += 1

    def hand_over(self) -> None:
        order_id = self.one_of("paid")
        ticket_id = self.chance.choice(list(self.sale.tickets(order_id).values())).id
        self.sale.write(
            lambda s: hand_over_ticket(
                s, order=s.get_one(Order, order_id), ticket_id=ticket_id, email="friend@example.org", actor="buyer",
                now=self.now,
            )
        )  # fmt: skip

    def take_back(self) -> None:
        wanted = select(Ticket.order_id, Seat.label).join(Seat, Seat.id == Ticket.seat_id)
        held = wanted.where(Ticket.holder_email.is_not(None), Ticket.state == "valid").order_by(Ticket.id)
        found = self.sale.read(lambda s: s.execute(held).first())
        if found:
            self.sale.write(
                lambda s: take_ticket_back(
                    s, order=s.get_one(Order, found[0]), seat_label=found[1], actor="buyer", now=self.now
                )
            )

    def cancel(self) -> None:
        self.sale.cancel(self.chance.choice(self.coming()), now=self.now)

    def move(self) -> None:
        halls = self.sale.read(lambda s: list(s.scalars(select(Hall.id).order_by(Hall.id))))
        self.sale.move(self.chance.choice(self.coming()), self.chance.choice(halls), now=self.now)

    def hand_out(self) -> None:
        wanted = select(PaymentRefund.public_id).where(PaymentRefund.state.in_(("by_hand", "failed")))
        found = self.sale.read(lambda s: s.scalars(wanted.order_by(PaymentRefund.id)).first())
        if found:
            self.sale.write(
                lambda s: hand_out_refund_of_order(s, public_id=found, actor="till", now=self.now)
            )

    def sweep(self) -> None:
        self.sale.sweep(self.now)

    # What they choose from.

    def coming(self) -> list[int]:
        """Screenings that have not begun; all of them where none is left."""
        begun = select(Screening.id).where(Screening.starts_at <= self.now)
        over = set(self.sale.read(lambda s: list(s.scalars(begun))))
        return [one for one in self.screenings if one not in over] or self.screenings

    def some_labels(self, screening: int, count: int) -> list[str]:
        wanted = (
            select(Seat.label)
            .join(Screening, Screening.hall_id == Seat.hall_id)
            .where(Screening.id == screening)
            .order_by(Seat.id)
        )
        return self.chance.sample(self.sale.read(lambda s: list(s.scalars(wanted))), count)

    def orders(self, *states: str) -> list[int]:
        wanted = select(Order.id).where(Order.state.in_(states)).order_by(Order.id)
        return self.sale.read(lambda s: list(s.scalars(wanted)))

    def one_of(self, *states: str) -> int:
        """An order in one of these states, chosen by chance. Raises OrderNotFound."""
        found = self.orders(self.chance.choice(states)) or self.orders(*states)
        if not found:
            raise OrderNotFound
        return self.chance.choice(found)

    def set_order(self, order_id: int, **values: object) -> None:
        self.sale.write(
            lambda s: s.execute(update(Order).where(Order.id == order_id).values(**values)).rowcount
        )  # type: ignore[attr-defined]


def _open_the_house(session: Session) -> list[int]:
    """Screenings of two films in three halls on eight days, with odd prices, fees, and two changes of the tax."""
    cinema = session.scalars(select(Cinema).where(Cinema.slug == "odeon")).one()
    cinema.booking_fee_amount, cinema.booking_fee_per = 35, "order"
    for day, rate in ((TODAY + timedelta(days=1), 2000), (TODAY + timedelta(days=3), 1370)):
        session.add(TaxRate(cinema_id=cinema.id, valid_from=day, basis_points=rate))
    prices = session.scalars(select(PriceList).where(PriceList.cinema_id == cinema.id)).one()
    for price in session.scalars(select(Price).where(Price.price_list_id == prices.id)):
        price.amount += 13
    films = session.scalars(select(Film).where(Film.title.in_(("Амели", "Café"))).order_by(Film.id)).all()
    halls = session.scalars(select(Hall).where(Hall.cinema_id == cinema.id).order_by(Hall.id)).all()
    shown = []
    for number in range(8):
        for place, hall in enumerate(halls):
            film = films[(number + place) % 2]
            # The last of the day begins after midnight: it is of the next day on the wall.
            day, time = (TODAY + timedelta(days=number + 1), "14:30" if place else "00:15")
            shown.append(_show(session, hall, film, day, time, prices.id))
    # The last one is free of charge.
    shown.append(_show(session, halls[0], films[0], TODAY + timedelta(days=9), "18:30", None))
    session.flush()
    return shown


def _show(session: Session, hall: Hall, film: Film, day: date, time: str, price_list_id: int | None) -> int:
    return add_screening(session, hall=hall, film=film, day=day, time=time, price_list_id=price_list_id).id
