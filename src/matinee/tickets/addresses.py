"""Where the website shows a ticket and an order. The picture of a ticket leads elsewhere, see `qr.py`."""

from __future__ import annotations


def ticket_page_url(base_url: str, ticket_id: str, *, language: str) -> str:
    """The page of a ticket, in one language."""
    return f"{base_url}/{language}/tickets/{ticket_id}"


def order_page_url(base_url: str, code: str, *, language: str) -> str:
    """The page of an order, in one language."""
    return f"{base_url}/{language}/orders/{code}"
