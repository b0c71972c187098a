"""All resources of the API, registered on their blueprint by being imported."""

from __future__ import annotations

from matinee.kernel.errors import DomainError
from matinee.web.v1 import (
    api_keys,
    cinemas,
    films,
    layouts,
    me,
    my_tickets,
    notices,
    password_resets,
    screening_prices,
    screenings,
    seat_states,
    sessions,
    ticket_keys,
    users,
)
from matinee.web.v1.blueprint import v1
from matinee.web.v1.problems import refusal
from matinee.web.v1.rates import tell_allowance
from matinee.web.v1.sale import exchanges, holds, order_events, orders, payments, refunds, tickets
from matinee.web.v1.staff import (
    admissions,
    cancellations,
    door,
    door_conflicts,
    door_scans,
    halls,
    house_seats,
    images,
    moves,
    price_lists,
    promo_codes,
    ticket_types,
    vouchers,
    webhook_deliveries,
    webhook_endpoints,
)
from matinee.web.v1.staff import cinemas as staff_cinemas
from matinee.web.v1.staff import films as staff_films
from matinee.web.v1.staff import refunds as staff_refunds
from matinee.web.v1.staff import screenings as staff_screenings

RESOURCES = (
    api_keys, cinemas, films, layouts, me, my_tickets, notices, password_resets, screening_prices, screenings, seat_states,
    sessions, ticket_keys, users,
    holds, orders, order_events, payments, refunds, exchanges, tickets,
    staff_cinemas, halls, ticket_types, price_lists, staff_films, images, staff_screenings, house_seats, cancellations,
    moves, admissions, door, door_scans, door_conflicts, promo_codes, vouchers, staff_refunds,
    webhook_endpoints, webhook_deliveries,
)  # fmt: skip

v1.register_error_handler(DomainError, refusal)
v1.after_request(tell_allowance)

__all__ = ["RESOURCES", "v1"]
