"""Selling at the counter, and tills: pages that register themselves by being imported."""

from __future__ import annotations

from matinee.web.backoffice.counter import (
    blocked_pages,
    counter_page,
    exchange_pages,
    hold_forms,
    order_list,
    order_page,
    pay_forms,
    refund_forms,
    refund_pages,
    sale_page,
    till_closing,
    till_list,
    till_page,
    voucher_pages,
)

PAGES = (
    counter_page,
    sale_page,
    hold_forms,
    pay_forms,
    order_list,
    order_page,
    refund_forms,
    exchange_pages,
    blocked_pages,
    till_page,
    till_closing,
    till_list,
    refund_pages,
    voucher_pages,
)
