"""What states, channels and kinds are called on these pages."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from matinee.web.shared.languages import N_, _

ORDER_STATES = {
    "held": N_("Held"),
    "paying": N_("Being paid"),
    "due": N_("To be paid"),
    "paid": N_("Paid"),
    "refunded": N_("Refunded"),
    "cancelled": N_("Cancelled"),
    "expired": N_("Expired"),
}
TICKET_STATES = {
    "valid": N_("Valid"),
    "refunded": N_("Refunded"),
    "cancelled": N_("Cancelled"),
    "exchanged": N_("Replaced"),
}
PAYMENT_STATES = {
    "starting": N_("Beginning"),
    "pending": N_("Under way"),
    "settled": N_("Paid"),
    "failed": N_("Failed"),
}
REFUND_STATES = {
    "pending": N_("On its way"),
    "by_hand": N_("To be handed out"),
    "succeeded": N_("Gone back"),
    "failed": N_("Failed"),
}
MESSAGE_STATES = {
    "waiting": N_("Waiting"),
    "stuck": N_("Tried in vain"),
    "given_up": N_("Given up"),
    "sent": N_("Sent"),
}
CHANNELS = {
    "site": N_("Website"),
    "counter": N_("Counter"),
    "v1": N_("Program"),
    "given": N_("Given API"),
}
PROVIDERS = {
    "stripe": N_("Card, by Stripe"),
    "demo": N_("Play money"),
    "counter": N_("Counter"),
    "free": N_("Free of charge"),
    "voucher": N_("Voucher"),
}
MAILS = {
    "tickets": N_("Tickets"),
    "tickets_moved": N_("New seats in another hall"),
    "order_refunded": N_("Refund"),
    "screening_cancelled": N_("Cancelled screening"),
    "payment_returned": N_("Money back"),
    "ticket_handed_over": N_("Handed over ticket"),
    "ticket_withdrawn": N_("Ticket taken back"),
    "order_access": N_("Code to open an order"),
    "confirm_email": N_("Confirm the address"),
    "reset_password": N_("New password"),
    "change_address": N_("New address"),
    "account_news": N_("Change of the account"),
}
GOOD = frozenset({"paid", "valid", "settled", "succeeded", "sent"})
WARN = frozenset({"held", "paying", "due", "starting", "pending", "by_hand", "waiting", "stuck"})
BAD = frozenset({"failed", "given_up"})
_MARKS = (("good", GOOD, "●"), ("warn", WARN, "◐"), ("bad", BAD, "▲"))


def word_for(key: str, words: Mapping[str, str]) -> str:
    """What a key is called in the language of the page; itself where nobody named it."""
    return _(words[key]) if key in words else key


def state_tag(key: str, words: Mapping[str, str]) -> Markup:
    """A state in words, with a mark and a colour."""
    look, mark = next(((look, mark) for look, keys, mark in _MARKS if key in keys), ("over", "○"))
    return Markup('<span class="state state-{}"><span aria-hidden="true">{}</span>{}</span>').format(
        look, mark, word_for(key, words)
    )


def choices(words: Mapping[str, str]) -> list[tuple[str, str]]:
    """As the options of a filter."""
    return [(key, _(said)) for key, said in words.items()]


def mail_word(kind: str) -> str:
    """What a kind of mail, or an event, is called."""
    return word_for(kind, MAILS)


def ticket_end(ticket_id: str) -> str:
    """How a ticket is told from others: the whole id opens the door."""
    return f"…{ticket_id[-4:]}"
