"""Exchanging: a sold order moves to another screening, or other seats, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from matinee.boxoffice.choosing import choose_priced_seats
from matinee.boxoffice.claims import claim_seats
from matinee.boxoffice.errors import NotExchangeable, StepNotAllowed
from matinee.boxoffice.holders import EXCHANGED, mail_withdrawals
from matinee.boxoffice.lines import replace_lines
from matinee.boxoffice.models import Order, PromoCode, Ticket
from matinee.boxoffice.money_back import give_back
from matinee.boxoffice.offers import Offer, PricedSeat, SeatChoice, offer_of, require_on_sale
from matinee.boxoffice.orders import SOLD, lock_order, outstanding_amount, record_note, record_step
from matinee.boxoffice.pricing import discount_on
from matinee.boxoffice.reasons import EXCHANGED_CHEAPER
from matinee.boxoffice.refunds import beyond, take_back, valid_tickets_of
from matinee.boxoffice.rules import ChoiceRules, check_seats_asked
from matinee.boxoffice.sales import issue_order_tickets, mail_tickets
from matinee.boxoffice.tickets import mark_returned, mark_sold
from matinee.outbox.webhooks.events import announce_event


@dataclass(frozen=True, slots=True)
class ExchangePlan:
    """What an exchange would come to. Amounts in minor units of the order's currency."""

    priced: Sequence[PricedSeat]
    discount: int
    fee: int
    total: int
    # What goes back, or is left to pay: at most one of them is not 0.
    returned: int
    owed: int


def plan_exchange(
    session: Session,
    *,
    order: Order,
    screening_id: int,
    choices: Sequence[SeatChoice],
    rules: ChoiceRules,
    now: datetime,
) -> ExchangePlan:
    """What exchanging the order for these seats would come to; nothing changes but that the order is locked.

    Raises StepNotAllowed, NotExchangeable, SalesClosed, SeatsNotFree, TicketTypeNotSold, CompanionAlone, OrphanLeft.
    """
    lock_order(session, order)
    offer = offer_of(session, screening_id=screening_id, now=now, except_order=order.id)
    return price_exchange(session, order=order, offer=offer, choices=choices, rules=rules, now=now)


def price_exchange(
    session: Session,
    *,
    order: Order,
    offer: Offer,
    choices: Sequence[SeatChoice],
    rules: ChoiceRules,
    now: datetime,
) -> ExchangePlan:
    """As `plan_exchange`, for a screening that was looked at before; nothing is locked. Raises as that does."""
    if order.state not in SOLD:
        raise StepNotAllowed(f"An order that is {order.state} cannot be exchanged.")
    old = valid_tickets_of(session, order=order)
    check_seats_asked([choice.label for choice in choices], seats_max=len(old))
    if not (rules.reseats_until_end and _is_seated_anew(order, offer, now=now)):
        require_on_sale(offer, now=now, late_minutes=rules.late_minutes)
    _check_exchangeable(session, order, offer, seats=len(choices), tickets=len(old))
    priced = choose_priced_seats(offer, choices, rules=rules, now=now)
    if order.comp_reason is not None:
        # What was given away stays given away.
        priced = [replace(one, amount=0) for one in priced]
    amounts = [one.amount for one in priced]
    promo = session.get(PromoCode, order.promo_code_id) if order.promo_code_id is not None else None
    fee = sum(ticket.fee_amount for ticket in old)
    discount = discount_on(sum(amounts), promo)
    total = sum(amounts) - discount + fee
    had = order.paid_amount - order.refunded_amount
    return ExchangePlan(
        priced, discount, fee, total, returned=beyond(order, kept=total), owed=max(0, total - had)
    )


def exchange_order(
    session: Session,
    *,
    order: Order,
    screening_id: int,
    choices: Sequence[SeatChoice],
    rules: ChoiceRules,
    actor: str,
    reason: str,
    now: datetime,
) -> list[Ticket]:
    """Give the order other seats, as many as it has valid tickets, and new tickets for them; all or nothing.

    The booking fee stays as it was. What the new seats cost less goes back; what they cost more is due, as after a purchase
    that is paid at the counter. Raises StepNotAllowed, NotExchangeable, SalesClosed, SeatsNotFree, TicketTypeNotSold,
    CompanionAlone, OrphanLeft; the transaction must then be rolled back.
    """
    plan = plan_exchange(
        session, order=order, screening_id=screening_id, choices=choices, rules=rules, now=now
    )
    old = valid_tickets_of(session, order=order)
    returned = take_back(session, order=order, tickets=old, kept=plan.total)
    mark_returned(old, state="exchanged", now=now)
    session.flush()
    order.screening_id = screening_id
    order.discount_amount, order.fee_amount = plan.discount, plan.fee
    replace_lines(session, order=order, priced=plan.priced)
    seat_ids = [one.seat.id for one in plan.priced]
    claim_seats(session, order=order, seat_ids=seat_ids, expires_at=None, now=now)
    tickets = issue_order_tickets(session, order=order, now=now)
    record_note(session, order=order, actor=actor, now=now, note=f"exchanged. {reason}".strip())
    if returned:
        give_back(session, order=order, amount=returned, reason=EXCHANGED_CHEAPER, now=now)
        announce_event(session, event="order.refunded", payload={"order_id": order.id}, now=now)
    _settle_state(session, order, actor=actor, now=now)
    mail_tickets(session, order=order, now=now)
    mail_withdrawals(session, tickets=old, why=EXCHANGED, now=now)
    return tickets


def _is_seated_anew(order: Order, offer: Offer, *, now: datetime) -> bool:
    """Whether the order stays in its screening, which is not over: a seat broke, or somebody cannot see from there."""
    screening = offer.screening
    return order.screening_id == screening.id and screening.cancelled_at is None and screening.ends_at > now


def _check_exchangeable(session: Session, order: Order, offer: Offer, *, seats: int, tickets: int) -> None:
    if seats != tickets:
        raise NotExchangeable(f"The order has {tickets} valid tickets; choose as many seats.")
    if offer.cinema.currency != order.currency:
        raise NotExchangeable("The other screening is sold in another currency.")
    if order.promo_code_id is not None:
        promo = session.get_one(PromoCode, order.promo_code_id)
        if promo.cinema_id != offer.cinema.id:
            raise NotExchangeable("The order's promo code is not valid in the other cinema.")


def _settle_state(session: Session, order: Order, *, actor: str, now: datetime) -> None:
    """`due` where something is left to pay, `paid` where nothing is."""
    wanted = "due" if outstanding_amount(order) else "paid"
    if order.state != wanted:
        record_step(session, order=order, to_state=wanted, actor=actor, now=now, note="exchanged")
    if wanted == "paid":
        mark_sold(session, order=order, now=now)
