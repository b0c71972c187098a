"""Holds: seats kept for a buyer for some minutes. A hold that ran out is free at that instant, swept or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matinee.boxoffice import reasons
from matinee.boxoffice.choosing import choose_priced_seats
from matinee.boxoffice.claims import (
    claim_as_told,
    claim_seats,
    lock_claims,
    release_claims,
    renew_claims,
    seats_out_of_reach,
)
from matinee.boxoffice.errors import (
    HouseSellingOut,
    NotEnoughSeats,
    PaymentUnderWay,
    SeatsNotFree,
    TooManyExtensions,
)
from matinee.boxoffice.lines import add_lines, lines_of, replace_lines
from matinee.boxoffice.models import Order
from matinee.boxoffice.money_back import give_all_back
from matinee.boxoffice.offers import (
    Offer,
    PricedSeat,
    SeatChoice,
    offer_of,
    price_seats,
    require_on_sale,
)
from matinee.boxoffice.orders import UNPAID, lock_order, record_start, record_step, require_live_hold
from matinee.boxoffice.pricing import fee_on, reprice_order
from matinee.boxoffice.promo_codes import claim_promo_use
from matinee.boxoffice.rules import PUBLIC_RULES, ChoiceRules, check_choice, check_seats_asked
from matinee.boxoffice.sales import Account, mail_money_back, new_order
from matinee.boxoffice.surroundings import Surroundings
from matinee.kernel.codes import hash_secret

# How many orders one sweep looks at, so that its transaction stays short.
SWEEP_ORDERS_MAX = 200
# Another buyer may take what was found before it is claimed; then the next best is looked for. Where only seats are left
# for which others are going, one of them gets them: as many tries as there may be threads that go for them at once.
BEST_TRIES_MAX = 32
HOLDER = "buyer"
# WCAG 2.2, success criterion 2.2.1: who needs more time is warned so early that there is time to ask for it.
WARNED_BEFORE_END = timedelta(minutes=2)
# Why money goes back that was a part of the price of a hold.
ENDINGS = {"cancelled": reasons.RELEASED, "expired": reasons.RAN_OUT}


@dataclass(frozen=True, slots=True)
class HoldTerms:
    """How long a hold lives, how often it can be extended, how many seats it has at the most."""

    lifetime: timedelta
    seats_max: int
    extensions_max: int


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds: an account, or whoever knows the secret; and through which surface ("v1", "site", "counter")."""

    channel: str
    user: Account | None = None
    secret: str | None = None
    # Who acts for a buyer without an account, such as the staff at the counter.
    actor: str = HOLDER
    # In which the order's mails are written; None: in that of the account.
    language: str | None = None

    @property
    def name(self) -> str:
        """For the trail of the order."""
        return self.user.username if self.user is not None else self.actor


@dataclass(frozen=True, slots=True)
class BestWish:
    """Seats that the box office shall choose: for whom, and where."""

    ticket_types: Sequence[str | None]
    zone: str | None = None
    # Whether the party may be split where it cannot sit together.
    split: bool = False


@dataclass(frozen=True, slots=True)
class MadeHold:
    """A hold that was made just now, with what it was made of."""

    order: Order
    holder: Holder
    offer: Offer
    priced: Sequence[PricedSeat]


def hold_seats(
    session: Session,
    *,
    screening_id: int,
    choices: Sequence[SeatChoice],
    holder: Holder,
    terms: HoldTerms,
    rules: ChoiceRules,
    now: datetime,
    known: Surroundings | None = None,
) -> MadeHold:
    """Keep all the seats or none for as long as the terms say. `known`: as in `offer_of`.

    Raises, in this order: NoSeats, SeatNamedTwice, TooManySeats, ScreeningNotFound, SalesClosed, SeatsNotFree,
    TicketTypeNotSold, CompanionAlone, OrphanLeft.
    """
    check_seats_asked([choice.label for choice in choices], seats_max=terms.seats_max)
    offer = offer_of(session, screening_id=screening_id, now=now, known=known)
    require_on_sale(offer, now=now, late_minutes=rules.late_minutes)
    priced = choose_priced_seats(offer, choices, rules=rules, now=now)
    return _hold(session, offer, priced, holder=holder, terms=terms, now=now)


def hold_best_seats(
    session: Session,
    *,
    screening_id: int,
    wish: BestWish,
    holder: Holder,
    terms: HoldTerms,
    now: datetime,
    rules: ChoiceRules = PUBLIC_RULES,
    known: Surroundings | None = None,
) -> MadeHold:
    """Keep the best seats for a party, together unless the wish allows to split it. `known`: as in `offer_of`.

    Of the rules, only how late it may be counts: the best seats break none of the others, and none of them is the house's.
    Raises NoSeats, TooManySeats, ScreeningNotFound, SalesClosed, TicketTypeNotSold, NotEnoughSeats, and SeatsNotFree where
    others were quicker each time.
    """
    count = len(wish.ticket_types)
    check_seats_asked([str(number) for number in range(count)], seats_max=terms.seats_max)

    def look(known: Surroundings | None) -> tuple[Offer, list[int]]:
        offer = offer_of(session, screening_id=screening_id, now=now, known=known)
        require_on_sale(offer, now=now, late_minutes=rules.late_minutes)
        return offer, _best_ids(session, offer, wish, now=now)

    lost: set[int] = set()
    for _ in range(BEST_TRIES_MAX):
        offer, ids = look(known)
        if not lost.isdisjoint(ids):
            # They are free, and yet were not to be had: it may be that what is known of the seats is true no more.
            offer, ids = look(None)
        if not ids:
            raise NotEnoughSeats
        by_id = {seat.id: seat for seat in offer.seats}
        priced = price_seats(offer, [by_id[one] for one in ids], wish.ticket_types)
        try:
            with session.begin_nested():
                return _hold(session, offer, priced, holder=holder, terms=terms, now=now)
        except SeatsNotFree:
            # Others were quicker, as a rule.
            known, lost = offer.around, set(ids)
    raise SeatsNotFree


def _best_ids(session: Session, offer: Offer, wish: BestWish, *, now: datetime) -> list[int]:
    """The best seats for which nobody else is going; where there are none, the best of all, to be waited for."""

    def best(without: set[int]) -> list[int]:
        return offer.best_ids(len(wish.ticket_types), zone=wish.zone, split=wish.split, without=without)

    # Since the offer was read, some have got the seats that they were going for.
    claimed: set[int] = set()
    wanted: set[int] = set()
    while ids := best(claimed | wanted):
        away = seats_out_of_reach(session, screening_id=offer.screening.id, seat_ids=ids, now=now)
        if not away:
            return ids
        for seat_id, is_claimed in away.items():
            (claimed if is_claimed else wanted).add(seat_id)
    return best(claimed) if wanted else []


def change_hold(
    session: Session,
    *,
    order: Order,
    choices: Sequence[SeatChoice],
    terms: HoldTerms,
    rules: ChoiceRules,
    now: datetime,
) -> None:
    """Let the hold be for these seats and ticket types from now on; it ends when it would have.

    All or nothing: where it is refused, the hold stays as it was, provided that the transaction is rolled back. Raises as
    `hold_seats` does, and StepNotAllowed, HoldExpired, PaymentUnderWay.
    """
    check_seats_asked([choice.label for choice in choices], seats_max=terms.seats_max)
    lock_order(session, order)
    require_live_hold(order, now=now)
    if order.state == "paying" or order.paid_amount:
        raise PaymentUnderWay
    offer = offer_of(session, screening_id=order.screening_id, now=now, except_order=order.id)
    require_on_sale(offer, now=now, late_minutes=rules.late_minutes)
    priced = choose_priced_seats(offer, choices, rules=rules, now=now)
    _claim_instead(session, order, priced, now=now)


def check_held_choice(session: Session, *, order: Order, rules: ChoiceRules, now: datetime) -> None:
    """Refuse a hold whose seats, taken together, break a rule: for who chose them one by one.

    Raises CompanionAlone, OrphanLeft.
    """
    offer = offer_of(session, screening_id=order.screening_id, now=now, except_order=order.id)
    by_id = {seat.id: seat for seat in offer.seats}
    check_choice(
        offer, [by_id[line.seat_id] for line in lines_of(session, order=order)], rules=rules, now=now
    )


def extend_hold(session: Session, *, order: Order, terms: HoldTerms, now: datetime) -> None:
    """Let the hold live for a whole lifetime from now on.

    Raises StepNotAllowed, HoldExpired, PaymentUnderWay, SalesClosed, TooManyExtensions, HouseSellingOut, PromoCodeUsedUp.
    """
    lock_order(session, order)
    require_live_hold(order, now=now)
    if order.state == "paying":
        raise PaymentUnderWay
    offer = offer_of(session, screening_id=order.screening_id, now=now)
    require_on_sale(offer, now=now)
    if order.extensions >= terms.extensions_max:
        raise TooManyExtensions
    if offer.is_selling_out():
        raise HouseSellingOut
    order.extensions += 1
    prolong_hold(session, order=order, until=now + terms.lifetime, now=now)


def prolong_hold(session: Session, *, order: Order, until: datetime, now: datetime) -> None:
    """Keep seats and promo code until `until`, if that is later than now planned.

    Raises HoldExpired, PromoCodeUsedUp; the transaction must then be rolled back.
    """
    assert order.hold_expires_at is not None, "only a live hold is prolonged"
    claim_promo_use(session, order=order, now=now)
    until = max(order.hold_expires_at, until)
    renew_claims(session, order=order, expires_at=until, now=now)
    order.hold_expires_at = until


def release_hold(session: Session, *, order: Order, actor: str, now: datetime) -> None:
    """Give the seats of a hold back before its time, and what was paid of it.

    Raises StepNotAllowed for no hold, HoldExpired for one that expired.
    """
    lock_order(session, order)
    if order.state in UNPAID:
        lock_claims(session, orders=[order])
        end_hold(session, order=order, to_state="cancelled", actor=actor, now=now)
    else:
        # Refuses it, in the words of the one function that knows the steps.
        require_live_hold(order, now=now)


def end_hold(
    session: Session, *, order: Order, to_state: str, actor: str, now: datetime, note: str = ""
) -> None:
    """End a locked order that is not sold: its seats are free; what was paid of it goes back, and the buyer is told."""
    record_step(session, order=order, to_state=to_state, actor=actor, now=now, note=note)
    release_claims(session, order=order)
    reason = note or ENDINGS[to_state]
    back = give_all_back(session, order=order, reason=reason, now=now)
    if back.amount:
        mail_money_back(session, order=order, back=back, reason=reason, now=now)


def release_expired_holds(session: Session, *, now: datetime) -> int:
    """Tidy up holds that ran out; return how many orders expired. No sale depends on it."""
    expired = session.scalars(
        select(Order)
        .where(Order.hold_expires_at <= now)
        .order_by(Order.id)
        .limit(SWEEP_ORDERS_MAX)
        # Another sweeper, or a buyer in the middle of something, has the others.
        .with_for_update(skip_locked=True)
    ).all()
    lock_claims(session, orders=expired)
    for order in expired:
        end_hold(session, order=order, to_state="expired", actor="worker", now=now)
    return len(expired)


def _hold(
    session: Session,
    offer: Offer,
    priced: Sequence[PricedSeat],
    *,
    holder: Holder,
    terms: HoldTerms,
    now: datetime,
) -> MadeHold:
    amounts = [one.amount for one in priced]
    order = new_order(
        session,
        screening_id=offer.screening.id,
        buyer=holder.user,
        state="held",
        amounts=amounts,
        currency=offer.cinema.currency,
        channel=holder.channel,
        now=now,
        hold_expires_at=now + terms.lifetime,
        language=holder.language,
        fee=fee_on(amounts, discount=0, cinema=offer.cinema, channel=holder.channel),
        secret_hash=hash_secret(holder.secret) if holder.secret is not None else None,
    )
    seats = [one.seat for one in priced]
    claim_as_told(session, order=order, seats=seats, expires_at=order.hold_expires_at, now=now)
    add_lines(session, order=order, priced=priced)
    record_start(session, order=order, actor=holder.name, now=now)
    return MadeHold(order, holder, offer, priced)


def _claim_instead(session: Session, order: Order, priced: Sequence[PricedSeat], *, now: datetime) -> None:
    release_claims(session, order=order)
    replace_lines(session, order=order, priced=priced)
    claim_seats(
        session,
        order=order,
        seat_ids=[one.seat.id for one in priced],
        expires_at=order.hold_expires_at,
        now=now,
    )
    reprice_order(session, order=order)
