"""The sentences for what the domain refuses to staff, by the room that refuses it."""

from __future__ import annotations

from matinee.accounts import errors as accounts
from matinee.boxoffice import errors as sale
from matinee.kernel.errors import DomainError
from matinee.outbox import errors as outbox
from matinee.payments import errors as payments
from matinee.programme import errors as programme
from matinee.reports import errors as figures
from matinee.web.backoffice.counter.amounts import NotAnAmount
from matinee.web.backoffice.counter.denominations import NotACount
from matinee.web.shared.languages import N_

Sentences = dict[type[DomainError], str]

OF_ACCOUNTS: Sentences = {
    accounts.StaffAccount: N_("This is an account of staff. Its roles are taken away first."),
    accounts.UserNotFound: N_("There is no such account."),
    accounts.SessionNotFound: N_("This device is signed out already."),
    accounts.ApiKeyNotFound: N_("There is no such key, or it is revoked."),
    accounts.LockoutNotFound: N_("Nothing is locked there any more."),
    accounts.ScopeMissing: N_("You may give a key only what you may do yourself."),
    accounts.LastManager: N_("There must be a manager. Give the role to somebody else first."),
    accounts.OwnManagerRole: N_(
        "You cannot take the role of a manager away from yourself. Another manager does it."
    ),
    accounts.NoRoles: N_("Choose a role at the least."),
    accounts.RoleNotFound: N_("There is no such role."),
    accounts.StaffAlready: N_("This address belongs to a member of the staff already."),
    accounts.InvitationOpen: N_("This address is invited already. Send that invitation again."),
    accounts.InvitationNotFound: N_("This invitation was accepted or taken back meanwhile."),
}
OF_OUTBOX: Sentences = {
    outbox.MessageNotFound: N_("There is no such row in the outbox."),
    outbox.MessageSent: N_("It was sent already."),
    outbox.MessageGivenUp: N_("It was given up already."),
    outbox.MessageUnderWay: N_("It is being sent just now. Look again in a minute."),
    outbox.MessageWithoutSecret: N_(
        "The code in this mail is not kept any more. Have a new mail sent instead."
    ),
}
OF_PAYMENTS: Sentences = {
    payments.RefundNotFailed: N_("This refund did not fail, so it is not asked for again."),
    payments.RefundNotByHand: N_("This money was handed out already, or goes back by itself."),
    payments.RefundNotFound: N_("There is no such refund."),
}
OF_SALE: Sentences = {
    sale.ContactMissing: N_("Nobody knows where to mail these tickets. Write an address first."),
    sale.OrderNotFound: N_("There is no such order."),
    sale.NotTheseTickets: N_("These tickets are not valid any more."),
    sale.TicketNotFound: N_("There is no such ticket."),
    sale.SeatsInUse: N_("Somebody has seats that this would take away or change. Nothing was saved."),
    sale.HallTooSmall: N_("The other hall has too few seats for those who have tickets."),
    sale.ScreeningCancelled: N_("The screening is cancelled already."),
    sale.PromoCodeExists: N_("There is a promo code of this name already."),
    sale.InvalidOffer: N_(
        "Something about the promo code is not right: its letters, how much it takes off, or until when."
    ),
    sale.NoTillOpen: N_("Open your till first: no money is taken without one."),
    sale.TillAlreadyOpen: N_("You have a till open already, here or in another cinema."),
    sale.TillClosed: N_("This till is closed."),
    sale.TillNotFound: N_("There is no such till."),
    sale.TillTooEmpty: N_("There is not so much cash in the till. Pay some in first."),
    sale.InvalidTillAmount: N_("This is no amount of money for a till."),
    sale.TooLittleReceived: N_("This is less than what is to pay."),
    sale.ReasonMissing: N_("Write a reason."),
    sale.SeatsNotBlocked: N_("None of these seats is blocked."),
    sale.VoucherNotFound: N_("There is no such voucher."),
    sale.HoldExpired: N_("The time for this sale is over, and its seats are free again. Choose once more."),
}
OF_PROGRAMME: Sentences = {
    programme.CinemaExists: N_("There is a cinema with this short name already."),
    programme.InvalidImage: N_("This is no picture that we can read: PNG, JPEG or WebP of at most 4 MB."),
    programme.TaxRateExists: N_("A rate begins on this day already. Remove it first."),
    programme.TaxRateNotFound: N_("No rate begins on this day."),
    programme.TaxRatePast: N_(
        "What was sold keeps its tax: a rate cannot begin, or be removed, on a day that is past."
    ),
    programme.InvalidTaxRate: N_("A rate is 0 to 100 per cent, with two decimal places at the most."),
    programme.HallNotFound: N_("There is no such hall here."),
    programme.HallExists: N_("Another hall is called so."),
    programme.HallInUse: N_("Something was planned in this hall, so it stays."),
    programme.InvalidHall: N_("A hall cannot be like that."),
    programme.PlanChanged: N_(
        "Somebody else changed this hall meanwhile. Nothing was saved. Load the page again to see it."
    ),
    programme.ScreeningInUse: N_(
        "Seats of this screening are held or sold, so its day and time stay as they are. It can be cancelled, or "
        "moved to another hall."
    ),
    programme.CancelledScreening: N_("The screening is cancelled, so it stays as it is."),
    programme.ScreeningNotFound: N_("There is no such screening. Perhaps somebody deleted it."),
    programme.FilmInUse: N_("The film has screenings, so it stays."),
    programme.FilmExists: N_("There is a film of this title, length and trailer already."),
    programme.FilmNotFound: N_("There is no such film."),
    programme.DistributorNotFound: N_("There is no such distributor."),
    programme.DistributorExists: N_("There is a distributor of this name already."),
    programme.DistributorInUse: N_("The distributor has films, so it stays."),
    programme.TermsNotFound: N_("There are no such terms any more."),
    programme.TermsExist: N_("There are terms from this week on already."),
    programme.InvalidTerms: N_(
        "The terms are not right. Sliding ones have at least one step, and each step begins at another amount."
    ),
    programme.PriceListNotFound: N_("There is no such price list."),
    programme.PriceListExists: N_("There is a price list of this name already."),
    programme.PriceListInUse: N_("The price list has screenings, so it stays."),
    programme.InvalidPriceList: N_(
        "The price list is not right: it needs a name that is no amount, and a price of the zone “standard” for the "
        "first kind of ticket."
    ),
    programme.PriceListNotValidThen: N_("The price list is not valid at that time."),
    programme.NoPriceListThen: N_("No price list is valid at that time."),
    programme.AmbiguousPriceList: N_(
        "Several price lists are valid at that time, and none is narrower than the others. Choose one."
    ),
    programme.TicketTypeExists: N_("There is a kind of ticket with this code already."),
    programme.InvalidTicketType: N_("A kind of ticket has a code and a name, each on one line."),
    programme.SeatNotFound: N_("The hall has no such seat."),
}
OF_FIGURES: Sentences = {
    figures.ReturnNotFound: N_("There is no such return."),
    figures.NoWeekBegins: N_("No week of this cinema begins on that day."),
    figures.WeekNotOver: N_("The week is not over yet, so its return cannot be sent."),
    figures.NothingToSend: N_("There is nothing to send: nothing changed since."),
    figures.FiguresChanged: N_(
        "The figures changed while you looked at them. Nothing was sent; look at them again."
    ),
    figures.FilmWithoutDistributor: N_("The film has no distributor, so nothing can be sent."),
}
OF_WHAT_IS_TYPED: Sentences = {
    NotAnAmount: N_("This is no amount of money. It looks like 150.00."),
    NotACount: N_("This is no count: write how many there are of each, or the sum as 150.00."),
}
SENTENCES: Sentences = {
    **OF_ACCOUNTS,
    **OF_OUTBOX,
    **OF_PAYMENTS,
    **OF_SALE,
    **OF_PROGRAMME,
    **OF_FIGURES,
    **OF_WHAT_IS_TYPED,
}
