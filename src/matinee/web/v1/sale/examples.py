"""The order that the examples of the document tell of."""

from __future__ import annotations

from typing import Any

CODE = "K7RM2X9QTD"
PAYMENT_ID = "Q3ZKXV0T8H5W2M7RNB1C"
TICKET_ID = "7GQ2MX9RT4WAK3ZP"


def money(amount: int) -> dict[str, Any]:
    """Euros, in cents."""
    return {"amount": amount, "currency": "EUR"}


SCREENING: dict[str, Any] = {
    "id": 17,
    "film": "The General",
    "starts_at": "2030-05-18T20:30:00+02:00",
    "ends_at": "2030-05-18T21:49:00+02:00",
    "hall": "Hall 1",
    "cinema": "odeon",
    "cancelled": False,
}
SEAT: dict[str, Any] = {"label": "C7", "row": "C", "place": "7", "kind": "standard", "zone": "standard"}
OTHER_SEAT: dict[str, Any] = {**SEAT, "label": "C8", "place": "8"}
_HELD = f"/api/v1/holds/{CODE}"
_ORDER = f"/api/v1/orders/{CODE}"

HOLD: dict[str, Any] = {
    "code": CODE,
    "state": "held",
    "created_at": "2030-05-17T12:00:00+02:00",
    "expires_at": "2030-05-17T12:10:00+02:00",
    "warn_at": "2030-05-17T12:08:00+02:00",
    "extensions_left": 10,
    "channel": "v1",
    "email": None,
    "promo_code": None,
    "screening": SCREENING,
    "seats": [
        {**SEAT, "ticket_type": "adult", "amount": money(1200)},
        {**OTHER_SEAT, "ticket_type": "child", "amount": money(800)},
    ],
    "subtotal": money(2000),
    "discount": money(0),
    "fee": money(100),
    "total": money(2100),
    "paid": money(0),
    "refunded": money(0),
    "outstanding": money(2100),
    "payments": [],
    "tickets": [],
    "links": {
        "self": _ORDER,
        "screening": "/api/v1/screenings/17",
        "hold": _HELD,
        "extensions": f"{_HELD}/extensions",
        "payments": f"{_ORDER}/payments",
        "cancellation": f"{_ORDER}/cancellation",
    },
}
PAYMENT: dict[str, Any] = {
    "id": PAYMENT_ID,
    "order": CODE,
    "provider": "stripe",
    "state": "pending",
    "amount": money(2100),
    "refunded": money(0),
    "redirect_url": "https://checkout.stripe.com/c/pay/cs_live_a1",
    "failure": None,
    "created_at": "2030-05-17T12:03:00+02:00",
    "expires_at": "2030-05-17T12:18:00+02:00",
    "settled_at": None,
    "links": {"self": f"/api/v1/payments/{PAYMENT_ID}", "order": _ORDER},
}
ORDER: dict[str, Any] = {
    **HOLD,
    "state": "paid",
    "expires_at": None,
    "warn_at": None,
    "extensions_left": 0,
    "email": "guest@example.org",
    "paid": money(2100),
    "outstanding": money(0),
    "payments": [
        {
            "id": PAYMENT_ID,
            "provider": "stripe",
            "state": "settled",
            "amount": money(2100),
            "refunded": money(0),
        }
    ],
    "tickets": [
        {
            "id": TICKET_ID,
            "state": "valid",
            "seat": "C7",
            "ticket_type": "adult",
            "amount": money(1200),
            "fee": money(50),
        },
        {
            "id": "X4TW8NQ1ZR6KD0MB",
            "state": "valid",
            "seat": "C8",
            "ticket_type": "child",
            "amount": money(800),
            "fee": money(50),
        },
    ],
    "links": {
        "self": _ORDER,
        "screening": "/api/v1/screenings/17",
        "refunds": f"{_ORDER}/refunds",
        "exchanges": f"{_ORDER}/exchanges",
    },
}
