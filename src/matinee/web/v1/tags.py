"""How the operations are grouped in the document."""

from __future__ import annotations

PROGRAMME = "Programme"
SEATS = "Seats"
SALE = "Sale"
ORDERS = "Orders"
ADMISSIONS = "Admissions"
STAFF = "Staff: programme"
OFFERS = "Staff: offers and money"
ACCOUNT = "Account"
KEYS = "API keys"
WEBHOOKS = "Webhooks"

DESCRIPTIONS = {
    PROGRAMME: "What is on: cinemas, films, screenings, prices.",
    SEATS: "Halls as they are laid out, and which seats of a screening are taken.",
    SALE: "Holds, payments, and the way from seats to tickets.",
    ORDERS: "Orders, refunds and exchanges.",
    ADMISSIONS: "Letting tickets in at the door.",
    STAFF: "Entering the programme.",
    OFFERS: "Promo codes, gift vouchers, and money that is handed back over the counter.",
    ACCOUNT: "One's own account: registering, sessions, the mail address, the password, tickets.",
    KEYS: "Keys with which programs call.",
    WEBHOOKS: "Where events are sent to.",
}
