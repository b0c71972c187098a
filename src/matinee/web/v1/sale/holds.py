"""POST /holds, GET, PATCH and DELETE /holds/{code}, POST /holds/{code}/extensions"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask.views import MethodView
from pydantic import Field
from sqlalchemy.orm import Session

from matinee.accounts.callers import Caller
from matinee.accounts.errors import ScopeMissing
from matinee.boxoffice.access import order_changed_by, order_seen_by
from matinee.boxoffice.errors import (
    CompanionAlone,
    HoldExpired,
    HouseSellingOut,
    NoSeats,
    NotEnoughSeats,
    OrderNotFound,
    OrphanLeft,
    PaymentUnderWay,
    SalesClosed,
    SeatNamedTwice,
    SeatsNotFree,
    StepNotAllowed,
    TicketTypeNotSold,
    TooManyExtensions,
    TooManySeats,
)
from matinee.boxoffice.holds import (
    Holder,
    change_hold,
    extend_hold,
    hold_best_seats,
    hold_seats,
    release_hold,
)
from matinee.boxoffice.made_holds import details_of_made
from matinee.boxoffice.rules import COUNTER_RULES, PUBLIC_RULES
from matinee.kernel.codes import random_token
from matinee.languages.catalogs import DEFAULT_LANGUAGE
from matinee.programme.errors import ScreeningNotFound
from matinee.web.shared.languages import asked_language
from matinee.web.shared.services import services
from matinee.web.v1.answers import NO_CONTENT, Answer, created
from matinee.web.v1.blueprint import PREFIX, v1
from matinee.web.v1.conditions import require_unchanged
from matinee.web.v1.errors import NotSignedIn
from matinee.web.v1.idempotency import idempotent
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.sale import examples
from matinee.web.v1.sale.askers import CHANGE_ALL, WHOEVER_HAS_IT, changing, reading
from matinee.web.v1.sale.hold_values import ChangedHold, NewHold, choices_of
from matinee.web.v1.sale.order_shape import OrderShape
from matinee.web.v1.sale.presenting import present_order, told_order
from matinee.web.v1.sale.taken import refuse_what_is_taken
from matinee.web.v1.tags import SALE

CHANNEL, COUNTER = "v1", "counter"
CHOICE_REFUSALS = (
    NoSeats,
    SeatNamedTwice,
    TooManySeats,
    SalesClosed,
    SeatsNotFree,
    TicketTypeNotSold,
    CompanionAlone,
    OrphanLeft,
)
HOLD_REFUSALS = (OrderNotFound, StepNotAllowed, HoldExpired, PaymentUnderWay)


class HoldShape(OrderShape, example=examples.HOLD):
    """Seats of one screening that are kept for one buyer: an order before it is paid."""


class NewHoldShape(HoldShape, example={**examples.HOLD, "secret": "u2Rk9TqLw0ZxV6bJ4cNf8hPmS1dGyE7a"}):
    """A hold that was made just now."""

    secret: str | None = Field(
        description="Whoever has no account proves with it, in the header Order-Secret, that the hold and later the order "
        "are his. It is shown this once; null for accounts and at the counter."
    )


class Holds(MethodView):
    """Seats that are kept."""

    @operation(
        "hold_seats",
        tag=SALE,
        access=WHOEVER_HAS_IT,
        answers={201: Returns(NewHoldShape, "The hold", headers={"Location": "Where it is."})},
        refusals=(*CHOICE_REFUSALS, NotEnoughSeats, ScreeningNotFound, NotSignedIn, ScopeMissing),
        keyed=True,
    )
    def post(self, body: NewHold, caller: Caller, now: datetime) -> Answer:
        """Hold seats

        All of them or none. Name the seats, or let the box office choose the best ones for a party. They are kept until
        `expires_at`; at that instant they are free again. Mails about the order will be in the language that the header
        `Accept-Language` asks for, else in that of the account.
        """
        at_counter = body.channel == COUNTER
        if at_counter and not caller.may(CHANGE_ALL):
            raise ScopeMissing(CHANGE_ALL) if caller.is_known else NotSignedIn
        known = None if at_counter else refuse_what_is_taken(body, caller=caller, now=now)

        def hold(session: Session) -> Answer:
            holder = _holder(caller, at_counter=at_counter)
            terms = services().hold_terms
            rules = COUNTER_RULES if at_counter else PUBLIC_RULES
            if body.best_available is not None:
                made = hold_best_seats(
                    session,
                    screening_id=body.screening,
                    wish=body.best_available.wish(),
                    holder=holder,
                    terms=terms,
                    rules=rules,
                    now=now,
                    known=known,
                )
            else:
                made = hold_seats(
                    session,
                    screening_id=body.screening,
                    choices=choices_of(body.seats or []),
                    holder=holder,
                    terms=terms,
                    rules=rules,
                    now=now,
                    known=known,
                )
            told = dict(present_order(details_of_made(made), now=now))
            return created(
                NewHoldShape(**told, secret=holder.secret), location=f"{PREFIX}/holds/{made.order.code}"
            )

        return idempotent(hold, caller=caller, now=now)


class OneHold(MethodView):
    """One hold."""

    @operation(
        "get_hold",
        tag=SALE,
        access=WHOEVER_HAS_IT,
        answers={200: Returns(HoldShape, "The hold")},
        refusals=(OrderNotFound,),
    )
    def get(self, code: str, caller: Caller, now: datetime) -> Answer:
        """Look at a hold

        Also once it is sold or over: its state says so.
        """
        return services().transactions.read(
            lambda session: Answer(
                told_order(session, order=order_seen_by(session, code=code, asker=reading(caller)), now=now)
            )
        )

    @operation(
        "change_hold",
        tag=SALE,
        access=WHOEVER_HAS_IT,
        answers={200: Returns(HoldShape, "The hold")},
        refusals=(*HOLD_REFUSALS, *CHOICE_REFUSALS),
        if_match=True,
    )
    def patch(self, code: str, body: ChangedHold, caller: Caller, now: datetime) -> Answer:
        """Change the seats or ticket types of a hold

        Name all the seats that it shall be for. Where that is refused, it stays as it was. It ends when it would have.
        """

        def change(session: Session) -> Answer:
            order = order_changed_by(session, code=code, asker=changing(caller))
            require_unchanged(told_order(session, order=order, now=now))
            change_hold(
                session,
                order=order,
                choices=choices_of(body.seats),
                terms=services().hold_terms,
                rules=COUNTER_RULES if order.channel == COUNTER else PUBLIC_RULES,
                now=now,
            )
            return Answer(told_order(session, order=order, now=now))

        return services().transactions.write(change)

    @operation(
        "release_hold",
        tag=SALE,
        access=WHOEVER_HAS_IT,
        answers={204: Returns(None, "Its seats are free")},
        refusals=(OrderNotFound, StepNotAllowed),
    )
    def delete(self, code: str, caller: Caller, now: datetime) -> Answer:
        """Release a hold

        What was paid of it with a voucher goes back. A hold that is over already stays so.
        """

        def release(session: Session) -> None:
            order = order_changed_by(session, code=code, asker=changing(caller))
            if order.state not in ("cancelled", "expired"):
                release_hold(session, order=order, actor=caller.name, now=now)

        services().transactions.write(release)
        return NO_CONTENT


class HoldExtensions(MethodView):
    """More time for a hold."""

    @operation(
        "extend_hold",
        tag=SALE,
        access=WHOEVER_HAS_IT,
        answers={200: Returns(HoldShape, "The hold")},
        refusals=(*HOLD_REFUSALS, SalesClosed, TooManyExtensions, HouseSellingOut),
        keyed=True,
    )
    def post(self, code: str, caller: Caller, now: datetime) -> Answer:
        """Extend a hold

        It lives for a whole lifetime from now on. `warn_at` says when to offer this, `extensions_left` how often it can be
        done; it is refused while the house is selling out.
        """

        def extend(session: Session) -> Answer:
            order = order_changed_by(session, code=code, asker=changing(caller))
            extend_hold(session, order=order, terms=services().hold_terms, now=now)
            return Answer(told_order(session, order=order, now=now))

        return idempotent(extend, caller=caller, now=now)


@dataclass(frozen=True, slots=True)
class _Account:
    """The account of a caller; no other has a hold made for it."""

    id: int
    username: str
    language: str


def _holder(caller: Caller, *, at_counter: bool) -> Holder:
    if at_counter:
        # Not the order of whoever sells: nobody's, until somebody has the tickets in his hand.
        return Holder(channel=COUNTER, actor=caller.name)
    language = asked_language()
    if caller.user_id is not None:
        account = _Account(caller.user_id, caller.name, caller.language or DEFAULT_LANGUAGE)
        return Holder(channel=CHANNEL, user=account, language=language)
    return Holder(channel=CHANNEL, secret=random_token(), actor=caller.name, language=language)


v1.add_url_rule("/holds", view_func=Holds.as_view("holds"))
v1.add_url_rule("/holds/<code>", view_func=OneHold.as_view("hold"))
v1.add_url_rule("/holds/<code>/extensions", view_func=HoldExtensions.as_view("hold_extensions"))
