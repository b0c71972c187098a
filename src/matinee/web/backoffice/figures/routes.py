"""Figures: pages that register themselves by being imported."""

from __future__ import annotations

from matinee.web.backoffice.figures import film_return, returns, sales, send_return, settlement, tax

PAGES = (sales, returns, film_return, send_return, settlement, tax)
