"""What the website says to what the domain refuses, in the language of the page: one table from errors to sentences."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash

from matinee.accounts import errors as accounts
from matinee.boxoffice import errors as sale
from matinee.door import errors as door
from matinee.kernel.errors import Conflict, DomainError, Expired, Invalid, NotAllowed, NotFound
from matinee.payments import errors as payments
from matinee.programme import errors as programme
from matinee.web.shared.languages import _, ngettext

# By kind; the first that fits.
STATUS = {
    accounts.TooManyAttempts: 429,
    NotFound: 404,
    NotAllowed: 403,
    Conflict: 409,
    Invalid: 422,
    Expired: 410,
}


def status_of(error: DomainError) -> int:
    """The status of the page that says it."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 400)


def sentence(error: DomainError) -> str:
    """What is said to the visitor. An error that pages hardly meet is said by its kind."""
    makers: dict[type[DomainError], Callable[[], str]] = {
        sale.SeatsNotFree: lambda: _seats_taken(error),
        sale.OrphanLeft: lambda: _orphan(error),
        sale.CompanionAlone: lambda: _companion(error),
        sale.NotEnoughSeats: lambda: _("There are not so many free seats together."),
        sale.SalesClosed: lambda: _("This screening is not on sale any more."),
        sale.NoSeats: lambda: _("Choose a seat first."),
        sale.SeatNamedTwice: lambda: _("Choose another seat for each ticket."),
        sale.TooManySeats: lambda: _("These are more seats than one purchase may have."),
        sale.TicketTypeNotSold: lambda: _("This kind of ticket is not sold for this seat."),
        sale.HoldExpired: lambda: _("The time to pay is over, and the seats are free for others again."),
        sale.HouseSellingOut: lambda: _("This screening is nearly sold out, so the time cannot be extended."),
        sale.TooManyExtensions: lambda: _("The time cannot be extended any more."),
        sale.PaymentUnderWay: lambda: _("A payment has begun, so this cannot be changed now."),
        sale.PromoCodeNotValid: lambda: _("This promo code is not valid here."),
        sale.PromoCodeUsedUp: lambda: _("This promo code is used up."),
        sale.VoucherNotValid: lambda: _("This voucher is not valid here."),
        sale.VoucherEmpty: lambda: _("There is nothing left on this voucher."),
        sale.ContactMissing: lambda: _("Say where we send the tickets."),
        sale.StepNotAllowed: lambda: _("This cannot be done with the order any more."),
        sale.PaidTooLate: lambda: _("It is too late to pay at the till. Pay here, please."),
        sale.NothingToPay: lambda: _("Nothing is left to pay."),
        sale.RefundTooLate: lambda: _("It is too late to give tickets back or to exchange them."),
        sale.NotTheseTickets: lambda: _("These tickets are not valid any more."),
        sale.NotExchangeable: lambda: _("The tickets cannot be exchanged for this screening."),
        door.AlreadyAdmitted: lambda: _("Somebody came in with one of these tickets already."),
        sale.OrderNotFound: lambda: _("We do not know this order, or it is not yours."),
        sale.HandOverTooLate: lambda: _(
            "The screening has begun, so its tickets stay with whoever has them."
        ),
        sale.HandedToBuyer: lambda: _("This is your own address. Write that of your friend."),
        sale.NotTheseTickets: lambda: _("These tickets are not yours to give, or not any more."),
        door.TicketNotValid: lambda: _("This ticket is not valid any more."),
        door.AlreadyAdmitted: lambda: _("Somebody came in with this ticket already."),
        accounts.NotAnAddress: lambda: _("This is no mail address."),
        sale.TicketNotFound: lambda: _("We do not know this ticket."),
        payments.PaymentRefused: lambda: _("The payment did not go through. Nothing was charged."),
        payments.ProviderUnavailable: lambda: _(
            "The payment service does not answer just now. Try again shortly."
        ),
        accounts.WrongCredentials: lambda: _("Address or password is wrong."),
        accounts.UserExists: lambda: _("There is an account with this address already."),
        accounts.WeakPassword: lambda: _("This password is too easy to guess. Take a longer one."),
        accounts.WrongCode: lambda: _("This code is wrong, or not valid any more."),
        accounts.WrongPassword: lambda: _("This is not your password."),
        accounts.SameAddress: lambda: _("This is the address that your account has already."),
        accounts.SecondFactorOn: lambda: _("The second factor is on already."),
        accounts.SecondFactorOff: lambda: _("The second factor is not on."),
        accounts.PasskeyNotValid: lambda: _(
            "This passkey did not work here. Try again, or use your password."
        ),
        accounts.PasskeyNotFound: lambda: _("We do not know this passkey."),
        accounts.PasskeyExists: lambda: _("This passkey is kept already."),
        accounts.TooManyPasskeys: lambda: _("Your account has as many passkeys as it can have."),
        accounts.StaffAccount: lambda: _("You are a member of staff. A manager takes your role away first."),
        **_of_invitations(),
        accounts.TooManyAttempts: lambda: _("Too many attempts. Wait a little, then try again."),
        accounts.EmailAlreadyConfirmed: lambda: _("This address is confirmed already."),
        accounts.SessionNotFound: lambda: _("This device is signed out already."),
        accounts.SessionNotValid: lambda: _("You are signed out. Sign in again."),
        payments.ProviderNotFound: lambda: _("One cannot pay in this way here."),
        programme.CinemaNotFound: lambda: _("We do not know this cinema."),
        programme.FilmNotFound: lambda: _("We do not know this film. Perhaps it is not shown any more."),
        programme.ScreeningNotFound: lambda: _("We do not know this screening. Perhaps it is over."),
    }
    make = makers.get(type(error))
    return make() if make is not None else _by_kind(error)


def _by_kind(error: DomainError) -> str:
    makers: dict[type[DomainError], Callable[[], str]] = {
        NotFound: lambda: _("We could not find that."),
        NotAllowed: lambda: _("That is not allowed."),
        Conflict: lambda: _("That cannot be done any more, or not now."),
        Invalid: lambda: _("Something in it is not right. Look at it once more."),
        Expired: lambda: _("The time for that is over."),
    }
    return next((make() for kind, make in makers.items() if isinstance(error, kind)), _("That did not work"))


def _of_invitations() -> dict[type[DomainError], Callable[[], str]]:
    return {
        accounts.InvitationNotValid: lambda: _(
            "This invitation is not valid any more: it was accepted, taken back, or is too old. Ask for another one."
        ),
        accounts.InvitationForAnother: lambda: _(
            "This invitation is for another address than the one you are signed in with."
        ),
    }


def flash_refusal(error: DomainError) -> None:
    """Show it at the top of the next page."""
    flash(sentence(error), "error")


def _orphan(error: DomainError) -> str:
    assert isinstance(error, sale.OrphanLeft)
    return ngettext(
        "%(seats)s would stay empty by itself. Move your choice by one seat.",
        "%(seats)s would stay empty by themselves. Move your choice by one seat.",
        len(error.labels),
        seats=", ".join(error.labels),
    )


def _companion(error: DomainError) -> str:
    assert isinstance(error, sale.CompanionAlone)
    return ngettext(
        "%(seats)s is for whoever comes with somebody in a wheelchair. Choose the wheelchair place too, or another seat.",
        "%(seats)s are for those who come with somebody in a wheelchair. Choose the wheelchair places too, or other seats.",
        len(error.labels),
        seats=", ".join(error.labels),
    )


def _seats_taken(error: DomainError) -> str:
    assert isinstance(error, sale.SeatsNotFree)
    if not error.labels:
        return _("Not all of these seats are free any more.")
    return ngettext(
        "%(seats)s was taken while you were choosing.",
        "%(seats)s were taken while you were choosing.",
        len(error.labels),
        seats=", ".join(error.labels),
    )
