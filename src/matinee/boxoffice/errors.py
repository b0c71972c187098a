"""What can be refused about a sale."""

from __future__ import annotations

from collections.abc import Sequence

from matinee.boxoffice.seat_conflicts import SeatConflict
from matinee.kernel.errors import Conflict, Expired, Invalid, NotAllowed, NotFound
from matinee.kernel.natural import natural_key


class NothingOnThatDay(NotFound):
    """Nothing is shown on that day."""

    code = "nothing_on_that_day"


class FilmNotOnThatDay(NotFound):
    """This film is not shown on that day."""

    code = "film_not_on_that_day"


class NoScreeningAtThatTime(NotFound):
    """This film is not on sale at that time."""

    code = "no_screening_at_that_time"


class SeatsNotFree(NotFound):
    """Not all of these seats are free."""

    code = "unavailable"

    def __init__(self, labels: Sequence[str] = ()) -> None:
        """`labels`: the seats that are not free, where they are known."""
        self.labels = tuple(labels)
        super().__init__(f"Not free: {', '.join(labels)}." if labels else None)


class NotEnoughSeats(Conflict):
    """There are not so many free seats as were asked for, in the way they were asked for."""

    code = "not_enough_seats"


class SalesClosed(Conflict):
    """This screening is not on sale any more."""

    code = "closed"


class NoSeats(Invalid):
    """No seat is named."""

    code = "no_seats"


class SeatNamedTwice(Invalid):
    """A seat is named twice."""

    code = "seat_named_twice"


class TooManySeats(Invalid):
    """These are more seats than one purchase may have."""

    code = "too_many"


class OrphanLeft(Conflict):
    """This choice leaves a single seat empty beside it."""

    code = "orphan"

    def __init__(self, labels: Sequence[str]) -> None:
        """`labels`: the seats that would be left single."""
        self.labels = tuple(labels)
        super().__init__(f"This choice leaves single seats empty beside it: {', '.join(labels)}.")


class CompanionAlone(Conflict):
    """A companion seat goes with its wheelchair place."""

    code = "companion_alone"

    def __init__(self, labels: Sequence[str]) -> None:
        """`labels`: the companion seats that were asked for without their wheelchair places."""
        self.labels = tuple(labels)
        super().__init__(f"A companion seat goes with its wheelchair place: {', '.join(labels)}.")


class TicketTypeNotSold(Invalid):
    """This screening has no price for this ticket type."""

    code = "ticket_type_not_sold"


class SoldOnWebsiteOnly(NotAllowed):
    """The cinema sells screenings that have a price on its website only."""

    code = "sold_on_website_only"


class HoldExpired(Expired):
    """The hold has run out and its seats may be taken."""

    code = "hold_expired"


class TooManyExtensions(Conflict):
    """The hold has been extended as often as it may be."""

    code = "too_many_extensions"


class HouseSellingOut(Conflict):
    """Few seats are left, so holds are not extended any more."""

    code = "selling_out"


class StepNotAllowed(Conflict):
    """An order in this state does not allow this step."""

    code = "step_not_allowed"


class PaymentUnderWay(Conflict):
    """A payment for this order has begun, so it cannot be changed."""

    code = "payment_under_way"


class ContactMissing(Invalid):
    """Nobody knows where the tickets should go: the order has neither an account nor a mail address."""

    code = "contact_missing"


class NothingToPay(Conflict):
    """Nothing is left to pay."""

    code = "nothing_to_pay"


class SomethingToPay(Conflict):
    """The order costs money, so it cannot be had for free."""

    code = "something_to_pay"


class PaidTooLate(Conflict):
    """It is too late to leave the payment for the counter."""

    code = "too_late_for_counter"


class PromoCodeNotValid(Invalid):
    """This promo code does not exist, or is not valid now or here."""

    code = "promo_code_not_valid"


class PromoCodeNotFound(NotFound):
    """There is no such promo code."""

    code = "promo_code_not_found"


class PromoCodeUsedUp(Conflict):
    """This promo code has been used as often as it may be."""

    code = "promo_code_used_up"


class PromoCodeExists(Conflict):
    """There is such a promo code already."""

    code = "promo_code_exists"


class InvalidOffer(Invalid):
    """A promo code or voucher cannot be like this."""

    code = "invalid_offer"


class VoucherNotValid(Invalid):
    """This voucher does not exist, or is not valid now or here."""

    code = "voucher_not_valid"


class VoucherEmpty(Conflict):
    """Nothing is left on this voucher."""

    code = "voucher_empty"


class RefundTooLate(Conflict):
    """It is too late to give tickets back or to exchange them."""

    code = "refund_too_late"


class NotTheseTickets(Invalid):
    """These are not valid tickets of this order."""

    code = "not_these_tickets"


class NotExchangeable(Conflict):
    """The order cannot be moved to this screening."""

    code = "not_exchangeable"


class HandOverTooLate(Conflict):
    """The screening has begun, so its tickets stay with whoever has them."""

    code = "hand_over_too_late"


class HandedToBuyer(Invalid):
    """This is the buyer's own address."""

    code = "handed_to_buyer"


class ScreeningCancelled(Conflict):
    """The screening is cancelled already."""

    code = "screening_cancelled"


class SeatsInUse(Conflict):
    """Seats of the hall are sold or held, so they stay where they are and what they are."""

    code = "seats_in_use"

    def __init__(self, conflicts: Sequence[SeatConflict]) -> None:
        """`conflicts`: one for each seat of each screening that somebody has."""
        self.conflicts = tuple(conflicts)
        named = sorted({conflict.sold.label for conflict in conflicts}, key=natural_key)
        super().__init__(
            f"Somebody has {', '.join(named)[:200]}: such seats stay where they are and what they are."
        )


class HallTooSmall(Conflict):
    """The other hall has no seat for each ticket."""

    code = "hall_too_small"


class OrderNotFound(NotFound):
    """There is no such order."""

    code = "order_not_found"


class TicketNotFound(NotFound):
    """There is no such ticket."""

    code = "ticket_not_found"


class TillAlreadyOpen(Conflict):
    """This clerk has a till open already."""

    code = "till_already_open"


class NoTillOpen(Conflict):
    """Money is taken and given with an open till alone, and this clerk has none here."""

    code = "no_till_open"


class TillClosed(Conflict):
    """This till is closed."""

    code = "till_closed"


class TillNotFound(NotFound):
    """There is no such till."""

    code = "till_not_found"


class TillTooEmpty(Conflict):
    """There is not so much cash in the till."""

    code = "till_too_empty"


class InvalidTillAmount(Invalid):
    """This is no amount of money for a till."""

    code = "invalid_till_amount"


class TooLittleReceived(Invalid):
    """The buyer handed over less than what is to pay."""

    code = "too_little_received"


class ReasonMissing(Invalid):
    """Nothing is given away, and nothing is taken out of a till, without a reason."""

    code = "reason_missing"


class SeatsNotBlocked(Conflict):
    """None of these seats is blocked."""

    code = "seats_not_blocked"


class VoucherNotFound(NotFound):
    """There is no such voucher."""

    code = "voucher_not_found"
