"""What staff is told of what the domain refuses: as on the website, but for what is said to another person."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash

from matinee.accounts import errors as accounts
from matinee.boxoffice import errors as sale
from matinee.kernel.errors import DomainError
from matinee.languages.formats import short_day_text
from matinee.outbox import errors as outbox
from matinee.payments import errors as payments
from matinee.programme import errors as programme
from matinee.reports import errors as figures
from matinee.web.backoffice.counter.amounts import NotAnAmount
from matinee.web.backoffice.counter.denominations import NotACount
from matinee.web.shared import refusals
from matinee.web.shared.languages import _, ngettext, page_language
from matinee.web.shared.refusals import status_of


def staff_sentence(error: DomainError) -> str:
    """What is said to a member of the staff, in the language of the page."""
    makers: dict[type[DomainError], Callable[[], str]] = {
        accounts.StaffAccount: lambda: _("This is an account of staff. Its roles are taken away first."),
        accounts.UserNotFound: lambda: _("There is no such account."),
        accounts.SessionNotFound: lambda: _("This device is signed out already."),
        accounts.ApiKeyNotFound: lambda: _("There is no such key, or it is revoked."),
        accounts.LockoutNotFound: lambda: _("Nothing is locked there any more."),
        accounts.ScopeMissing: lambda: _("You may give a key only what you may do yourself."),
        outbox.MessageNotFound: lambda: _("There is no such row in the outbox."),
        outbox.MessageSent: lambda: _("It was sent already."),
        outbox.MessageGivenUp: lambda: _("It was given up already."),
        outbox.MessageUnderWay: lambda: _("It is being sent just now. Look again in a minute."),
        outbox.MessageWithoutSecret: lambda: _(
            "The code in this mail is not kept any more. Have a new mail sent instead."
        ),
        payments.RefundNotFailed: lambda: _("This refund did not fail, so it is not asked for again."),
        payments.RefundNotByHand: lambda: _("This refund is not one that a person hands out."),
        payments.RefundNotFound: lambda: _("There is no such refund."),
        sale.ContactMissing: lambda: _("Nobody knows where to send it: the order has no mail address."),
        accounts.UserNotFound: lambda: _("There is no such member of the staff."),
        accounts.LastManager: lambda: _("There must be a manager. Give the role to somebody else first."),
        accounts.OwnManagerRole: lambda: _(
            "You cannot take the role of a manager away from yourself. Another manager does it."
        ),
        accounts.NoRoles: lambda: _("Choose a role at the least."),
        accounts.RoleNotFound: lambda: _("There is no such role."),
        accounts.StaffAlready: lambda: _("This address belongs to a member of the staff already."),
        accounts.InvitationOpen: lambda: _("This address is invited already. Send that invitation again."),
        accounts.InvitationNotFound: lambda: _("This invitation was accepted or taken back meanwhile."),
        programme.CinemaExists: lambda: _("There is a cinema with this short name already."),
        programme.InvalidImage: lambda: _(
            "This is no picture that we can read: PNG, JPEG or WebP, 4 MB at the most."
        ),
        programme.TaxRateExists: lambda: _("A rate begins on this day already. Remove it first."),
        programme.TaxRateNotFound: lambda: _("No rate begins on this day."),
        programme.TaxRatePast: lambda: _(
            "What was sold keeps its tax: a rate cannot begin, or be removed, on a day that is past."
        ),
        programme.InvalidTaxRate: lambda: _(
            "A rate is 0 to 100 per cent, with two decimal places at the most."
        ),
        sale.OrderNotFound: lambda: _("There is no such order."),
        sale.NotTheseTickets: lambda: _("These tickets are not valid any more."),
        sale.TicketNotFound: lambda: _("There is no such ticket."),
        **_at_the_till(),
        sale.SeatsInUse: lambda: _(
            "Somebody has seats that this would take away or change. Nothing was saved."
        ),
        programme.HallNotFound: lambda: _("There is no such hall here."),
        programme.HallExists: lambda: _("Another hall is called so."),
        programme.HallInUse: lambda: _("Something was planned in this hall, so it stays."),
        programme.InvalidHall: lambda: _("A hall cannot be like that."),
        programme.PlanChanged: lambda: _(
            "Somebody else changed this hall meanwhile. Nothing was saved. Load the page again to see it."
        ),
        sale.HallTooSmall: lambda: _("The other hall has too few seats for those who have tickets."),
        sale.ScreeningCancelled: lambda: _("The screening is cancelled already."),
        sale.PromoCodeExists: lambda: _("There is a promo code of this name already."),
        sale.InvalidOffer: lambda: _(
            "Something about the promo code is not right: its letters, how much it takes off, or until when."
        ),
        programme.HallTaken: lambda: _hall_taken(error),
        programme.InvalidScreening: lambda: _invalid_screening(error),
        programme.ScreeningInUse: lambda: _(
            "Seats of this screening are held or sold, so its day and time stay as they are. It can be cancelled, or "
            "moved to another hall."
        ),
        programme.CancelledScreening: lambda: _("The screening is cancelled, so it stays as it is."),
        programme.ScreeningNotFound: lambda: _("There is no such screening. Perhaps somebody deleted it."),
        programme.NotAllFit: lambda: _not_all_fit(error),
        programme.FilmInUse: lambda: _("The film has screenings, so it stays."),
        programme.FilmExists: lambda: _("There is a film of this title, length and trailer already."),
        programme.FilmNotFound: lambda: _("There is no such film."),
        programme.InvalidImage: lambda: _(
            "This is no picture that we can read: PNG, JPEG or WebP of at most 4 MB."
        ),
        programme.DistributorNotFound: lambda: _("There is no such distributor."),
        programme.DistributorExists: lambda: _("There is a distributor of this name already."),
        programme.DistributorInUse: lambda: _("The distributor has films, so it stays."),
        programme.TermsNotFound: lambda: _("There are no such terms any more."),
        programme.TermsExist: lambda: _("There are terms from this week on already."),
        programme.InvalidTerms: lambda: _(
            "The terms are not right. Sliding ones have at least one step, and each step begins at another amount."
        ),
        programme.PriceListNotFound: lambda: _("There is no such price list."),
        programme.PriceListExists: lambda: _("There is a price list of this name already."),
        programme.PriceListInUse: lambda: _("The price list has screenings, so it stays."),
        programme.InvalidPriceList: lambda: _(
            "The price list is not right: it needs a name that is no amount, and a price of the zone “standard” for the "
            "first kind of ticket."
        ),
        programme.PriceListNotValidThen: lambda: _("The price list is not valid at that time."),
        programme.NoPriceListThen: lambda: _("No price list is valid at that time."),
        programme.AmbiguousPriceList: lambda: _(
            "Several price lists are valid at that time, and none is narrower than the others. Choose one."
        ),
        programme.TicketTypeExists: lambda: _("There is a kind of ticket with this code already."),
        programme.InvalidTicketType: lambda: _("A kind of ticket has a code and a name, each on one line."),
        figures.ReturnNotFound: lambda: _("There is no such return."),
        figures.NoWeekBegins: lambda: _("No week of this cinema begins on that day."),
        figures.WeekNotOver: lambda: _("The week is not over yet, so its return cannot be sent."),
        figures.NothingToSend: lambda: _("There is nothing to send: nothing changed since."),
        figures.FiguresChanged: lambda: _(
            "The figures changed while you looked at them. Nothing was sent; look at them again."
        ),
        figures.FilmWithoutDistributor: lambda: _("The film has no distributor, so nothing can be sent."),
    }
    make = makers.get(type(error))
    return make() if make is not None else refusals.sentence(error)


def _at_the_till() -> dict[type[DomainError], Callable[[], str]]:
    return {
        sale.SeatsNotFree: lambda: _("Not all of these seats are free any more. Choose again."),
        sale.NoTillOpen: lambda: _("Open your till first: no money is taken without one."),
        sale.TillAlreadyOpen: lambda: _("You have a till open already, here or in another cinema."),
        sale.TillClosed: lambda: _("This till is closed."),
        sale.TillNotFound: lambda: _("There is no such till."),
        sale.TillTooEmpty: lambda: _("There is not so much cash in the till. Pay some in first."),
        sale.InvalidTillAmount: lambda: _("This is no amount of money for a till."),
        sale.TooLittleReceived: lambda: _("This is less than what is to pay."),
        sale.ReasonMissing: lambda: _("Write a reason."),
        sale.SeatsNotBlocked: lambda: _("None of these seats is blocked."),
        sale.VoucherNotFound: lambda: _("There is no such voucher."),
        sale.HoldExpired: lambda: _(
            "The time for this sale is over, and its seats are free again. Choose once more."
        ),
        sale.ContactMissing: lambda: _("Nobody knows where to mail these tickets. Write an address first."),
        payments.RefundNotFound: lambda: _("There is no such refund."),
        payments.RefundNotByHand: lambda: _("This money was handed out already, or goes back by itself."),
        programme.SeatNotFound: lambda: _("The hall has no such seat."),
        NotAnAmount: lambda: _("This is no amount of money. It looks like 150.00."),
        NotACount: lambda: _("This is no count: write how many there are of each, or the sum as 150.00."),
    }


def _hall_taken(error: DomainError) -> str:
    assert isinstance(error, programme.HallTaken)
    # Where two plan at the same moment, only the database knows that it is taken.
    day = getattr(error, "day", None)
    if day is None:
        return _("The hall is taken at that time.")
    return _(
        "%(hall)s is taken: %(title)s, %(day)s at %(time)s, with its turnaround.",
        hall=error.hall,
        title=error.title,
        day=short_day_text(day, page_language()),
        time=error.time,
    )


def _invalid_screening(error: DomainError) -> str:
    why = getattr(error, "why", "")
    if why == "over":
        return _("This time is over. A screening begins later than now.")
    if why == "skipped":
        return _("The clock never shows this time: it is put forward in that night.")
    return _("Something about the screening is not right. Look at it once more.")


def _not_all_fit(error: DomainError) -> str:
    count = len(getattr(error, "refused", ()))
    return ngettext(
        "%(num)d screening does not fit. Nothing was planned.",
        "%(num)d screenings do not fit. Nothing was planned.",
        count,
    )


def flash_refusal(error: DomainError) -> None:
    """Show it at the top of the next page."""
    flash(staff_sentence(error), "error")


__all__ = ["flash_refusal", "staff_sentence", "status_of"]
