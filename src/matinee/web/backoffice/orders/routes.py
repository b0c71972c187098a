"""Orders, customers, the outbox and the ways in: pages that register themselves by being imported."""

from __future__ import annotations

from matinee.web.backoffice.orders import (
    api_keys,
    customer_actions,
    customer_data,
    customer_list,
    customer_page,
    failed_refunds,
    lockout_list,
    order_actions,
    order_list,
    order_page,
    outbox_list,
    outbox_message,
    refund_pages,
    seat_pages,
    session_list,
    webhook_list,
)

PAGES = (
    order_list,
    order_page,
    order_actions,
    refund_pages,
    failed_refunds,
    seat_pages,
    customer_list,
    customer_page,
    customer_actions,
    customer_data,
    outbox_list,
    outbox_message,
    webhook_list,
    api_keys,
    session_list,
    lockout_list,
)
